import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeFirstGuest } from "../helpers/first-guest.ts";
import { lacks } from "../helpers/requires.ts";
import { sampan, sampanProgram, startSampan } from "../helpers/sampan.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { inTerminal, terminalTools } from "../helpers/terminal.ts";

const escapeCode = "\u001b[";

describe("the sampan program", () => {
  it("refuses what it does not understand with exit code 2 and a hint", async () => {
    const cwd = await temporaryFolder();
    const done = await sampan(["launder", "--json"], { cwd });
    expect(done.exitCode).toBe(2);
    expect(done.json()).toMatchObject({
      type: "error",
      code: "COMMAND_USAGE",
      hint: expect.stringContaining("--help"),
    });
    expect(await readdir(cwd)).toEqual([]);
  });

  it("prints its version on stdout and nothing else", async () => {
    const done = await sampan(["--version"], { cwd: await temporaryFolder() });
    expect(done).toMatchObject({ exitCode: 0, stderr: "" });
    expect(done.stdout).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it("explains every error it gives", async () => {
    const done = await sampan(["explain", "CLOUD_ROLE_MISSING"], { cwd: await temporaryFolder() });
    expect(done.exitCode).toBe(0);
    expect(done.stdout).toContain("AliyunECSImageImportDefaultRole");
  });

  it("finds nothing on a healthy machine that would stop it", async () => {
    const done = await sampan(["doctor", "--json"], { cwd: await temporaryFolder() });
    expect(done.exitCode, done.stdout).toBe(0);
    expect(done.json()).toBeTypeOf("object");
  });

  it("tells what an image holds", async () => {
    const cwd = await temporaryFolder();
    const disk = await writeFirstGuest(join(cwd, "guest.qcow2"));
    const done = await sampan(["inspect", disk, "--json"], { cwd });
    expect(done.exitCode, done.stderr).toBe(0);
    expect(done.json()).toMatchObject({ guest: { type: "linux", family: "debian", major: 12 } });
  });

  it("never replaces a file unasked", async () => {
    const cwd = await temporaryFolder();
    const disk = await writeFirstGuest(join(cwd, "guest.qcow2"));
    await writeFile(join(cwd, "mine.vhd"), "precious");
    const done = await sampan(["convert", disk, "mine.vhd", "--json"], { cwd });
    expect(done.exitCode).toBe(2);
    expect(done.json()).toMatchObject({ type: "error", code: "IMAGE_TARGET_EXISTS" });
  });

  it("starts a simulator that prints one line when it listens and stops when told", async () => {
    const cwd = await temporaryFolder();
    const child = startSampan(["simulator", "--json", "--switch", "importRole=ready"], { cwd });
    const line = await new Promise<string>((resolve) => {
      let text = "";
      child.stdout?.on("data", (chunk: Buffer) => {
        text += chunk.toString();
        if (text.includes("\n")) resolve(text);
      });
      void child.then(() => resolve(text));
    });
    const said = JSON.parse(line) as Record<string, string>;
    expect(said).toMatchObject({
      endpoint: expect.stringMatching(/^http:\/\/localhost:\d+$/),
      region: "cn-hangzhou",
    });
    expect(said.accessKeyId).toBeTypeOf("string");
    expect((await fetch(said.endpoint ?? "")).status).toBe(403);
    expect(await (await fetch(said.statusPage ?? "")).text()).toContain("<title>Sampan simulator</title>");
    const state = (await (await fetch(`${said.endpoint}/_sampan/state`)).json()) as { roles: object[] };
    expect(state.roles).not.toEqual([]);
    child.kill("SIGTERM");
    const done = await child;
    expect(done.signal ?? done.exitCode).not.toBe("SIGKILL");
  });

  it("does a dry run without a trace", async () => {
    const cwd = await temporaryFolder();
    await writeFile(
      join(cwd, "one.migration.ts"),
      'import { Migration } from "sampan";\nexport default Migration.from("./absent.vmdk").assess();\n',
    );
    const done = await sampan(["run", "one.migration.ts", "--dry-run"], { cwd });
    expect(done.exitCode, done.stderr).toBe(0);
    expect(await readdir(cwd)).toEqual(["one.migration.ts"]);
  });
});

describe("sampan demo", () => {
  it("ends with a table of the images and the place of the journal, in plain lines without a terminal", async () => {
    const cwd = await temporaryFolder();
    const startedAt = performance.now();
    const done = await sampan(["demo"], { cwd });
    expect(done.exitCode, done.stderr).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(90_000);
    const said = done.stdout + done.stderr;
    for (const text of ["cn-hangzhou", "cn-shanghai", "ap-southeast-1", "Available", "rehearsal"]) {
      expect(said).toContain(text);
    }
    expect(said).toMatch(/\.sampan\/.*runs/);
    expect(said).not.toContain(escapeCode);
  });

  it.skipIf(lacks(...terminalTools))("shows live progress on a terminal", async () => {
    const cwd = await temporaryFolder();
    const done = await inTerminal([process.execPath, sampanProgram, "demo"], { cwd });
    expect(done.exitCode, done.screen.slice(-2000)).toBe(0);
    expect(done.screen).toContain(escapeCode);
    expect(done.screen).toContain("ap-southeast-1");
  });
});

describe.skipIf(lacks(...terminalTools))("the shell", () => {
  it("has the SDK in scope, awaits at top level and takes TypeScript", async () => {
    const cwd = await temporaryFolder();
    const done = await inTerminal([process.execPath, sampanProgram], {
      cwd,
      typing: [
        { until: /> /, text: "const n: number = await Promise.resolve(20) + 22\r" },
        { until: /> /, text: "n\r" },
        { until: "42", text: 'Migration.from("./x.vmdk").assess().plan().steps.length\r' },
        { until: /\n\S*1\b/, text: ".exit\r" },
      ],
    });
    expect(done.exitCode, done.screen).toBe(0);
    expect(done.screen).toContain("42");
  });
});
