import { describe, expect, it } from "vitest";
import { givenPasswords } from "./given-passwords.ts";

const canary = "CanaryOfAGivenPassword00000001";

async function* pieces(text: string, size = 7) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield Buffer.from(bytes.subarray(at, at + size));
}

describe("passwords from standard input", () => {
  it("are given by what they are asked for, however the input is cut, and masked wherever they are printed", async () => {
    const ask = givenPasswords(pieces(JSON.stringify({ "winrm://a": canary, "ssh://ü": "é" })));
    const password = await ask("winrm://a");
    expect(password.reveal()).toBe(canary);
    expect(`${password} ${JSON.stringify({ password })}`).not.toContain(canary);
    expect((await ask("ssh://ü")).reveal()).toBe("é");
  });

  it("are named where they are missing, so that whoever wrote the input can ask for them", async () => {
    const failed = givenPasswords(pieces("{}"))("winrm://a");
    await expect(failed).rejects.toMatchObject({
      code: "HOST_PASSWORD_MISSING",
      details: { passwordOf: "winrm://a" },
    });
    await expect(givenPasswords(pieces("{}"))("constructor")).rejects.toMatchObject({
      code: "HOST_PASSWORD_MISSING",
    });
  });

  it("are never told by what is wrong with the input", async () => {
    const wrong = [
      "",
      canary,
      `"${canary}"`,
      `["${canary}"]`,
      `{"a":{"b":"${canary}"}}`,
      `{"a":"${canary}`,
      '{"a":""}',
    ];
    for (const text of [...wrong, JSON.stringify({ a: "x".repeat(70_000) })]) {
      const error = (await givenPasswords(pieces(text, 4096))("a").catch(
        (thrown: unknown) => thrown,
      )) as Error;
      expect(error).toMatchObject({ code: "COMMAND_USAGE" });
      expect(`${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.toContain("Canary");
    }
  });

  it("are not taken from a terminal, which would show what is typed", async () => {
    const terminal = Object.assign(pieces("{}"), { isTTY: true });
    await expect(givenPasswords(terminal)("a")).rejects.toMatchObject({ code: "COMMAND_USAGE" });
  });
});
