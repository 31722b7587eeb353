import type { FleetEvent } from "@sampan/fleet";
import { describe, expect, it } from "vitest";
import { coloursFor } from "../../terminal/colours.ts";
import { busyFleet, fleetStartMs, hostFailed, uploading } from "../../testing/fleet-events.ts";
import { createFleetLog } from "./fleet-log.ts";

function linesOf(events: readonly FleetEvent[]): string[] {
  const log = createFleetLog(coloursFor(false));
  return events.flatMap((event) => [...log.add(event)]);
}

const at = (second: number): string => new Date(fleetStartMs + second * 1000).toISOString();
const outcomes = { done: 23, warnings: 1, failed: 1, cancelled: 0, skipped: 0 };

describe("the log of a fleet without a terminal", () => {
  it("tells what begins and fails, and of a wave's progress at most once in 30 s", () => {
    expect(linesOf(busyFleet())).toEqual([
      "fleet: 40 hosts in 2 waves at 3 sites",
      "wave 1: begun, 25 hosts, first of all web-01, web-02",
      "wave 1: 0 %, 0 of 25 ended, 10 MiB/s",
      "web-03: failed, CLOUD_UNREACHABLE: sending part 7: \uFFFD[2J\uFFFD]0;pwned\uFFFDthe connection broke",
      "site beijing: nothing new is begun for 2 h",
    ]);
    const progress = linesOf([
      ...busyFleet(),
      ...Array.from({ length: 60 }, (_, second) => uploading(61 + second, "web-06", 900 + second, 4000, 12)),
    ]).filter((line) => line.startsWith("wave 1: ") && line.includes("%"));
    expect(progress).toHaveLength(3);
  });

  it("says once that it is a rehearsal", () => {
    const rehearsed = busyFleet().map((event) =>
      event.type === "host.run" && event.event.type === "run.started"
        ? { ...event, event: { ...event.event, cloud: { ...event.event.cloud, rehearsal: true } } }
        : event,
    );
    expect(linesOf(rehearsed).filter((line) => line.includes("rehearsal"))).toEqual([
      "rehearsal: a simulator answers for the cloud, nothing here is real",
    ]);
  });

  it("tells why a wave was stopped, how it ended, and how the fleet did", () => {
    const events: FleetEvent[] = [
      { type: "wave.stopped", at: at(70), wave: "1", failed: 3, ended: 10, reason: "3 of 10 hosts failed" },
      { type: "site.resumed", at: at(80), site: "beijing" },
      { type: "wave.finished", at: at(90), wave: "1", outcomes },
      { type: "fleet.finished", at: at(90), outcomes },
    ];
    expect(linesOf([...busyFleet(), ...events]).slice(-4)).toEqual([
      "wave 1: stopped: 3 of 10 hosts failed",
      "site beijing: hosts are begun again",
      "wave 1: over, 23 done, 1 with warnings, 1 failed",
      "fleet over, 40 hosts: 23 done, 1 with warnings, 1 failed",
    ]);
  });

  it("says every half minute where a wave is that tells nothing", () => {
    const log = createFleetLog(coloursFor(false));
    for (const event of busyFleet()) log.add(event);
    expect(log.beat(fleetStartMs + 69_000)).toEqual([]);
    expect(log.beat(fleetStartMs + 71_000)).toEqual([
      "wave 1: 18 %, 4 of 25 ended, 1 failed, about 8 min 24 s left, 1 skipped, 152 MiB/s",
    ]);
    expect(log.beat(fleetStartMs + 72_000)).toEqual([]);
    expect(log.beat(fleetStartMs + 200_000)[0]).toMatch(/^wave 1: 18 %/);
  });

  it("lets nothing of a server draw on the terminal", () => {
    const lines = linesOf([...busyFleet(), ...hostFailed(99, "\u001b[2Jweb", "\u001b]0;pwned\u0007")]);
    expect(lines.join("")).not.toContain("\u001b");
  });
});
