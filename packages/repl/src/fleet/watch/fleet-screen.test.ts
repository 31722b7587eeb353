import { EventEmitter } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createOutput, type OutputStream } from "../../terminal/output.ts";
import { RememberingStream, rememberingOutput } from "../../testing/fake-output.ts";
import { busyFleet, fleetStartMs } from "../../testing/fleet-events.ts";
import { createFleetScreen, type KeyTerminal } from "./fleet-screen.ts";

class Keyboard extends EventEmitter implements KeyTerminal {
  readonly isTTY = true;
  raw = false;
  reading = false;
  setRawMode(raw: boolean): void {
    this.raw = raw;
  }
  resume(): void {
    this.reading = true;
  }
  pause(): void {
    this.reading = false;
  }
  type(keys: string): void {
    this.emit("data", Buffer.from(keys));
  }
}

function liveOutput() {
  const stderr = new RememberingStream({ columns: 100 });
  const output = createOutput({
    stdout: new RememberingStream() as OutputStream,
    stderr: stderr as OutputStream,
    env: { TERM: "xterm", LANG: "C.UTF-8" },
  });
  return { output, stderr };
}

beforeEach(() => {
  vi.useFakeTimers({ now: fleetStartMs + 60_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a fleet on the screen", () => {
  it("is drawn on a terminal, again when a key is pressed, and taken away at the end", () => {
    const { output, stderr } = liveOutput();
    const keys = new Keyboard();
    const left = vi.fn();
    const interrupted = vi.fn();
    const screen = createFleetScreen(output, { keys, onLeave: left, onInterrupt: interrupted });
    for (const event of busyFleet()) screen.show(event);
    screen.workers({ shanghai: 0 });
    vi.advanceTimersByTime(500);
    expect(stderr.text).toContain("4 of 40 ended");
    expect(stderr.text).toContain("no worker");
    expect({ raw: keys.raw, reading: keys.reading }).toEqual({ raw: true, reading: true });
    stderr.text = "";
    keys.type("f");
    expect(stderr.text).toContain("failed only");
    keys.type("\u0003");
    keys.type("q");
    expect([left.mock.calls.length, interrupted.mock.calls.length]).toEqual([1, 1]);
    const view = screen.end();
    expect(view.counts.failed).toBe(1);
    expect({ raw: keys.raw, reading: keys.reading }).toEqual({ raw: false, reading: false });
    expect(stderr.text.endsWith("\u001b[?25h")).toBe(true);
  });

  it("is not drawn for each of the events that come at once", () => {
    const { output, stderr } = liveOutput();
    const screen = createFleetScreen(output);
    for (const event of busyFleet()) screen.show(event);
    expect(stderr.text.split("fleet:").length - 1).toBeLessThanOrEqual(1);
    screen.end();
  });

  it("is a log where there is no terminal", () => {
    const { output, stderr } = rememberingOutput();
    const screen = createFleetScreen(output);
    for (const event of busyFleet()) screen.show(event);
    vi.advanceTimersByTime(60_000);
    screen.end();
    expect(stderr.lines[0]).toBe("fleet: 40 hosts in 2 waves at 3 sites");
    expect(stderr.lines.filter((line) => line.includes("%"))).toHaveLength(3);
    expect(stderr.text).not.toContain("\u001b");
  });

  it("is NDJSON under --json, unchanged, and nothing when quiet", () => {
    const { output, stdout } = rememberingOutput({ json: true });
    const events = busyFleet();
    const screen = createFleetScreen(output);
    for (const event of events) screen.show(event);
    expect(stdout.lines.map((line) => JSON.parse(line) as unknown)).toEqual(events);
    expect(screen.end().counts.hosts).toBe(40);
    const silent = rememberingOutput({ quiet: true });
    const quiet = createFleetScreen(silent.output);
    for (const event of events) quiet.show(event);
    quiet.end();
    expect(silent.stderr.text + silent.stdout.text).toBe("");
  });
});
