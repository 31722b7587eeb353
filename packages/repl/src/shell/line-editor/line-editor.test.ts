import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { OutputStream } from "../../terminal/output.ts";
import { RememberingStream } from "../../testing/fake-output.ts";
import { createLineEditor, type LineEditor } from "./line-editor.ts";
import type { EditorQuestions, PromptAnswer, PromptLook } from "./prompt-look.ts";

const look: PromptLook = {
  prompt: "> ",
  continuation: ". ",
  waysOut: ["way out"],
  paint: (text) => text,
  paintHint: (text) => text,
  typing: null,
};
/** The same where the terminal has colours; these are marks. */
const colourful: PromptLook = {
  ...look,
  typing: { paint: (kind, text) => `<${kind} ${text}>`, more: "…", suggests: true },
};
const questions: EditorQuestions = {
  history: () => history,
  complete: (text, cursor) => {
    const begun = /\w*$/.exec(text.slice(0, cursor))?.[0] ?? "";
    const from = cursor - begun.length;
    return begun === "up" ? { from, insert: "upload", menu: [] } : { from, menu: ["upload   uploads"] };
  },
  isComplete: async (text) => !text.endsWith("{") && !text.endsWith("("),
  highlight: (text) =>
    [...text.matchAll(/\d+/g)].map(({ index, 0: { length } }) => {
      return { start: index, end: index + length, kind: "number" };
    }),
  hint: (text) => (text.endsWith("(") ? "how it is written" : undefined),
};
const enter = "\r";
const right = "\u001b[C";
const end = "\u001b[F";
const wordRight = "\u001bf";
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
  editor = createLineEditor(input, screen as OutputStream, questions, { reflows: true });
});
afterEach(() => editor.close());

/** Types it all at once, as somebody who does not wait does. */
function typed(...keys: string[]): Promise<PromptAnswer> {
  return typedAt(look, ...keys);
}

