import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rememberedSession } from "../testing/shell-session.ts";
import { readRcFile } from "./rc-file.ts";
import { runScript } from "./run-script.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-script-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function answered(source: string, json = false) {
  const { session, stdout, stderr } = rememberedSession({ cwd: folder, json });
  const exitCode = await runScript(session, source, "test.ts");
  return { exitCode, stdout, stderr };
}

describe("a script", () => {
  it("answers every expression, and nothing else", async () => {
    const { exitCode, stdout } = await answered(`#!/usr/bin/env -S sampan shell
      import { basename } from "node:path";
      const a: number = 1; a + 1; twice(a);
      function twice(n: number) { return 2 * n }
      if (a) a;
      await Promise.resolve("x"); Promise.resolve("y");
      _ + "2";
      undefined;
      basename("/p/q")`);
    expect(stdout.lines).toEqual(["2", "2", '"x"', '"y"', '"y2"', '"q"']);
    expect(exitCode).toBe(0);
  });

  it("answers in lines of JSON, a plan as itself", async () => {
    const { stdout } = await answered(
      'undefined; 12n; ({ a: "\u009b" }); Migration.from("a.vmdk").assess(); const b = 1; runs()',
      true,
    );
    const values = stdout.lines.map((line) => JSON.parse(line) as unknown);
    expect(values.slice(0, 3)).toEqual([null, "12", { a: "\u009b" }]);
    expect(values[3]).toMatchObject({ v: 1, steps: [{ verb: "assess" }] });
    expect(values[4]).toEqual([]);
    expect(stdout.text).not.toContain("\u009b");
  });

  it("ends at the first error, says where it was, and with its exit code", async () => {
    const thrown = await answered("1;\n\nnull.x;\n2", true);
    expect(thrown.exitCode).toBe(1);
    expect(JSON.parse(thrown.stdout.lines[1] ?? "")).toMatchObject({
      type: "error",
      code: "COMMAND_SCRIPT_FAILED",
      message: expect.stringMatching(/^test\.ts, statement at line 3: TypeError: Cannot read/),
      details: { line: 3 },
    });
    expect(thrown.stdout.lines).toHaveLength(2);
    const wrong = await answered("const a = 1;\nfoo bar");
    expect(wrong).toMatchObject({ exitCode: 2 });
    expect(wrong.stderr.text).toContain("reading test.ts, line 2, column 4");
    expect((await answered("f(")).exitCode).toBe(2);
    expect((await answered('assess("absent.vmdk")')).exitCode).not.toBe(0);
  });

  it("waits for a run to its end and answers with its result, or fails as it did", async () => {
    const done = await answered('Migration.from("absent.vmdk").assess().run()', true);
    expect(done.stdout.lines).toHaveLength(1);
    expect(JSON.parse(done.stdout.lines[0] ?? "")).toMatchObject({ type: "error" });
    expect(done.exitCode).not.toBe(0);
    const named = await answered('const run = Migration.from("absent.vmdk").assess().run(); 1');
    expect(named.stdout.lines).toEqual(["1"]);
    expect(named.exitCode).not.toBe(0);
  });
});

describe("the rc file", () => {
  it("is read from the home of the user, never from the working folder", async () => {
    const home = await mkdtemp(join(folder, "home-"));
    await writeFile(join(folder, ".sampanrc.ts"), "globalThis.trapped = true");
    const call = { env: { HOME: home }, cwd: folder };
    expect(await readRcFile(call, "usual")).toBeUndefined();
    await writeFile(join(home, ".sampanrc.ts"), "const region = 1", { mode: 0o600 });
    expect(await readRcFile(call, "usual")).toMatchObject({ source: "const region = 1" });
    expect(await readRcFile(call, "none")).toBeUndefined();
  });

  it("is refused where others could have written it, and a named one where it cannot be read", async () => {
    const home = await mkdtemp(join(folder, "home-"));
    const path = join(home, ".sampanrc.ts");
    await writeFile(path, "1");
    await chmod(path, 0o666);
    const call = { env: { HOME: home }, cwd: folder };
    await expect(readRcFile(call, "usual")).rejects.toMatchObject({ code: "COMMAND_USAGE" });
    expect(await readRcFile(call, { file: path })).toMatchObject({ source: "1" });
    await expect(readRcFile(call, { file: "absent.ts" })).rejects.toMatchObject({ code: "COMMAND_USAGE" });
  });
});
