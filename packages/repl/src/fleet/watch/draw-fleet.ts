import type { FleetView, SiteView, WaveView } from "@sampan/fleet";
import { joined, say } from "../../language/speech.ts";
import { bar, marksOf } from "../../render/live-screen.ts";
import { formatRate } from "../../terminal/numbers.ts";
import { oneLine } from "../../terminal/plain-text.ts";
import { fitText, padText, textWidth } from "../../terminal/width.ts";
import { type FleetStyle, shownHosts } from "./fleet-style.ts";
import { hostLine, layOutMatrix, matrixHead } from "./host-matrix.ts";
import { pausedText, wavePercent, waveWords } from "./wave-words.ts";

/**
 * Draws a fleet: its counts, what each site sends, how far each wave is, and a matrix of hosts and stages that is cut to the height of the
 * screen. Pure: the same view and style give the same lines, none wider than the screen and not more than its rows.
 */
export function fleetLines(view: FleetView, style: FleetStyle): string[] {
  if (view.hosts.length === 0) return [];
  const top = titleLine(view, style);
  const foot = footerLines(style);
  // What is left for sites, waves and hosts; of hosts two at least, and their head, where there is room for anything.
  const room = Math.max(0, style.rows - 1 - foot.length);
  const waves = wavesShown(view.waves);
  const most = Math.max(0, Math.floor((room - 3) / 3));
  const waveRows =
    waves.length === 0
      ? []
      : few(
          waves.map((wave) => waveLine(wave, style)),
          most,
          style,
        );
  const siteRows = few(siteLines(view.sites, style), most, style);
  const hostRows = hostLines(view, style, room - waveRows.length - siteRows.length);
  return [top, ...siteRows, ...waveRows, ...hostRows, ...foot].slice(0, Math.max(1, style.rows));
}

function titleLine(view: FleetView, style: FleetStyle): string {
  const { colours, columns, unicode } = style;
  const { counts } = view;
  const begun = view.hosts.filter(({ startedAt }) => startedAt !== null);
  const rehearsal = begun.length > 0 && begun.every((host) => host.rehearsal);
  const words = [
    say(rehearsal ? "fleet.counts-rehearsal" : "fleet.counts", counts),
    ...(counts.failed > 0 ? [say("fleet.failed", counts)] : []),
    ...(view.ratePerSecond > 0 ? [formatRate(view.ratePerSecond)] : []),
  ];
  const line = fitText(joined(words), columns, unicode);
  return rehearsal ? colours.magenta(line) : colours.bold(line);
}

/** Lines, or the first of them and how many more there are. */
function few(lines: readonly string[], most: number, style: FleetStyle): readonly string[] {
  if (lines.length <= most) return lines;
  if (most <= 1) return lines.slice(0, most);
  const more = say("fleet.more", { more: lines.length - most + 1 });
  return [...lines.slice(0, most - 1), style.colours.dim(fitText(`  ${more}`, style.columns, style.unicode))];
}

/** Sites that have work and nobody who does it come first: where lines are cut, theirs must not be. */
function siteLines(sites: readonly SiteView[], style: FleetStyle): readonly string[] {
  const cells = Math.min(16, Math.max(0, ...sites.map(({ site }) => textWidth(oneLine(site)))));
  const missing = sites.filter((site) => lacksWorker(site, style));
  const others = sites.filter((site) => !lacksWorker(site, style));
  return [...missing, ...others].map((site) => siteLine(site, cells, style));
}

function lacksWorker({ site, running, waiting }: SiteView, { workers }: FleetStyle): boolean {
  return Object.hasOwn(workers, site) && workers[site] === 0 && running + waiting > 0;
}

function siteLine(site: SiteView, cells: number, style: FleetStyle): string {
  const { colours, columns, unicode } = style;
  const name = padText(fitText(oneLine(site.site), cells, unicode), cells);
  const rate = site.ratePerSecond > 0 ? formatRate(site.ratePerSecond) : unicode ? "–" : "-";
  const missing = lacksWorker(site, style);
  const workers = Object.hasOwn(style.workers, site.site) ? (style.workers[site.site] ?? 0) : null;
  const words = [
    ...(missing ? [say("fleet.no-worker")] : []),
    ...(site.pausedUntil === null ? [] : [pausedText(site.pausedUntil, style.nowMs)]),
    say("fleet.site", site),
    ...(workers === null || missing ? [] : [say("fleet.workers", { workers })]),
  ];
  const line = fitText(`${name} ${padText(rate, 12)} ${joined(words)}`, columns, unicode);
  return missing || site.pausedUntil !== null ? colours.yellow(line) : line;
}

