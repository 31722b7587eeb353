import { describe, expect, it } from "vitest";
import { RememberingStream } from "../testing/fake-output.ts";
import type { OutputStream } from "./output.ts";
import { createTerminalStatus } from "./terminal-status.ts";
import { terminalTraits } from "./terminal-traits.ts";

describe("what a terminal can do besides text", () => {
  it.each<[Record<string, string>, { title: boolean; progress: boolean }]>([
    [{}, { title: false, progress: false }],
    [{ TERM: "xterm-256color" }, { title: false, progress: false }],
    [{ WT_SESSION: "1" }, { title: true, progress: true }],
    [{ ConEmuANSI: "ON" }, { title: true, progress: true }],
    [{ ConEmuANSI: "OFF" }, { title: false, progress: false }],
    [{ TERM_PROGRAM: "vscode" }, { title: true, progress: true }],
    [{ TERM_PROGRAM: "Apple_Terminal" }, { title: true, progress: false }],
    [{ VTE_VERSION: "7600" }, { title: true, progress: false }],
    // Earlier ones show OSC 9 as a notification.
    [
      { TERM_PROGRAM: "iTerm.app", TERM_PROGRAM_VERSION: "3.5.11" },
      { title: true, progress: false },
    ],
    [
      { TERM_PROGRAM: "iTerm.app", TERM_PROGRAM_VERSION: "3.6.6" },
      { title: true, progress: true },
    ],
    [
      { TERM_PROGRAM: "ghostty", TMUX: "/tmp/x" },
      { title: false, progress: false },
    ],
    [
      { TERM_PROGRAM: "ghostty", TERM: "screen-256color" },
      { title: false, progress: false },
    ],
  ])("is known of %j", (env, expected) => {
    expect(terminalTraits(env)).toMatchObject(expected);
  });
});

describe("the status of a terminal", () => {
  const status = { title: "62 % upload\u001b]", percent: 62, state: "going" } as const;

  it("is written once a second at most, made safe, and set back at the end", () => {
    const stream = new RememberingStream({ columns: 80 });
    const shown = createTerminalStatus(stream as OutputStream, { title: true, progress: true });
    shown.show(status, 0);
    shown.show({ ...status, percent: 63 }, 500);
    shown.show({ ...status, percent: null }, 1000);
    shown.show({ ...status, state: "stalled" }, 2000);
    shown.end();
    shown.end();
    const codes = stream.text.replaceAll("\u001b", "ESC").replaceAll("\u0007", "BEL");
    const title = "ESC]2;62 % upload\uFFFD]BEL";
    expect(codes).toBe(
      `ESC[22;2t${title}ESC]9;4;1;62BEL${title}ESC]9;4;3;0BEL${title}ESC]9;4;4;62BELESC]9;4;0;0BELESC]2;BELESC[23;2t`,
    );
  });

  it("is nothing where the terminal has neither", () => {
    const stream = new RememberingStream({ columns: 80 });
    const shown = createTerminalStatus(stream as OutputStream, { title: false, progress: false });
    shown.show(status, 0);
    shown.end();
    expect(stream.text).toBe("");
  });
});
