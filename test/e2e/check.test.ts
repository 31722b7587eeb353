import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { environment, sampanProgram, startSampan } from "../helpers/sampan.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const head = 'import { Migration } from "sampan";\n\n';
const good = `${head}export default Migration.from("./a.vmdk").assess();\n`;
const wrong = `${head}export default Migration.from("./a.vmdk").capture();\n`;

describe("sampan check, the program", () => {
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
});
