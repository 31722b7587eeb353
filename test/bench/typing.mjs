#!/usr/bin/env node
// How long a key takes in the shell behind a long input: its colours, what the history has, how the call is written, and the drawing.
//   --characters N   how long the input is (default 10000)
//   --keys N         how many keys are typed behind it (default 300)
// The goal is 16 ms, a frame of a screen, for 95 of 100 keys; exit code 1 when it is missed.
import { performance } from "node:perf_hooks";
import { PassThrough, Writable } from "node:stream";
import { parseArgs } from "node:util";
import { shellParts } from "./shell-parts.mjs";

const goalMs = 16;
const { values } = parseArgs({
  options: { characters: { type: "string", default: "10000" }, keys: { type: "string", default: "300" } },
});

const { coloursFor, createLineEditor, createTypingHelp, typingLook } = await shellParts(
  "typing",
  `
    export { createLineEditor } from "./line-editor/line-editor.ts";
    export { createTypingHelp } from "./typing/typing-help.ts";
    export { typingLook } from "./typing/typing-look.ts";
    export { coloursFor } from "../terminal/colours.ts";`,
);
const outlines = () => ({ names: () => [], get: () => undefined });
const help = createTypingHelp(() => ({
  call: { commands: [] },
  engine: async () => ({ evaluator: { outlines } }),
}));
await help.load();
const input = Object.assign(new PassThrough(), { setRawMode: () => undefined });
const screen = new Writable({ write: (_chunk, _encoding, done) => done() });
Object.assign(screen, { isTTY: true, columns: 120, rows: 40 });
const history = Array.from({ length: 2000 }, (_, index) => `Migration.from("./web-${index}.vmdk").assess()`);
const questions = {
  history: () => history,
  complete: () => ({ from: 0, menu: [] }),
  isComplete: () => true,
  highlight: help.highlight,
  hint: help.hint,
};
const editor = createLineEditor(input, screen, questions, { reflows: true });
const plain = (text) => text;
const typing = typingLook({ talkColours: coloursFor(true), unicode: true }, {});
void editor.read({ prompt: "> ", continuation: ". ", waysOut: [], paint: plain, paintHint: plain, typing });
const line = 'Migration.from("./web-01.vmdk").upload("web-images", { createBucket: true }); // 服务器\n';
const long = line
  .repeat(Math.ceil(Number(values.characters) / line.length))
  .slice(0, Number(values.characters));
input.write(`\u001b[200~${long}\n\u001b[201~`);
await new Promise((resolve) => setImmediate(resolve));
const taken = [];
const keys = "plan.upload('web', { name: 1, ";
for (let index = 0; index < Number(values.keys); index++) {
  const begun = performance.now();
  input.write(keys[index % keys.length]);
  await new Promise((resolve) => setImmediate(resolve));
  taken.push(performance.now() - begun);
}
editor.close();
taken.sort((one, other) => one - other);
const at = (share) => taken[Math.floor(taken.length * share)] ?? 0;
const [half, most] = [at(0.5), at(0.95)].map((ms) => ms.toFixed(1));
console.log(
  `a key behind ${long.length} characters: median ${half} ms, 95 of 100 within ${most} ms (goal ${goalMs} ms)`,
);
if (at(0.95) > goalMs) process.exitCode = 1;
