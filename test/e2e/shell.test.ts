import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { writeFirstGuest } from "../helpers/first-guest.ts";
import { lacks } from "../helpers/requires.ts";
import { environment, sampan, sampanProgram } from "../helpers/sampan.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { type TmuxScreen, tmuxScreen } from "../helpers/tmux.ts";

interface Opened {
  readonly screen: TmuxScreen;
  readonly cwd: string;
  readonly home: string;
}

/** The shell at its first prompt, with a home of its own. */
async function opened(
  options: {
    readonly columns?: number;
    readonly env?: Record<string, string>;
    readonly cwd?: string;
    readonly home?: string;
    readonly args?: readonly string[];
  } = {},
): Promise<Opened> {
  const cwd = options.cwd ?? (await temporaryFolder());
  const home = options.home ?? (await temporaryFolder());
  const { columns = 80, args = [] } = options;
  const screen = await tmuxScreen([process.execPath, sampanProgram, ...args], {
    cwd,
    columns,
    env: { HOME: home, ...options.env },
  });
  await screen.shows(/> *$/);
  return { screen, cwd, home };
}

/** A plan whose upload takes its time. */
async function slowPlan(cwd: string): Promise<string> {
  await writeFirstGuest(join(cwd, "guest.qcow2"));
  return (
    'const plan = Migration.from("./guest.qcow2").assess().capture().toVhd()' +
    '.upload("web-images", { createBucket: true, bytesPerSecond: 1_000_000 })'
  );
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const times = (screen: string, what: string): number => screen.split(what).length - 1;

describe.skipIf(lacks("tmux"))("the shell, as a person sees it", () => {
  it("takes TypeScript, imports and constants that failed, and numbers what they are worth", async () => {
    const { screen } = await opened();
    await screen.type("const x = nope()", "Enter");
    await screen.shows("ReferenceError: nope is not defined");
    await screen.type("const x: number = await Promise.resolve(41)", "Enter");
    await screen.type('import { basename as base } from "node:path"', "Enter");
    await screen.type("x + 1", "Enter");
    await screen.shows(/\[4\] .*> x \+ 1\n42\n/);
    await screen.type('base("/a/b") + out[4] + _', "Enter");
    await screen.shows('"b4242"');
  });

  it("continues a plan with a line that begins with a dot, shows it as a table, and starts nothing", async () => {
    const { screen, cwd } = await opened();
    await screen.type('const plan = Migration.from("./absent.vmdk")', "Enter");
    await screen.type("  .assess()", "Enter");
    const shown = await screen.shows(/1 {2}assess .*Judges whether/);
    expect(shown).toContain("nothing was done");
    await screen.type(":save mine", "Enter");
    await screen.shows("sampan run mine.migration.ts");
    expect(await readFile(join(cwd, "mine.migration.ts"), "utf8")).toContain(
      'Migration.from("./absent.vmdk")\n  .assess();',
    );
    await screen.type(":save mine", "Enter");
    await screen.shows("Replace it? [y/N]");
    await screen.type("n", "Enter");
    await screen.shows("COMMAND_DECLINED");
  });

  it("takes a paste as one input, says how to get out of a half one, and keeps what is typed ahead", async () => {
    const { screen } = await opened();
    await screen.paste("const total = [1, 2, 3]\n  .map((n) => n * 2)\n  .reduce((a, b) => a + b)\n");
    await screen.shows(":break");
    await screen.type("Enter", "total", "Enter");
    await screen.shows(/> total\n12\n/);
    await screen.type("function f() {", "Enter");
    await screen.shows("Ctrl+C, or :break");
    await screen.type(":break", "Enter");
    await screen.shows(/dropped\n.*\[3\]/);
    await screen.type(
      "await new Promise((done) => setTimeout(done, 700)); 'first'",
      "Enter",
      "'second'",
      "Enter",
    );
    await screen.shows(/"first"\n.*'second'\n"second"/);
  });

  it("breaks off what computes and stops waiting for what waits at Ctrl+C", async () => {
    const { screen } = await opened();
    await screen.type("1", "Enter");
    await screen.shows(/\n1\n/);
    await screen.type("while (true) {}", "Enter");
    await new Promise((resolve) => setTimeout(resolve, 500));
    await screen.type("C-c");
    await screen.shows("interrupted by");
    await screen.type("await new Promise(() => undefined)", "Enter");
    await new Promise((resolve) => setTimeout(resolve, 300));
    await screen.type("C-c");
    await screen.shows("no longer waiting");
    await screen.type("C-c");
    await screen.shows("to leave: Ctrl+C again");
    await screen.type("C-c");
    await screen.shows("ended with 0");
  });

  it("works on a run behind the prompt, shows it on demand, and stops it with what is left", async () => {
    const cwd = await temporaryFolder();
    const plan = await slowPlan(cwd);
    const { screen } = await opened({ cwd });
    await screen.type(plan, "Enter", "plan.run()", "Enter");
    await screen.shows("[1] run ");
    // Its line stands above the prompt, which goes on working.
    await screen.shows(/\[1\] .*upload \d+ %.*\n.*\[3\].*> *$/);
    await screen.type("6 * 7", "Enter");
    await screen.shows(/\n42\n/);
    await screen.type(":runs", "Enter");
    await screen.shows(/\[1\] {2}\d{8}-\S+ {2}upload/);
    await screen.type(":fg 1", "Enter");
    await screen.shows(/upload +[█░]+ +\d+ %/);
    await screen.type("C-z");
    await screen.shows("it goes on behind the prompt");
    await screen.type(":fg", "Enter");
    await screen.shows("Ctrl+C stops the run");
    await screen.type("C-c");
    const left = await screen.shows("to go on: sampan resume");
    expect(left).toContain("left in the simulator: upload");
    await screen.type("1", "Enter");
    await screen.shows(/\n1\n/);
  });

  it("says once that a run has ended, and gives its result to whoever waits", async () => {
    const cwd = await temporaryFolder();
    await writeFirstGuest(join(cwd, "guest.qcow2"));
    const { screen } = await opened({ cwd });
    await screen.type('const run = Migration.from("./guest.qcow2").assess().capture().run()', "Enter");
    await screen.shows(/\[1\] run \S+ has finished/);
    await screen.type("const result = await run", "Enter", "result.disks.length", "Enter");
    const screenful = await screen.shows(/> result\.disks\.length\n1\n/);
    expect(times(screenful, "has finished")).toBe(1);
  });

  it("names its runs before it is left, and stops them when it is said again", async () => {
    const cwd = await temporaryFolder();
    const plan = await slowPlan(cwd);
    const { screen } = await opened({ cwd });
    await screen.type(`${plan}.run()`, "Enter");
    await screen.shows(/\[1\] .*upload \d+ %/);
    await screen.type(":quit", "Enter");
    await screen.shows("would be stopped, resumable");
    await screen.type(":quit", "Enter");
    const left = await screen.shows("ended with 130");
    expect(left).toContain("to go on: sampan resume");
    const runs = await sampan(["runs", "--json"], { cwd });
    expect(runs.json()).toMatchObject([{ state: "cancelled" }]);
  });

  it("remembers inputs between sessions, each as one, without their secrets, and finds them again", async () => {
    const first = await opened();
    await first.screen.type("[1,", "Enter", "2].length", "Enter");
    await first.screen.shows(/\n2\n/);
    await first.screen.type('const accessKeySecret = "canary-secret"; new Secret("canary-two")', "Enter");
    await first.screen.type(":history", "Enter");
    await first.screen.shows(":history");
    await first.screen.type("C-d");
    await first.screen.shows("ended with 0");
    const { home } = first;
    const path = join(home, ".local/state/sampan/shell-history.ndjson");
    const kept = await readFile(path, "utf8");
    expect(kept).not.toContain("canary");
    expect(kept.split("\n")[0]).toBe('"[1,\\n2].length"');

    const { screen } = await opened({ home });
    await screen.type("C-r", "length");
    await screen.shows(/\(search\) length: \[1,/);
    await screen.type("Enter");
    await screen.shows(/2\]\.length\n2\n/);
  });

  it("gives the terminal back, also when it is asked to end", async () => {
    const { screen } = await opened();
    expect(await screen.modes()).toMatch(/-icanon/);
    process.kill(await screen.pid(), "SIGTERM");
    await screen.shows("ended with 130");
    expect(await screen.modes()).toMatch(/(?<!-)icanon/);
    expect(await screen.modes()).toMatch(/(?<!-)echo\b/);
  });

  it("stops waiting, and leaves, when it is asked to end", async () => {
    const { screen } = await opened();
    await screen.type("console.log('begun'); await new Promise(() => undefined)", "Enter");
    await screen.shows(/^begun$/m);
    process.kill(await screen.pid(), "SIGTERM");
    expect(await screen.shows("ended with 130")).toContain("no longer waiting");
  });

  it.each([
    ["nothing", "", /> *$/],
    ["a promise", "console.log('begun'); await new Promise(() => undefined)", /^begun$/m],
    ["what computes", "console.log('begun'); while (true) {}", /^begun$/m],
    ["a command of the program", ":simulator", /Ctrl\+C stops it/],
  ])("ends with its terminal, whatever goes on there: %s", async (_what, input, begun) => {
    const { screen } = await opened();
    const pid = await screen.pid();
    if (input !== "") await screen.type(input, "Enter");
    await screen.shows(begun);
    await screen.close();
    await expect.poll(() => isThere(pid), { timeout: 20_000 }).toBe(false);
  });

  it("stays readable in a narrow terminal", async () => {
    const cwd = await temporaryFolder();
    const plan = await slowPlan(cwd);
    const { screen } = await opened({ cwd, columns: 34 });
    await screen.paste(`${plan}.run()`);
    await screen.type("Enter");
    await screen.shows(/\n\[1\] upload[^\n]{0,24}\n\[2\] rehearsal> *$/);
    await screen.type("1 + 1", "Enter");
    await screen.shows(/\n2\n/);
    await screen.resize(60, 30);
    await screen.type("2 + 2", "Enter");
    await screen.shows(/\n4\n/);
  });

  it("opens the last input in an editor and evaluates what comes back", async () => {
    const cwd = await temporaryFolder();
    const editor = join(cwd, "my editor");
    await writeFile(editor, '#!/bin/sh\nsed -i "s/20/40/" "$2"\n');
    await chmod(editor, 0o755);
    const { screen } = await opened({ cwd, env: { EDITOR: `'${editor}' --wait` } });
    await screen.type("20 + 2", "Enter", ":edit", "Enter");
    await screen.shows(/40 \+ 2\n42\n/);
  });

  it("completes commands and code, and says what was meant", async () => {
    const { screen } = await opened();
    await screen.type(":he", "Tab", "Enter");
    await screen.shows("Tab completes");
    await screen.type("Migra", "Tab", '.from("a").ass', "Tab", ")", "Enter");
    await screen.shows(/1 {2}assess/);
    await screen.type(":hlep", "Enter");
    await screen.shows("Did you mean :help?");
    await screen.type("?upload", "Enter");
    await screen.shows("upload (step)");
  });
});

describe("scripts of the shell", () => {
  it("answer by the same rules from the command line, a file and stdin, with real exit codes", async () => {
    const cwd = await temporaryFolder();
    const values = await sampan(["-e", "const n = regions().length; n > 10", "-e", "n + 0 === n", "--json"], {
      cwd,
    });
    expect(values).toMatchObject({ exitCode: 0, stdout: "true\ntrue" });
    await writeFile(join(cwd, "one.ts"), "const a: number = 1;\na + 1;\nnull.x\n");
    const failed = await sampan(["shell", "one.ts", "--json"], { cwd });
    expect(failed.exitCode).toBe(1);
    expect(failed.stdout.split("\n")[0]).toBe("2");
    expect(JSON.parse(failed.stdout.split("\n")[1] ?? "")).toMatchObject({ code: "COMMAND_SCRIPT_FAILED" });
    expect((await sampan(["-e", "foo bar"], { cwd })).exitCode).toBe(2);
    const piped = await execa(process.execPath, [sampanProgram], {
      cwd,
      env: environment(),
      extendEnv: false,
      input: "whoami().caller.accountId\nMigration.from('a').assess()\n",
    });
    expect(piped.stdout).toMatch(/^"1\d+"\nplan of a\n/);
    expect(piped.stdout).not.toContain("\u001b");
  });

  it("evaluate the rc file only where it is asked for, the shell that of the home only", async () => {
    const cwd = await temporaryFolder();
    const home = await temporaryFolder();
    await writeFile(join(cwd, ".sampanrc.ts"), 'throw new Error("of the working folder")');
    await writeFile(join(home, ".sampanrc.ts"), "const mine: number = 7;");
    const env = { HOME: home };
    expect((await sampan(["-e", "typeof mine"], { cwd, env })).stdout).toBe('"undefined"');
    const asked = await sampan(["-e", "mine", "--rc", join(home, ".sampanrc.ts")], { cwd, env });
    expect(asked).toMatchObject({ exitCode: 0, stdout: "7" });
    if (lacks("tmux")) return;
    const { screen } = await opened({ cwd, home });
    await screen.type("mine", "Enter");
    expect(await screen.shows(/\n7\n/)).not.toContain("of the working folder");
    const without = await opened({ cwd, home, args: ["--norc"] });
    await without.screen.type("mine", "Enter");
    await without.screen.shows("mine is not defined");
  });
});
