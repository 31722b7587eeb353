import { foldFleet } from "@sampan/fleet";
import { afterEach, describe, expect, it } from "vitest";
import { speak } from "../../language/speech.ts";
import { coloursFor } from "../../terminal/colours.ts";
import { textWidth } from "../../terminal/width.ts";
import { busyFleet, fleetStartMs, hostBegun, hostEnded } from "../../testing/fleet-events.ts";
import { fleetLines } from "./draw-fleet.ts";
import { type FleetStyle, firstPlace } from "./fleet-style.ts";

const view = foldFleet(busyFleet());

function style(given: Partial<FleetStyle> = {}): FleetStyle {
  return {
    columns: 80,
    rows: 24,
    unicode: true,
    colours: coloursFor(false),
    nowMs: fleetStartMs + 60_000,
    stopping: false,
    place: firstPlace,
    workers: { hangzhou: 2, shanghai: 0 },
    hasKeys: true,
    canLeave: true,
    ...given,
  };
}

afterEach(() => speak("en"));

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters.
const painted = /\u001b\[[0-9;]*m/g;

describe("the dashboard of a fleet", () => {
  it("shows what needs a look first, in a matrix of hosts and stages", () => {
    expect(fleetLines(view, style({ rows: 16 }))).toEqual([
      "fleet: 4 of 40 ended, 11 running, 25 waiting, 1 failed, 152 MiB/s",
      "shanghai 54 MiB/s     no worker, 4 running, 8 waiting",
      "beijing  47 MiB/s     nothing new for 2 h, 3 running, 9 waiting",
      "hangzhou 51 MiB/s     4 running, 8 waiting, 2 workers",
      "▸ wave 1 ███░░░░░░░░░░░░░░░  18 % 4 of 25 ended, 1 failed, about 8 min 24 s left",
      "· wave 2 15 hosts waiting",
      "hosts 1 to 7 of 40",
      "host   select assess check  capture upload import copy",
      "web-03 ✓      ✓      ✓      ✓       ✗      ·      ·      CLOUD_UNREACHABLE: sen…",
      "web-04 ✓      ✓      ✓      ✓       ↻      ·      ·      trying again, sending …",
      "web-05 ✓      ✓      ✓      ✓       !      ·      ·      no byte since 600 MiB",
      "web-06 ✓      ✓      ✓      ✓       ▸ 22 % ·      ·      12 MiB/s, 4 min 18 s l…",
      "web-07 ✓      ✓      ✓      ✓       ▸ 25 % ·      ·      14 MiB/s, 3 min 34 s l…",
      "web-08 ✓      ✓      ✓      ✓       ▸ 30 % ·      ·      15 MiB/s, 3 min 7 s le…",
      "web-09 ✓      ✓      ✓      ✓       ▸ 35 % ·      ·      16 MiB/s, 2 min 43 s l…",
      "q leave, it goes on  ↑↓ scroll  a all, f failed, r running",
    ]);
  });

  it("shows a mark for each stage where their names have no room, and still who failed", () => {
    const lines = fleetLines(view, style({ columns: 20, rows: 12, hasKeys: false }));
    expect(lines).toContain("web-03 ✓✓✓✓✗··");
    expect(lines).toContain("web-06 ✓✓✓✓▸··");
    expect(lines.at(-1)).toMatch(/^web-/);
  });

  it("tells the whole error where there is room", () => {
    const lines = fleetLines(view, style({ columns: 200, rows: 40 }));
    expect(lines.find((line) => line.startsWith("web-03"))).toMatch(
      /CLOUD_UNREACHABLE: .*the connection broke$/,
    );
  });

  it.each([10, 20, 33, 60, 80, 120, 200])(
    "fits %i columns and any number of rows, coloured or not",
    (columns) => {
      for (const rows of [4, 5, 8, 12, 24, 60]) {
        for (const colours of [coloursFor(false), coloursFor(true)]) {
          const lines = fleetLines(view, style({ columns, rows, colours, stopping: rows > 8 }));
          expect(lines.length).toBeLessThanOrEqual(rows);
          expect(lines.some((line) => line.includes(columns < 20 ? "web…" : "web-03"))).toBe(true);
          for (const line of lines)
            expect(textWidth(line.replace(painted, "")), line).toBeLessThanOrEqual(columns);
        }
      }
    },
  );

  it("lets no control character of a server reach the terminal", () => {
    for (const columns of [20, 80, 200]) {
      const text = fleetLines(view, style({ columns, rows: 60 })).join("");
      expect(text).not.toContain("\u001b");
      expect(text).not.toContain("\u0007");
    }
    const hostile = foldFleet([
      {
        type: "fleet.started",
        at: new Date(fleetStartMs).toISOString(),
        waves: [{ wave: "\u001b[31m1", hosts: [{ host: "\u001b[2Jweb", site: "\u202esite" }] }],
      },
      { type: "wave.started", at: new Date(fleetStartMs).toISOString(), wave: "\u001b[31m1", canaries: [] },
    ]);
    const text = fleetLines(hostile, style()).join("");
    expect(text).not.toContain("\u001b");
    expect(text).not.toContain("\u202e");
  });

  it("scrolls by hosts, not beyond the last, and shows only what is asked for", () => {
    const hostsOf = (lines: readonly string[]) =>
      lines.filter((line) => line.startsWith("web-")).map((line) => line.slice(0, 6));
    const scrolled = hostsOf(fleetLines(view, style({ place: { first: 3, only: "all" } })));
    expect(scrolled[0]).toBe("web-06");
    const end = hostsOf(fleetLines(view, style({ place: { first: 999, only: "all" } })));
    expect(end.at(-1)).toBe("web-01");
    expect(end).toHaveLength(scrolled.length);
    const failed = fleetLines(view, style({ place: { first: 0, only: "failed" } }));
    expect(hostsOf(failed)).toEqual(["web-03"]);
    expect(failed).toContain("hosts 1 to 1 of 1, failed only");
    const running = hostsOf(fleetLines(view, style({ place: { first: 0, only: "running" } })));
    expect(running).toHaveLength(11);
  });

  it("says that there is none of what is asked for", () => {
    const fine = foldFleet([...hostBegun(1, "web-01", "1", "sh"), hostEnded(9, "web-01", "done")]);
    expect(fleetLines(fine, style({ place: { first: 0, only: "failed" } }))).toContain(
      "none of the 1 hosts, failed only",
    );
  });

  it("draws hundreds of sites and waves as the first and how many more", () => {
    const waves = Array.from({ length: 300 }, (_, number) => ({
      wave: String(number),
      hosts: [{ host: `h${number}`, site: `s${number}` }],
    }));
    const wide = foldFleet([{ type: "fleet.started", at: new Date(fleetStartMs).toISOString(), waves }]);
    const lines = fleetLines(wide, style());
    expect(lines).toHaveLength(24);
    expect(lines.filter((line) => /^ {2}\d+ more$/.test(line))).toEqual(["  295 more", "  295 more"]);
    expect(lines.filter((line) => /^h\d+/.test(line)).length).toBeGreaterThan(5);
  });

  it("says that it is a rehearsal", () => {
    const events = hostBegun(1, "web-01", "1", "sh").map((event) =>
      event.type === "host.run" && event.event.type === "run.started"
        ? { ...event, event: { ...event.event, cloud: { ...event.event.cloud, rehearsal: true } } }
        : event,
    );
    expect(fleetLines(foldFleet(events), style())[0]).toBe(
      "fleet, a rehearsal: 0 of 1 ended, 1 running, 0 waiting",
    );
  });

  it("draws with ASCII where Unicode is not safe", () => {
    const text = fleetLines(view, style({ unicode: false, columns: 60 })).join("\n");
    expect(text).toMatch(/^[\u0020-\u007e\n\uFFFD]*$/);
    expect(text).toContain("web-03 ++++x..");
  });

  it("speaks Chinese", async () => {
    await speak("zh-CN");
    const lines = fleetLines(view, style());
    expect(lines[0]).toContain("共 40 台主机");
    for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(80);
  });

  it("draws nothing of a fleet that is not known yet", () => {
    expect(fleetLines(foldFleet([]), style())).toEqual([]);
  });
});
