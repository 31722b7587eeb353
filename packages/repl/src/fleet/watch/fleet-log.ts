import { createFleetFold, type ExpectedBytes, type FleetEvent, type FleetView } from "@sampan/fleet";
import { joined, listed, say, translated } from "../../language/speech.ts";
import { logLine, rehearsalNotice } from "../../render/messages.ts";
import type { Colours } from "../../terminal/colours.ts";
import { oneLine } from "../../terminal/plain-text.ts";
import { pausedFor, wavePercent, waveWords } from "./wave-words.ts";

/** At most one line about a wave's progress in this time. */
const leastMs = 30_000;

/** A fleet as lines of a log, where there is no terminal. */
export interface FleetLog {
  /** Takes the next event and gives the lines it is worth: what begins, ends and fails, and of progress at most one a wave every 30 s. */
  add(event: FleetEvent): readonly string[];
  /** Lines for waves that no event told of for as long, so that who reads sees that the fleet is watched. */
  beat(nowMs: number): readonly string[];
  view(nowMs?: number): FleetView;
}

/** Makes a log of nothing. Time is the events' own, and that of `beat`. */
export function createFleetLog(colours: Colours, expected?: ExpectedBytes): FleetLog {
  const fold = createFleetFold(expected);
  const toldMs = new Map<string, number>();
  let noticed = false;
  const waveOf = new Map<string, string>();

  const progress = (waves: readonly string[], nowMs: number): readonly string[] => {
    // Where the clock was set back, the last line is ahead: it holds back nothing.
    const due = waves.filter((wave) => {
      const sinceMs = nowMs - (toldMs.get(wave) ?? Number.NEGATIVE_INFINITY);
      return sinceMs < 0 || sinceMs >= leastMs;
    });
    if (due.length === 0) return [];
    return fold.view(nowMs).waves.flatMap((wave) => {
      if (wave.state !== "running" || !due.includes(wave.wave)) return [];
      toldMs.set(wave.wave, nowMs);
      const percent = wavePercent(wave);
      const words = [...(percent === null ? [] : [`${percent} %`]), ...waveWords(wave)];
      return [say("fleet.wave-line", { wave: oneLine(wave.wave), text: joined(words) })];
    });
  };

  return {
    add(event) {
      fold.add(event);
      const nowMs = Date.parse(event.at);
      if (event.type === "fleet.started")
        for (const { wave, hosts } of event.waves) for (const { host } of hosts) waveOf.set(host, wave);
      if (event.type === "host.started") waveOf.set(event.host, event.wave);
      if (event.type === "wave.started") toldMs.set(event.wave, nowMs);
      const lines = eventLines(event, { colours, waveOf, view: fold.view });
      if (event.type !== "host.run" && event.type !== "host.finished") return lines;
      const wave = waveOf.get(event.host);
      const rehearsal = !noticed && isRehearsal(event);
      noticed ||= rehearsal;
      const notice = rehearsal ? [colours.magenta(rehearsalNotice)] : [];
      return [...notice, ...lines, ...(wave === undefined ? [] : progress([wave], nowMs))];
    },
    beat: (nowMs) => progress([...toldMs.keys()], nowMs),
    view: fold.view,
  };
}

function isRehearsal(event: FleetEvent): boolean {
  return event.type === "host.run" && event.event.type === "run.started" && event.event.cloud.rehearsal;
}

interface Surroundings {
  readonly colours: Colours;
  readonly waveOf: ReadonlyMap<string, string>;
  readonly view: () => FleetView;
}

function eventLines(event: FleetEvent, { colours, waveOf, view }: Surroundings): readonly string[] {
  const waveLine = (wave: string, text: string): string =>
    say("fleet.wave-line", { wave: oneLine(wave), text });
  switch (event.type) {
    case "fleet.started": {
      const hosts = event.waves.flatMap((wave) => wave.hosts);
      const sites = new Set(hosts.map(({ site }) => site)).size;
      return [say("fleet.begun", { hosts: hosts.length, waves: event.waves.length, sites })];
    }
    case "wave.started": {
      const hosts = [...waveOf.values()].filter((wave) => wave === event.wave).length;
      const names = listed(event.canaries.map(oneLine));
      const text =
        names === "" ? say("fleet.wave-begun", { hosts }) : say("fleet.wave-canaries", { hosts, names });
      return [waveLine(event.wave, text)];
    }
    case "host.finished": {
      if (event.outcome !== "failed") return [];
      const { code = "", message = "" } = event.error ?? {};
      const text = oneLine(say("fleet.host-failed", { text: logLine(code, translated(message)) }));
      return [logLine(colours.red(oneLine(event.host)), text)];
    }
    case "site.paused":
      return [
        colours.yellow(
          say("fleet.site-paused", {
            site: oneLine(event.site),
            time: pausedFor(event.until, Date.parse(event.at)),
          }),
        ),
      ];
    case "site.resumed":
      return [say("fleet.site-resumed", { site: oneLine(event.site) })];
    case "wave.stopped": {
      const reason = oneLine(translated(event.reason));
      return [colours.red(waveLine(event.wave, say("fleet.wave-stopped", { reason })))];
    }
    case "wave.finished":
      return [waveLine(event.wave, say("fleet.wave-over", { text: outcomeText(event.outcomes) }))];
    case "fleet.finished":
      return [say("fleet.over", { hosts: view().counts.hosts, text: outcomeText(event.outcomes) })];
    default:
      return [];
  }
}

/** `12 done, 1 failed`: outcomes that there are. */
function outcomeText(outcomes: Readonly<Record<string, number>>): string {
  const count = (outcome: string): number => outcomes[outcome] ?? 0;
  const words = [
    ...(count("done") > 0 ? [say("fleet.done", { done: count("done") })] : []),
    ...(count("warnings") > 0 ? [say("fleet.warnings", { warnings: count("warnings") })] : []),
    ...(count("failed") > 0 ? [say("fleet.failed", { failed: count("failed") })] : []),
    ...(count("cancelled") > 0 ? [say("fleet.cancelled", { cancelled: count("cancelled") })] : []),
    ...(count("skipped") > 0 ? [say("fleet.skipped", { skipped: count("skipped") })] : []),
  ];
  // A wave of no hosts at all.
  if (words.length === 0) return say("fleet.done", { done: 0 });
  return joined(words);
}
