import { EventEmitter } from "node:events";
import { isSampanError } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { RememberingStream, rememberedCall } from "../testing/fake-output.ts";
import { type SecretTerminal, secretAsker } from "./ask-secret.ts";
import { createOutput, type OutputStream } from "./output.ts";

/** A terminal at which a test types. */
class TypedTerminal extends EventEmitter implements SecretTerminal {
  readonly isTTY = true;
  raw = false;
  setRawMode(raw: boolean) {
    this.raw = raw;
  }
  resume() {}
  pause() {}
  type(text: string) {
    this.emit("data", Buffer.from(text));
  }
}

function terminalCall() {
  const stderr = new RememberingStream({ columns: 80 });
  const output = createOutput({
    stdout: new RememberingStream() as OutputStream,
    stderr: stderr as OutputStream,
    env: {},
  });
  return { call: { ...rememberedCall().call, output }, stderr };
}

describe("a password asked at the terminal", () => {
  it("is taken without being shown, corrections included, and asked once", async () => {
    const terminal = new TypedTerminal();
    const { call, stderr } = terminalCall();
    const ask = secretAsker(call, terminal);
    const asked = ask?.("ssh://deploy@web-01");
    expect(terminal.raw).toBe(true);
    terminal.type("wrong\u0015secrex\u007ft-word");
    terminal.type("\r");
    expect((await asked)?.reveal()).toBe("secret-word");
    expect(terminal.raw).toBe(false);
    // By whatever else of the same call asks for it.
    expect((await secretAsker(call, terminal)?.("ssh://deploy@web-01"))?.reveal()).toBe("secret-word");
    expect(stderr.text).toBe("Password of ssh://deploy@web-01: \n");
  });

  it.each(["\u0003", "\u0004", "\r"])("is declined by %j, and the terminal is given back", async (key) => {
    const terminal = new TypedTerminal();
    const asked = secretAsker(terminalCall().call, terminal)?.("ssh://web-01");
    terminal.type(key);
    const error = await asked?.catch((thrown: unknown) => thrown);
    expect(isSampanError(error, "COMMAND_DECLINED")).toBe(true);
    expect(terminal.raw).toBe(false);
    expect(terminal.listenerCount("data")).toBe(0);
  });

  it("is not asked for where nobody can answer", () => {
    expect(secretAsker(rememberedCall().call, new TypedTerminal())).toBeUndefined();
    expect(secretAsker(rememberedCall({ json: true }).call, new TypedTerminal())).toBeUndefined();
  });
});
