import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { OutputStream } from "../../terminal/output.ts";
import { RememberingStream } from "../../testing/fake-output.ts";
import { createLineEditor, type LineEditor } from "./line-editor.ts";
import type { PromptAnswer, PromptLook } from "./prompt-look.ts";

const look: PromptLook = {
  prompt: "> ",
  continuation: ". ",
  waysOut: ["way out"],
  paint: (text) => text,
  paintHint: (text) => text,
};
const enter = "\r";
const ctrl = (letter: string): string => String.fromCharCode(letter.charCodeAt(0) - 96);
const pasted = (text: string): string => `\u001b[200~${text}\u001b[201~`;

let input: PassThrough & { setRawMode?: (raw: boolean) => void };
let screen: RememberingStream;
let editor: LineEditor;
let raw: boolean[];
let history: string[];

beforeEach(() => {
  raw = [];
  history = ["plan.run()", 'inspect("web.vmdk")', "const a = {\n  b: 1\n}"];
  input = Object.assign(new PassThrough(), { setRawMode: (on: boolean) => void raw.push(on) });
  screen = new RememberingStream({ columns: 80 });
  editor = createLineEditor(input, screen as OutputStream, {
    history: () => history,
    complete: (text, cursor) => {
      const begun = /\w*$/.exec(text.slice(0, cursor))?.[0] ?? "";
      const from = cursor - begun.length;
      return begun === "up" ? { from, insert: "upload", menu: [] } : { from, menu: ["upload   uploads"] };
    },
    isComplete: async (text) => !text.endsWith("{") && !text.endsWith("("),
  });
});
afterEach(() => editor.close());

/** Types it all at once, as somebody who does not wait does. */
async function typed(...keys: string[]): Promise<PromptAnswer> {
  const answer = editor.read(look);
  for (const key of keys) {
    input.write(key);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return answer;
}

describe("reading an input", () => {
  it("gives what was typed", async () => {
    expect(await typed("a + 1", enter)).toEqual({ kind: "input", text: "a + 1" });
    expect(screen.text).toContain("> a + 1");
  });

  it("goes on in another line until the input is whole, and says how to get out", async () => {
    expect(await typed("f(", enter, "1)", enter)).toEqual({ kind: "input", text: "f(\n1)" });
    expect(screen.text).toContain("way out");
  });

  it("drops what is half typed at Ctrl+C, and tells of Ctrl+C where nothing is", async () => {
    expect(await typed("f(", enter, ctrl("c"), "2", enter)).toEqual({ kind: "input", text: "2" });
    expect(await typed(ctrl("c"))).toEqual({ kind: "interrupt" });
    expect(await typed(ctrl("d"))).toEqual({ kind: "end" });
  });

  it("takes a paste as one unit, which waits for Enter", async () => {
    expect(await typed(pasted("plan\r\n  .assess()\n  .run()\n"), enter)).toEqual({
      kind: "input",
      text: "plan\n  .assess()\n  .run()",
    });
  });

  it("keeps what is typed ahead for the next prompt", async () => {
    expect(await typed("1", enter, "2", enter)).toEqual({ kind: "input", text: "1" });
    expect(await editor.read(look)).toEqual({ kind: "input", text: "2" });
  });

  it("goes through the history and comes back to what was being typed", async () => {
    const [up, down] = ["\u001b[A", "\u001b[B"];
    expect(await typed("new", up, up, down, enter)).toEqual({ kind: "input", text: "plan.run()" });
    expect(await typed("new", up, down, "er", enter)).toEqual({ kind: "input", text: "newer" });
  });

  it("moves inside an entry of several lines before it goes further", async () => {
    const up = "\u001b[A";
    expect(await typed(up, up, up, up, up, "// ", enter)).toEqual({
      kind: "input",
      text: "c// onst a = {\n  b: 1\n}",
    });
  });

  it("searches the history backwards", async () => {
    expect(await typed(ctrl("r"), "insp", enter)).toEqual({ kind: "input", text: 'inspect("web.vmdk")' });
    expect(await typed(ctrl("r"), "n", ctrl("r"), ctrl("a"), "x", enter)).toEqual({
      kind: "input",
      text: 'xinspect("web.vmdk")',
    });
    expect(await typed("keep", ctrl("r"), "zzz", ctrl("g"), "!", enter)).toEqual({
      kind: "input",
      text: "keep!",
    });
    expect(screen.text).toContain("(not found) zzz");
  });

  it("puts in what is certain, then lists the rest", async () => {
    expect(await typed("up\t", "\t", enter)).toEqual({ kind: "input", text: "upload" });
    expect(screen.text).toContain("upload   uploads");
  });

  it("edits in the middle of a line", async () => {
    expect(await typed("ac", "\u001b[D", "b", ctrl("e"), "d", enter)).toEqual({
      kind: "input",
      text: "abcd",
    });
  });
});

describe("while nothing is read", () => {
  it("hears Ctrl+C and Ctrl+Z at once, and also those that came a moment before", async () => {
    const heard: string[] = [];
    expect(await typed("1", enter, "x", ctrl("c"))).toMatchObject({ text: "1" });
    editor.whileBusy((key) => heard.push(key));
    await new Promise((resolve) => setImmediate(resolve));
    input.write(ctrl("z"));
    await new Promise((resolve) => setImmediate(resolve));
    expect(heard).toEqual(["interrupt", "background"]);
    editor.whileBusy(null);
    // What was typed before Ctrl+C went with it.
    expect(await typed("2", enter)).toEqual({ kind: "input", text: "2" });
  });
});

describe("the screen", () => {
  it("has the status above the prompt, cut to its width, and what is said above both", async () => {
    const answer = editor.read(look);
    editor.setStatus(["x".repeat(200)]);
    editor.say(() => screen.write("said\n"));
    input.write(`1${enter}`);
    await answer;
    expect(screen.text).toContain(`${"x".repeat(78)}…\r\n> `);
    expect(screen.text).toMatch(/said\n.*x…\r\n> /s);
    // The last drawing, which stays, has no status.
    expect(screen.text.split("\u001b[J").at(-1)).toBe("> 1\r\n");
  });
});

describe("the terminal", () => {
  it("is taken with pastes marked, lent, taken again and given back", async () => {
    expect(screen.text).toBe("\u001b[?2004h");
    await editor.lend(async () => void expect(raw).toEqual([true, false]));
    editor.lendWhile(() => expect(raw).toEqual([true, false, true, false]));
    editor.close();
    expect(raw).toEqual([true, false, true, false, true, false]);
    expect(screen.text.split("\u001b[?2004l")).toHaveLength(3);
    expect(process.listenerCount("exit")).toBeLessThan(10);
  });

  it("that is gone ends the reading", async () => {
    const answer = editor.read(look);
    input.end();
    expect(await answer).toEqual({ kind: "end" });
  });

  it("that is gone breaks off what goes on, and every prompt after it ends", async () => {
    const heard: string[] = [];
    editor.whileBusy((breaking) => heard.push(breaking));
    input.write("typed ahead");
    input.emit("error", Object.assign(new Error("read EIO"), { code: "EIO" }));
    input.end();
    await new Promise((resolve) => setImmediate(resolve));
    expect(heard).toEqual(["end"]);
    expect([await editor.read(look), await editor.read(look)]).toEqual([{ kind: "end" }, { kind: "end" }]);
  });
});
