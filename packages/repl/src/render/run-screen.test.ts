import type { RunEvent } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { createOutput, type OutputStream } from "../terminal/output.ts";
import { eventsOf, finding, progress, runStartMs, started } from "../testing/events.ts";
import { RememberingStream } from "../testing/fake-output.ts";
import { createRunScreen } from "./run-screen.ts";

const events = eventsOf([
  [0, started],
  [0, { type: "stage.started", stage: "upload", summary: "sending to bucket web", attempt: 1 }],
  [5, progress(40, 100)],
  [6, { type: "finding", stage: "upload", finding }],
  [9, { type: "stage.finished", stage: "upload", output: {}, tookMs: 9000 }],
]);

function show(
  given: {
    readonly json?: boolean;
    readonly quiet?: boolean;
    readonly env?: Record<string, string>;
    readonly tty?: boolean;
  },
  list: readonly RunEvent[] = events,
  sinceMs = runStartMs,
) {
  const stdout = new RememberingStream();
  const stderr = new RememberingStream(given.tty === false ? undefined : { columns: 100 });
  const output = createOutput({
    stdout: stdout as OutputStream,
    stderr: stderr as OutputStream,
    env: given.env ?? {},
    json: given.json ?? false,
    quiet: given.quiet ?? false,
  });
  const screen = createRunScreen(output, { sinceMs, now: () => runStartMs + 10_000 });
  for (const event of list) screen.show(event);
  const view = screen.end();
  return { view, out: stdout.text, err: stderr.text };
}

const escapeCode = "\u001b";

describe("the screen of a run", () => {
  it("redraws a block on a terminal, with lasting lines above it", () => {
    const { err, out } = show({ env: { NO_COLOR: "1", LANG: "en_GB.UTF-8" } });
    expect(out).toBe("");
    expect(err).toContain("warning GUESTOS.Selinux: SELinux is enforcing. (mended by the fix-up selinux)\n");
    expect(err).toContain("upload: done in 9.0 s, 1 finding to look at\n");
    expect(err).toContain("▸ upload");
    expect(err).toContain(`${escapeCode}[5A${escapeCode}[2K`);
  });

  it("has no colours with NO_COLOR and some without", () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: looking for colour codes is the purpose.
    const colour = /\u001b\[3\dm/;
    expect(show({ env: { NO_COLOR: "1" } }).err).not.toMatch(colour);
    expect(show({}).err).toMatch(colour);
  });

  it.each([
    ["no terminal", { tty: false }],
    ["a dumb terminal", { env: { TERM: "dumb" } }],
  ])("is plain lines without escape codes on %s", (_name, given) => {
    const { err } = show(given);
    expect(err).not.toContain(escapeCode);
    expect(err).toContain("rehearsal: a simulator answers");
    expect(err).toContain("upload: sending to bucket web\n");
  });

  it("is silent when quiet, and NDJSON alone under --json", () => {
    expect(show({ quiet: true })).toMatchObject({ out: "", err: "" });
    const { out, err } = show({ json: true });
    expect(err).toBe("");
    expect(
      out
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(events);
  });

  it("counts what an earlier start told without telling it again", () => {
    for (const tty of [true, false]) {
      const { view, err } = show({ tty, env: { NO_COLOR: "1" } }, events, runStartMs + 60_000);
      expect(view.stages.map((stage) => stage.state)).toEqual(["waiting", "finished", "waiting"]);
      expect(err).not.toContain("done in");
    }
  });
});
