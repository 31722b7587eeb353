import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { createOutput, type OutputStream } from "../terminal/output.ts";
import { RememberingStream, rememberedCall } from "../testing/fake-output.ts";
import { ask, type Question } from "./ask.ts";

const plain: Question = { what: "a host", title: () => "This changes web-01:", changes: ["mend /etc/fstab"] };
const named: Question = { ...plain, name: "web-01" };

/** A call with somebody at a terminal who types this. */
function typing(text: string, options: Readonly<Record<string, unknown>> = {}) {
  const terminal = Object.assign(new PassThrough(), { isTTY: true });
  const stderr = new RememberingStream({ columns: 80 });
  const output = createOutput({
    stdout: new RememberingStream() as OutputStream,
    stderr: stderr as OutputStream,
    env: {},
  });
  const { call } = rememberedCall({ options, output });
  if (text === "") terminal.end();
  else terminal.write(text);
  return { call, terminal, stderr };
}

describe("a question before something is changed", () => {
  it.each(["y\n", "yes\n", " Y \n"])("takes %j for yes", async (text) => {
    const { call, terminal, stderr } = typing(text);
    await expect(ask(call, plain, terminal)).resolves.toBeUndefined();
    expect(stderr.text).toMatch(/^This changes web-01:\n {2}mend \/etc\/fstab\n.*Go on\? \[y\/N\] /);
  });

  it.each(["n\n", "\n", "yellow\n", "web-01\n", ""])("takes %j for no", async (text) => {
    const { call, terminal } = typing(text);
    await expect(ask(call, plain, terminal)).rejects.toMatchObject({ code: "COMMAND_DECLINED" });
  });

  it("wants the name itself typed for what cannot be taken back", async () => {
    const right = typing("web-01\n");
    await expect(ask(right.call, named, right.terminal)).resolves.toBeUndefined();
    expect(right.stderr.text).toContain("Type web-01 to go on: ");
    for (const text of ["y\n", "web-0\n", "WEB-01\n", "\n"]) {
      const { call, terminal } = typing(text, { yes: true });
      await expect(ask(call, named, terminal)).rejects.toMatchObject({ code: "COMMAND_DECLINED" });
    }
  });

  it("is not asked again by a detached runner, whose starter had the terminal", async () => {
    const { call } = rememberedCall({ detached: { started: () => undefined } });
    for (const question of [plain, named]) {
      await expect(ask(call, question, { isTTY: false } as never)).resolves.toBeUndefined();
    }
  });

  it("is answered by its own flag, and names it where there is no terminal", async () => {
    const nobody = { isTTY: false } as never;
    const flags = (options: Readonly<Record<string, unknown>>) => rememberedCall({ options }).call;
    await expect(ask(flags({ yes: true }), plain, nobody)).resolves.toBeUndefined();
    await expect(ask(flags({ confirm: ["db-01", "web-01"] }), named, nobody)).resolves.toBeUndefined();
    await expect(ask(flags({}), plain, nobody)).rejects.toMatchObject({
      details: { flag: "--yes", name: null, answer: ["--yes"] },
    });
    await expect(ask(flags({ yes: true }), named, nobody)).rejects.toMatchObject({
      code: "COMMAND_CONFIRMATION_NEEDED",
      details: { flag: "--confirm web-01", name: "web-01", answer: ["--confirm", "web-01"] },
    });
    const odd = { ...named, name: "it's here" };
    await expect(ask(flags({}), odd, nobody)).rejects.toMatchObject({
      details: { flag: "--confirm 'it'\\''s here'" },
    });
  });

  it("looks nothing up where nobody is asked, and makes foreign text safe", async () => {
    const title = () => {
      throw new Error("looked up");
    };
    const { call } = rememberedCall({ options: { yes: true } });
    await expect(ask(call, { ...plain, title })).resolves.toBeUndefined();
    const nobody = { isTTY: false } as never;
    await expect(ask(rememberedCall().call, { ...plain, title }, nobody)).rejects.toMatchObject({
      code: "COMMAND_CONFIRMATION_NEEDED",
    });
    const { call: asked, terminal, stderr } = typing("y\n");
    await ask(asked, { ...plain, changes: ["\u001b[31mred\nline"] }, terminal);
    expect(stderr.text).toContain("  \uFFFD[31mred line\n");
  });
});