async function typedAt(at: PromptLook, ...keys: string[]): Promise<PromptAnswer> {
  const answer = editor.read(at);
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

// biome-ignore lint/suspicious/noControlCharactersInRegex: what takes a drawing away is looked for.
const erasing = /(?:\u001b\[\d+A)?\r\u001b\[J/;

/** What was drawn after the last key but Enter, and what stays. */
function drawn(): { readonly typing: string | undefined; readonly stays: string | undefined } {
  const drawings = screen.text.split(erasing);
  return { typing: drawings.at(-2), stays: drawings.at(-1) };
}

describe("where the terminal has colours", () => {
  it("colours what is typed and what stays of it, and gives it without", async () => {
    expect(await typedAt(colourful, "ab 12", enter)).toEqual({ kind: "input", text: "ab 12" });
    expect(drawn().stays).toBe("> ab <number 12>\r\n");
  });

  it("offers the rest of the newest input that begins so, which is not there until it is taken", async () => {
    expect(await typedAt(colourful, "pl", enter)).toEqual({ kind: "input", text: "pl" });
    expect(drawn()).toEqual({ typing: "> pl<ghost an.run()>\r\u001b[4C", stays: "> pl\r\n" });
  });

  it.each([
    ["Right", right],
    ["End", end],
    ["Ctrl+E", ctrl("e")],
    ["Ctrl+F", ctrl("f")],
  ])("takes all of it at %s, and each of its lines", async (_name, key) => {
    expect(await typedAt(colourful, "con", key, enter)).toEqual({
      kind: "input",
      text: "const a = {\n  b: 1\n}",
    });
  });

  it.each([
    ["Alt+F", wordRight],
    ["Alt+Right", "\u001b[1;3C"],
  ])("takes a word of it at %s", async (_name, key) => {
    expect(await typedAt(colourful, "p", key, "!", enter)).toEqual({ kind: "input", text: "plan!" });
    expect(await typedAt(colourful, "p", key, key, enter)).toEqual({ kind: "input", text: "plan.run" });
  });

  it("has keys mean what they do elsewhere where nothing is offered", async () => {
    expect(await typedAt(colourful, "pl", "\u001b[D", right, "?", enter)).toEqual({
      kind: "input",
      text: "pl?",
    });
    expect(await typedAt(colourful, "xy", ctrl("a"), wordRight, "z", enter)).toMatchObject({ text: "xyz" });
  });

  it("offers nothing in the middle of a text, behind what was fetched, nor where no room is left to see it", async () => {
    history = ["x".repeat(77), "xx", "abcd"];
    expect(await typedAt(colourful, "ab", ctrl("b"), ctrl("e"), enter)).toEqual({
      kind: "input",
      text: "ab",
    });
    // The text fetched begins the newest, and the end of it is taken by nothing.
    expect(await typedAt(colourful, "\u001b[A", "\u001b[A", right, enter)).toEqual({
      kind: "input",
      text: "xx",
    });
    expect(await typedAt(colourful, "x".repeat(75), right, enter)).toEqual({
      kind: "input",
      text: "x".repeat(77),
    });
    history = ["x".repeat(100)];
    expect(await typedAt(colourful, "x".repeat(75), right, enter)).toEqual({
      kind: "input",
      text: "x".repeat(75),
    });
  });

  it("says below how a call is written for as long as it is being written", async () => {
    expect(await typedAt(colourful, "f(", ")", enter)).toEqual({ kind: "input", text: "f()" });
    expect(screen.text.split(erasing).at(-3)).toBe("> f(\r\nhow it is written\u001b[1A\r\u001b[4C");
    expect(drawn()).toEqual({ typing: "> f()\r\u001b[5C", stays: "> f()\r\n" });
  });

  it("only colours where nothing is to be offered, and neither in answers to questions", async () => {
    const quiet: PromptLook = {
      ...colourful,
      typing: { paint: (_, text) => `<${text}>`, more: "~", suggests: false },
    };
    expect(await typedAt(quiet, "plan.f(", right, enter, "2)", enter)).toEqual({
      kind: "input",
      text: "plan.f(\n2)",
    });
    expect(screen.text).toContain("<2>");
    expect(screen.text).not.toMatch(/ghost|written|an\.run/);
    screen.text = "";
    expect(await typed("pl", right, enter)).toEqual({ kind: "input", text: "pl" });
    expect(screen.text).not.toContain("an.run");
  });

  it("draws, and looks through, what comes at once once, and each key after it once", async () => {
    const looked: string[] = [];
    editor.close();
    const highlight = (text: string) => {
      looked.push(text);
      return [];
    };
    editor = createLineEditor(input, screen as OutputStream, { ...questions, highlight }, { reflows: true });
    const text = "const a = f(1);".repeat(700);
    expect(await typedAt(colourful, text, "x", "y", enter)).toEqual({ kind: "input", text: `${text}xy` });
    expect(looked).toEqual(["", text, `${text}x`, `${text}xy`, `${text}xy`]);
    expect(screen.text.split(erasing)).toHaveLength(looked.length + 1);
  });

  it("takes nothing that was not seen yet", async () => {
    expect(await typedAt(colourful, `pl${right}`, enter)).toEqual({ kind: "input", text: "pl" });
    expect(await typedAt(colourful, "pl", `x${right}`, enter)).toEqual({ kind: "input", text: "plx" });
  });

  it("shows the history that is searched in its colours, without an offer", async () => {
    expect(await typedAt(colourful, "pl", ctrl("r"), "b: ", enter)).toMatchObject({ text: history[2] });
    expect(drawn().typing).toContain("  b: <number 1>");
    expect(drawn().typing).not.toContain("ghost");
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

describe("a window that is made narrower", () => {
  it.each([
    ["breaks lines anew", true, "\u001b[2A\r\u001b[J> "],
    ["cuts them off", false, "\r\u001b[J> "],
  ])("has nothing left of what stood there when the terminal %s", async (_what, reflows, redrawn) => {
    editor.close();
    const size = { columns: 80 };
    screen = Object.defineProperty(new RememberingStream(size), "columns", { get: () => size.columns });
    editor = createLineEditor(input, screen as OutputStream, questions, { reflows });
    const answer = typed("x".repeat(70));
    await new Promise((resolve) => setTimeout(resolve, 20));
    screen.text = "";
    size.columns = 30;
    screen.emit("resize");
    await Promise.resolve();
    expect(screen.text.startsWith(redrawn), JSON.stringify(screen.text)).toBe(true);
    input.write(enter);
    expect(await answer).toMatchObject({ kind: "input" });
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
