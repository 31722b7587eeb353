import { once } from "node:events";
import { chmod, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import extension from "../../extension/package.json" with { type: "json" };
import { environment, sampanProgram, startSampan } from "../helpers/sampan.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const head = 'import { Migration } from "sampan";\n\n';
const good = `${head}export default Migration.from("./a.vmdk").assess();\n`;
const warned = `${head}Migration.from("./a.vmdk").assess();\n`;
const wrong = `${head}export default Migration.from("./a.vmdk").capture();\n`;

describe("sampan check, the program", () => {
  it("mends a file with its permissions kept, and none that is no UTF-8", async () => {
    const cwd = await temporaryFolder();
    const [plan, latin] = [join(cwd, "a.migration.ts"), join(cwd, "b.migration.ts")];
    await writeFile(plan, warned);
    await chmod(plan, 0o666);
    const bytes = Buffer.from(`// r\u00e9seau\n${warned}`, "latin1");
    await writeFile(latin, bytes);
    expect((await startSampan(["check", plan, "--fix"], { cwd })).exitCode).toBe(0);
    expect(await readFile(plan, "utf8")).toBe(good);
    expect((await stat(plan)).mode & 0o777).toBe(0o666);
    const refused = await startSampan(["check", latin, "--fix", "--json"], { cwd });
    expect(refused.exitCode).toBe(1);
    expect(JSON.parse(refused.stdout)).toMatchObject({ code: "COMMAND_WRITE_FAILED" });
    expect(await readFile(latin)).toEqual(bytes);
    expect(await readdir(cwd)).toEqual(["a.migration.ts", "b.migration.ts"]);
  });

  it("judges what stands on standard input under the name it is given", async () => {
    const cwd = await temporaryFolder();
    const done = await execa(
      process.execPath,
      [sampanProgram, "check", "-", "--stdin-path", "plans/a.migration.ts", "--json"],
      { cwd, env: environment(), extendEnv: false, reject: false, input: wrong },
    );
    expect(done.exitCode).toBe(1);
    expect(JSON.parse(done.stdout)).toMatchObject({
      files: [{ path: "plans/a.migration.ts", problems: [{ code: "SMP110", line: 3, column: 43 }] }],
    });
  });

  it("is understood by the problem matcher of the extension, colours and lines around a problem left aside", async () => {
    const cwd = await temporaryFolder();
    await writeFile(join(cwd, "a.migration.ts"), wrong);
    await writeFile(join(cwd, "b.migration.ts"), warned);
    const { stdout } = await startSampan(["check", "."], { cwd, env: { FORCE_COLOR: "1" } });
    expect(stdout).toContain("\u001b[");
    const [matcher] = extension.contributes.problemMatchers;
    const { regexp = "", ...groups } = matcher?.pattern ?? {};
    // As the editor does it.
    const found = stripVTControlCharacters(stdout)
      .split("\n")
      .map((line) => new RegExp(regexp).exec(line))
      .filter((match) => match !== null)
      .map((match) =>
        Object.fromEntries(Object.entries(groups).map(([name, group]) => [name, match[group]])),
      );
    expect(found).toEqual([
      {
        file: "a.migration.ts",
        line: "3",
        column: "43",
        severity: "error",
        code: "SMP110",
        message: expect.stringContaining("assess()"),
      },
      {
        file: "b.migration.ts",
        line: "3",
        column: "1",
        severity: "warning",
        code: "SMP111",
        message: expect.any(String),
      },
    ]);
  });

  it("checks again when a file changes, until Ctrl+C", async () => {
    const cwd = await temporaryFolder();
    const path = join(cwd, "a.migration.ts");
    await writeFile(path, good);
    const watching = startSampan(["check", ".", "--watch", "--json"], { cwd });
    const values: { exitCode: number }[] = [];
    let rest = "";
    watching.stdout.on("data", (chunk: Buffer) => {
      const lines = (rest + String(chunk)).split("\n");
      rest = lines.pop() ?? "";
      values.push(...lines.map((line) => JSON.parse(line) as { exitCode: number }));
    });
    let talk = "";
    watching.stderr.on("data", (chunk: Buffer) => {
      talk += String(chunk);
    });
    while (!talk.includes("watching")) await once(watching.stderr, "data");
    expect(values.map(({ exitCode }) => exitCode)).toEqual([0]);
    // The watcher is set right after it was said; what is written before it is there would be missed.
    const writing = setInterval(() => void writeFile(path, wrong), 300);
    while (values.at(-1)?.exitCode !== 1) await once(watching.stdout, "data");
    clearInterval(writing);
    watching.kill("SIGINT");
    expect((await watching).exitCode).toBe(1);
  });

  it("tells of settings that are broken while it watches, and goes on when they are mended", async () => {
    const cwd = await temporaryFolder();
    const path = join(cwd, "a.migration.ts");
    const settings = join(cwd, "sampan.config.json");
    await writeFile(path, good);
    await writeFile(settings, "{}");
    const watching = startSampan(["check", ".", "--watch"], { cwd });
    let talk = "";
    watching.stderr.on("data", (chunk: Buffer) => {
      talk += String(chunk);
    });
    const says = async (text: string) => {
      while (!talk.includes(text)) await once(watching.stderr, "data");
    };
    await says("watching");
    await writeFile(settings, '{ "rules": ');
    const writing = setInterval(() => void writeFile(path, wrong), 300);
    await says("CONFIG_LOAD_FAILED");
    await writeFile(settings, "{}");
    await says("1 error in 1 plan");
    clearInterval(writing);
    watching.kill("SIGINT");
    expect((await watching).exitCode).toBe(1);
  });

  it("says in a terminal that a pipe is waited for", async () => {
    const cwd = await temporaryFolder();
    const pipe = join(cwd, "a.migration.ts");
    await execa("mkfifo", [pipe]);
    const waiting = startSampan(["check", pipe], { cwd, env: { SAMPAN_FORCE_TTY: "1" } });
    let talk = "";
    waiting.stderr.on("data", (chunk: Buffer) => {
      talk += String(chunk);
    });
    while (!talk.includes("a pipe")) await once(waiting.stderr, "data");
    await writeFile(pipe, good);
    expect((await waiting).exitCode).toBe(0);
  });
});
