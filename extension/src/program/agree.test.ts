import { describe, expect, it } from "vitest";
import { agreed, agreedWithPasswords, type Question } from "./agree.ts";
import { ProgramError } from "./call-program.ts";
import { Passwords } from "./passwords.ts";

function refusal(name: string | null, answer: readonly string[]): ProgramError {
  const details = { question: `change ${name ?? "it"}?`, changes: ["a bucket"], name, answer: [...answer] };
  const record = { type: "error", code: "COMMAND_CONFIRMATION_NEEDED", message: "m", hint: "h", details };
  return new ProgramError("COMMAND_CONFIRMATION_NEEDED", "m", "h", record as never);
}

/** A program that wants these answers, one after the other. */
function wanting(...wanted: readonly (readonly string[])[]) {
  const calls: (readonly string[])[] = [];
  const call = async (answers: readonly string[]) => {
    calls.push([...answers]);
    const missing = wanted.find((answer) => !answers.join(" ").includes(answer.join(" ")));
    if (missing !== undefined) throw refusal(missing[1] ?? null, missing);
    return "started";
  };
  return { call, calls };
}

describe("questions of the program", () => {
  it("are put to a person one after the other, and each answer is handed on", async () => {
    const program = wanting(["--yes"], ["--confirm", "web-images"]);
    const asked: Question[] = [];
    const ask = async (question: Question) => asked.push(question) > 0;
    expect(await agreed(program.call, ask)).toBe("started");
    expect(asked.map(({ title, name }) => [title, name])).toEqual([
      ["change it?", null],
      ["change web-images?", "web-images"],
    ]);
    expect(program.calls).toEqual([[], ["--yes"], ["--yes", "--confirm", "web-images"]]);
  });

  it("are answered once, however many passwords are asked for afterwards", async () => {
    const none = { get: async () => undefined, store: async () => {}, delete: async () => {} };
    const passwords = new Passwords(none, { get: () => [], set: async () => {} }, async (passwordOf) => ({
      password: `of ${passwordOf}`,
      remember: false,
    }));
    const program = wanting(["--yes"]);
    const asked: Question[] = [];
    const started = await agreedWithPasswords(
      async (answers, input) => {
        await program.call(answers);
        const given = JSON.parse(input) as Record<string, string>;
        const passwordOf = ["ssh://a", "ssh://b"].find((host) => given[host] === undefined);
        if (passwordOf === undefined) return given;
        const record = { type: "error", code: "HOST_PASSWORD_MISSING", details: { passwordOf } };
        throw new ProgramError("HOST_PASSWORD_MISSING", "m", "h", record as never);
      },
      async (question) => asked.push(question) > 0,
      passwords,
    );
    expect(started).toEqual({ "ssh://a": "of ssh://a", "ssh://b": "of ssh://b" });
    expect(asked).toHaveLength(1);
  });

  it("end it when a person says no", async () => {
    const program = wanting(["--yes"]);
    expect(await agreed(program.call, async () => false)).toBeNull();
    expect(program.calls).toEqual([[]]);
  });

  it("are asked once: a program that goes on asking has failed, and so has one without a question", async () => {
    const again = refusal(null, ["--yes"]);
    await expect(
      agreed(
        () => Promise.reject(again),
        async () => true,
      ),
    ).rejects.toBe(again);
    const other = new ProgramError("RUN_LOCKED", "m", "h");
    await expect(
      agreed(
        () => Promise.reject(other),
        async () => true,
      ),
    ).rejects.toBe(other);
  });
});
