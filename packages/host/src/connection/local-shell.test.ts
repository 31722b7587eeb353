import { isSampanError } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { openLocalShell } from "./local-shell.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe("the shell of this machine", () => {
  const shell = openLocalShell();

  it("passes arguments on as they are", async () => {
    const word = `a "b" 'c' $(d) \`e\` \\ -f\n*`;
    const { exitCode, stdout } = await shell.run(["printf", "%s", word]);
    expect([exitCode, text(stdout)]).toEqual([0, word]);
  });

  it("gives a script its arguments, which are no syntax", async () => {
    const { stdout } = await shell.script('printf "%s|" "$@"', ["$(id)", "'", "x y"]);
    expect(text(stdout)).toBe("$(id)|'|x y|");
  });

  it("tells how a command ended, and what it said", async () => {
    const ended = await shell.script('cat; echo "bad \u001b[31mthing" >&2; exit 3', [], { input: "given" });
    expect(ended).toMatchObject({ exitCode: 3, stderr: "bad thing" });
    expect(text(ended.stdout)).toBe("given");
    expect((await shell.script("kill -TERM $$", [])).exitCode).toBe(143);
  });

  it("ends a command that takes too long, or says too much", async () => {
    const slow = await shell.run(["sleep", "60"], { timeoutMs: 50 }).catch((error: unknown) => error);
    expect(isSampanError(slow, "HOST_TIMEOUT")).toBe(true);
    const long = await shell.run(["yes"], { maxOutputBytes: 1000 }).catch((error: unknown) => error);
    expect(isSampanError(long, "HOST_ANSWER_TOO_LONG")).toBe(true);
  });

  it("ends a command when its signal says so", async () => {
    const controller = new AbortController();
    const waiting = shell.run(["sleep", "60"], { signal: controller.signal });
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: "CORE_CANCELLED" });
  });

  it("says so when there is no such program", async () => {
    const error = await shell.run(["no-such-program-anywhere"]).catch((caught: unknown) => caught);
    expect(isSampanError(error, "HOST_TOOL_MISSING")).toBe(true);
  });

  it("streams through open pipes", async () => {
    const cat = await shell.start(["cat"]);
    cat.stdin.end("through");
    let heard = "";
    for await (const part of cat.stdout) heard += part;
    expect([heard, (await cat.ended).exitCode]).toEqual(["through", 0]);
  });
});