/** Waves under way first, then those that were stopped, then those to come; what is over comes last. */
function wavesShown(waves: readonly WaveView[]): readonly WaveView[] {
  const order = ["running", "stopped", "waiting", "finished"] as const;
  return [...waves].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
}

const widestBar = 30;
const narrowestBar = 8;

function waveLine(wave: WaveView, style: FleetStyle): string {
  const { colours, columns, unicode } = style;
  const mark = marksOf(style);
  const marks = {
    running: mark.running,
    waiting: mark.waiting,
    finished: mark.finished,
    stopped: mark.failed,
  };
  const name = fitText(
    `${marks[wave.state]} ${oneLine(say("fleet.wave", { wave: wave.wave }))}`,
    Math.min(24, columns),
    unicode,
  );
  const percent = wavePercent(wave);
  // What comes last is left out for a bar.
  const taken = textWidth(name) + 8 + narrowestBar;
  const all = waveWords(wave);
  const fitting = [all, all.slice(0, -1), all.slice(0, -2)].find(
    (some) => textWidth(joined(some)) + taken <= columns,
  );
  const words = joined(fitting ?? all);
  const barCells = Math.min(widestBar, columns - textWidth(name) - textWidth(words) - 8);
  const paint = {
    running: colours.cyan,
    waiting: colours.dim,
    finished: colours.green,
    stopped: colours.red,
  }[wave.state];
  if (wave.state === "running" && percent !== null && barCells >= narrowestBar)
    return `${paint(name)} ${bar(percent, barCells, style)} ${String(percent).padStart(3)} % ${words}`;
  const share = wave.state === "running" && percent !== null ? `${percent} % ` : "";
  return paint(fitText(`${name} ${share}${words}`, columns, unicode));
}

function hostLines(view: FleetView, style: FleetStyle, room: number): readonly string[] {
  const { colours, columns, unicode, place } = style;
  if (room <= 0) return [];
  const hosts = shownHosts(view.hosts, place);
  const only =
    place.only === "all" ? [] : [say(place.only === "failed" ? "fleet.only-failed" : "fleet.only-running")];
  if (hosts.length === 0) {
    const none = say("fleet.none", { hosts: view.hosts.length });
    return [colours.dim(fitText(joined([none, ...only]), columns, unicode))];
  }
  // The head of the stages and the line that counts go where there is no room for them.
  const most = Math.max(1, room - 1);
  const start = Math.max(0, Math.min(place.first, hosts.length - most));
  const layout = layOutMatrix(view.hosts, hosts.slice(start, start + most), columns);
  const hasCount = room > 2;
  const head = room > 3 ? matrixHead(layout, style) : null;
  const rows = Math.max(1, room - (hasCount ? 1 : 0) - (head === null ? 0 : 1));
  const first = Math.max(0, Math.min(place.first, hosts.length - rows));
  const shown = hosts.slice(first, first + rows);
  const range = say("fleet.hosts-of", {
    first: first + 1,
    last: first + shown.length,
    hosts: hosts.length,
  });
  return [
    ...(hasCount ? [colours.dim(fitText(joined([range, ...only]), columns, unicode))] : []),
    ...(head === null ? [] : [head]),
    ...shown.map((host) => hostLine(host, layout, style)),
  ];
}

function footerLines(style: FleetStyle): readonly string[] {
  const { colours, columns, unicode } = style;
  const lines: string[] = [];
  if (style.stopping) lines.push(colours.yellow(fitText(say("run.stopping"), columns, unicode)));
  if (style.hasKeys) {
    const keys = [
      ...(style.canLeave ? [say("fleet.key-leave")] : []),
      say(unicode ? "fleet.key-scroll" : "fleet.key-scroll-ascii"),
      say("fleet.key-only"),
    ];
    lines.push(colours.dim(fitText(keys.join("  "), columns, unicode)));
  }
  return lines;
}
