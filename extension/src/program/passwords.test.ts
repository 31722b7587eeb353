import type { ErrorRecord } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { askProgram, callProgram, ProgramError } from "./call-program.ts";
import type { FoundProgram } from "./find-program.ts";
import { type AskPassword, Passwords } from "./passwords.ts";

const canary = "CanaryOfAStoredPassword0000001";
const host = "winrm://administrator@web-01";

const missing = (passwordOf: unknown) =>
  new ProgramError("HOST_PASSWORD_MISSING", "m", "h", {
    type: "error",
    code: "HOST_PASSWORD_MISSING",
    details: { passwordOf },
  } as unknown as ErrorRecord);

function world(answer: Awaited<ReturnType<AskPassword>>) {
  const kept = new Map<string, string>();
  const asked: string[] = [];
  let names: readonly string[] = [];
  const passwords = new Passwords(
    {
      get: async (key) => kept.get(key),
      store: async (key, value) => void kept.set(key, value),
      delete: async (key) => void kept.delete(key),
    },
    {
      get: () => names,
      async set(given) {
        names = given;
      },
    },
    async (passwordOf) => {
      asked.push(passwordOf);
      return answer;
    },
  );
  return { passwords, kept, asked, names: () => names };
}

/** A program that misses the passwords of these hosts until they stand in its input. */
function needing(...hosts: readonly string[]) {
  const inputs: string[] = [];
  const call = async (input: string) => {
    inputs.push(input);
    const given = JSON.parse(input) as Record<string, string>;
    const lacking = hosts.find((one) => given[one] === undefined);
    if (lacking !== undefined) throw missing(lacking);
    return given;
  };
  return { call, inputs };
}

describe("passwords that a run asks for", () => {
  it("are asked for one after the other, and only when they are missed", async () => {
    const { passwords, asked, kept, names } = world({ password: canary, remember: false });
    expect(await passwords.giving(needing().call)).toEqual({});
    expect(asked).toEqual([]);
    const { call, inputs } = needing(host, "ssh://b");
    expect(await passwords.giving(call)).toEqual({ [host]: canary, "ssh://b": canary });
    expect([asked, inputs.length]).toEqual([[host, "ssh://b"], 3]);
    expect([kept.size, names()]).toEqual([0, []]);
  });

  it("are kept where a person wants it, asked for no more then, and forgotten by command", async () => {
    const { passwords, asked, kept, names } = world({ password: canary, remember: true });
    await passwords.giving(needing(host).call);
    await passwords.giving(needing(host).call);
    expect(asked).toEqual([host]);
    expect(names()).toEqual([host]);
    expect(JSON.stringify(names())).not.toContain(canary);
    expect([kept.size, passwords.kept]).toEqual([1, [host]]);
    await passwords.forget();
    expect([kept.size, passwords.kept]).toEqual([0, []]);
    await passwords.giving(needing(host).call);
    expect(asked).toEqual([host, host]);
  });

  it("end the start when none is given, and what is wrong besides is thrown", async () => {
    const { passwords } = world(null);
    expect(await passwords.giving(needing(host).call)).toBeNull();
    for (const error of [missing(3), new ProgramError("RUN_LOCKED", "m", "h"), new Error("x")]) {
      await expect(passwords.giving(() => Promise.reject(error))).rejects.toBe(error);
    }
    const stubborn = world({ password: canary, remember: false }).passwords;
    await expect(stubborn.giving(() => Promise.reject(missing(host)))).rejects.toMatchObject({
      code: "HOST_PASSWORD_MISSING",
    });
  });
});

describe("a password on its way to the program", () => {
  const here: FoundProgram = { command: process.execPath, args: ["-e"], from: "path" };
  const at = { cwd: process.cwd() };
  const input = JSON.stringify({ [host]: canary });

  it("is in its standard input, and in neither its arguments nor its environment", async () => {
    const script =
      'let text = ""; process.stdin.on("data", (d) => { text += d; }).on("end", () => console.log(JSON.stringify({ text, argv: process.argv, args: process.execArgv, env: process.env })));';
    const seen = await askProgram<{ readonly text: string }>(here, [script], { ...at, input });
    expect(seen.text).toBe(input);
    expect(JSON.stringify({ ...seen, text: "" })).not.toContain(canary);
  });

  it("is in no error of a program that ends without reading it, or cannot be started", async () => {
    const long = JSON.stringify({ [host]: canary.repeat(10_000) });
    expect((await callProgram(here, ["process.exitCode = 2"], { ...at, input: long })).exitCode).toBe(2);
    const gone: FoundProgram = { command: "/no/such/sampan", args: [], from: "setting" };
    const error = (await callProgram(gone, [], { ...at, input }).catch((thrown: unknown) => thrown)) as Error;
    expect(error).toBeInstanceOf(ProgramError);
    expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain(canary);
  });
});
