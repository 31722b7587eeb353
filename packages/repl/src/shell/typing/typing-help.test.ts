import { describe, expect, it } from "vitest";
import { commandTable } from "../../command-table.ts";
import type { ShellSession } from "../session.ts";
import { longestColoured } from "./highlight.ts";
import { createTypingHelp } from "./typing-help.ts";

/** A session whose engine knows no variables. */
function session(engine: () => Promise<unknown>): ShellSession {
  return { call: { commands: commandTable }, engine } as unknown as ShellSession;
}
const loads = () => session(async () => ({ evaluator: { outlines: () => ({ get: () => undefined }) } }));

describe("the help while somebody types", () => {
  it("knows the language at once, and what Sampan knows once that is loaded", async () => {
    const help = createTypingHelp(loads);
    const number = { start: 9, end: 10, kind: "number" };
    expect(help.highlight("x.upload(1")).toEqual([number]);
    expect(help.hint("x.upload(", 9)).toBeUndefined();
    await help.load();
    expect(help.highlight("x.upload(1")).toEqual([{ start: 2, end: 8, kind: "known" }, number]);
    expect(help.highlight(":inspect")).toEqual([{ start: 0, end: 8, kind: "command" }]);
    expect(help.hint("x.upload(1) + 1", 9)).toBe("upload(bucket, options?)");
    expect(help.hint("x.upload(1) + 1", 15)).toBeUndefined();
    expect(help.hint(":save x.upload(", 15)).toBeUndefined();
  });

  it("looks through a text once, however often it is drawn", () => {
    const help = createTypingHelp(loads);
    expect(help.highlight("a = 1")).toBe(help.highlight("a = 1"));
    expect(help.highlight("a = 2")).not.toBe(help.highlight("a = 1"));
  });

  it("leaves programs alone", async () => {
    const help = createTypingHelp(loads);
    await help.load();
    const program = `${"1;".repeat(longestColoured)}x.upload(`;
    expect([help.highlight(program), help.hint(program, program.length)]).toEqual([[], undefined]);
  });

  it("goes on with the language alone where the rest cannot be loaded", async () => {
    const help = createTypingHelp(() => session(() => Promise.reject(new Error("not there"))));
    await help.load();
    expect(help.highlight("x.from(1)")).toEqual([{ start: 7, end: 8, kind: "number" }]);
    expect(help.hint("x.upload(", 9)).toBeUndefined();
  });
});
