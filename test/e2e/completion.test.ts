import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { lacks } from "../helpers/requires.ts";
import { sampan, sampanProgram } from "../helpers/sampan.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const runId = "20261123-094205-k3f8p";

/** A folder with a run, a plan and a folder in it, and `sampan` on the path. */
async function place() {
  const cwd = await temporaryFolder();
  await mkdir(join(cwd, ".sampan/runs", runId), { recursive: true });
  await writeFile(
    join(cwd, ".sampan/runs", runId, "plan.json"),
    '{"source":{"path":"web \\u001b[31m.vmdk"}}',
  );
  // Names a shell could take for syntax are never offered.
  await mkdir(join(cwd, ".sampan/runs", "evil-`id`"), { recursive: true });
  await writeFile(join(cwd, "web.migration.ts"), "");
  await mkdir(join(cwd, "wonder"));
  const bin = join(await temporaryFolder(), "sampan");
  await writeFile(bin, `#!/bin/sh\nexec '${process.execPath}' '${sampanProgram}' "$@"\n`);
  await chmod(bin, 0o755);
  const env = { PATH: `${join(bin, "..")}:${process.env.PATH}`, HOME: cwd, SAMPAN_HOME: "" };
  return { cwd, env };
}

const script = async (shell: string, cwd: string) => {
  const { stdout } = await sampan(["completion", shell], { cwd });
  const path = join(await temporaryFolder(), "completion");
  await writeFile(path, stdout);
  return path;
};

describe("completion in a shell", () => {
  it.skipIf(lacks("bash"))("works in bash", async () => {
    const { cwd, env } = await place();
    const path = await script("bash", cwd);
    const asked = async (...words: readonly string[]) => {
      const code = `source "$1"; shift; COMP_WORDS=(sampan "$@"); COMP_CWORD=$#; _sampan; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const { stdout } = await execa("bash", ["--norc", "-c", code, "bash", path, ...words], { cwd, env });
      return stdout.split("\n").filter(Boolean);
    };
    expect(await asked("conv")).toEqual(["convert"]);
    expect(await asked("convert", "--format", "=", "q")).toEqual(["qcow2"]);
    expect(await asked("resume", "")).toEqual([runId]);
    expect((await asked("run", "w")).sort()).toEqual(["web.migration.ts", "wonder"]);
    expect(await asked("runs", "--home", "w")).toEqual(["wonder"]);
  });

  it.skipIf(lacks("fish"))("works in fish", async () => {
    const { cwd, env } = await place();
    const path = await script("fish", cwd);
    const asked = async (line: string) => {
      const code = "source $argv[1]; complete -C $argv[2]";
      const { stdout } = await execa("fish", ["--no-config", "-c", code, path, line], { cwd, env });
      return stdout.split("\n").filter(Boolean);
    };
    expect(await asked("sampan conv")).toEqual([
      "convert\tWrite a disk image, or the disk of a host, in another format.",
    ]);
    expect(await asked("sampan convert --format=q")).toEqual(["--format=qcow2"]);
    expect(await asked("sampan resume ")).toEqual([`${runId}\tweb \ufffd[31m.vmdk`]);
    expect((await asked("sampan run w")).map((one) => one.split("\t")[0])).toEqual(
      expect.arrayContaining(["web.migration.ts", "wonder/"]),
    );
    expect((await asked("sampan runs --home w")).map((one) => one.split("\t")[0])).toEqual(["wonder/"]);
  });

  it.skipIf(lacks("zsh"))("works in zsh", async () => {
    const { cwd, env } = await place();
    const path = await script("zsh", cwd);
    // What the completion system of an interactive zsh calls, and what it is given.
    const code = `
      compdef() { }
      _describe() { print -l -- "\${(@P)argv[-1]}" }
      _files() { print -r -- "files $*" }
      source $1; shift
      words=(sampan "$@"); CURRENT=$#words; _sampan`;
    const asked = async (...words: readonly string[]) => {
      const { stdout } = await execa("zsh", ["-f", "-c", code, "zsh", path, ...words], { cwd, env });
      return stdout.split("\n").filter(Boolean);
    };
    expect(await asked("conv")).toEqual([
      "convert:Write a disk image, or the disk of a host, in another format.",
    ]);
    expect(await asked("convert", "--format=q")).toEqual(["--format=qcow2:"]);
    expect(await asked("resume", "")).toEqual([`${runId}:web \ufffd[31m.vmdk`]);
    expect(await asked("run", "w")).toEqual(["files "]);
    expect(await asked("runs", "--home", "w")).toEqual(["files -/"]);
  });

  it("refuses other shells, and completes a word that PowerShell cannot hand over", async () => {
    const cwd = await temporaryFolder();
    const refused = await sampan(["completion", "tcsh"], { cwd });
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain("bash, zsh, fish, pwsh");
    const next = await sampan(["complete", "--next", "--", "completion"], { cwd });
    expect(next.stdout.split("\n").map((line) => line.split("\t")[0])).toEqual([
      "none",
      "bash",
      "zsh",
      "fish",
      "pwsh",
    ]);
  });
});
