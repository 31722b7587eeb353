import { describe, expect, it } from "vitest";
import { agreed, type Question } from "./agree.ts";
import { ProgramError } from "./call-program.ts";

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
