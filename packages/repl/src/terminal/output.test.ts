import { describe, expect, it } from "vitest";
import { RememberingStream, rememberingOutput } from "../testing/fake-output.ts";
import { wantsColour } from "./colours.ts";
import { createOutput, type OutputStream } from "./output.ts";

describe("the output of a command", () => {
  it("puts data on stdout and talk on stderr", () => {
    const { output, stdout, stderr } = rememberingOutput();
    output.data("a table");
    output.talk("a word");
    expect([stdout.text, stderr.text]).toEqual(["a table\n", "a word\n"]);
  });

  it("prints nothing for people on stdout under --json", () => {
    const { output, stdout } = rememberingOutput({ json: true });
    output.data("a table");
    output.json({ a: 1 });
    expect(stdout.text).toBe('{"a":1}\n');
  });

  it("says nothing but errors when quiet", () => {
    const { output, stderr } = rememberingOutput({ quiet: true });
    output.talk("a word");
    output.alert("an error");
    expect(stderr.text).toBe("an error\n");
  });

  it("is live only on a terminal that can be redrawn", () => {
    const stdout = new RememberingStream() as OutputStream;
    const live = (env: Record<string, string>, tty: boolean) =>
      createOutput({
        stdout,
        stderr: new RememberingStream(tty ? { columns: 0 } : undefined) as OutputStream,
        env,
      });
    expect(live({}, true).live).toBe(true);
    expect(live({ TERM: "dumb" }, true).live).toBe(false);
    expect(live({}, false).live).toBe(false);
    // Some CI systems fake a terminal without a width.
    expect(live({}, true).columns()).toBe(80);
    expect(live({ COLUMNS: "0" }, true).columns()).toBe(80);
    expect(live({ COLUMNS: "132", LINES: "50" }, true).columns()).toBe(132);
    expect(live({ COLUMNS: "132", LINES: "50" }, true).rows()).toBe(50);
    expect(live({ CI: "true" }, true).live).toBe(false);
    expect(live({ CI: "false" }, true).live).toBe(true);
    expect(live({ SAMPAN_FORCE_TTY: "1", CI: "true" }, false).live).toBe(true);
    expect(live({ SAMPAN_FORCE_TTY: "120" }, false).columns()).toBe(120);
    expect(live({ SAMPAN_FORCE_TTY: "0" }, true).live).toBe(false);
  });

  it("speaks Unicode where the locale is one of UTF-8", () => {
    const { stdout, stderr } = rememberingOutput();
    const unicode = (env: Record<string, string>) =>
      createOutput({ stdout: stdout as OutputStream, stderr: stderr as OutputStream, env }).unicode;
    expect(unicode({ LANG: "de_DE.UTF-8" })).toBe(true);
    expect(unicode({ LC_CTYPE: "C.utf8" })).toBe(true);
    expect(unicode({ LC_ALL: "C", LANG: "de_DE.UTF-8" })).toBe(false);
    expect(unicode({ LANG: "zh_CN.GB18030" })).toBe(false);
    expect(unicode({})).toBe(process.platform === "win32");
    expect(unicode({ LANG: "C.UTF-8", TERM: "linux" })).toBe(false);
  });
});

describe("colours", () => {
  it("obey NO_COLOR, then FORCE_COLOR, then the terminal", () => {
    expect(wantsColour({ env: {}, isTty: true })).toBe(true);
    expect(wantsColour({ env: {}, isTty: false })).toBe(false);
    expect(wantsColour({ env: { NO_COLOR: "1", FORCE_COLOR: "1" }, isTty: true })).toBe(false);
    expect(wantsColour({ env: { NO_COLOR: "" }, isTty: true })).toBe(true);
    expect(wantsColour({ env: { FORCE_COLOR: "1" }, isTty: false })).toBe(true);
    expect(wantsColour({ env: { TERM: "dumb" }, isTty: true })).toBe(false);
    expect(wantsColour({ env: { CLICOLOR_FORCE: "1" }, isTty: false })).toBe(true);
    expect(wantsColour({ env: { CLICOLOR_FORCE: "0" }, isTty: false })).toBe(false);
    expect(wantsColour({ env: { CLICOLOR: "0" }, isTty: true })).toBe(false);
    expect(wantsColour({ env: { NO_COLOR: "1", CLICOLOR_FORCE: "1" }, isTty: true })).toBe(false);
    expect(wantsColour({ env: { FORCE_COLOR: "0", CLICOLOR_FORCE: "1" }, isTty: true })).toBe(false);
  });
});
