import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Migration } from "@sampan/sdk";
import { describe, expect, it, onTestFinished } from "vitest";
import { commandTable } from "../../packages/repl/src/command-table.ts";
import { writeFirstGuest } from "../helpers/first-guest.ts";
import { nodeOfVersion, promisedVersions } from "../helpers/node-versions.ts";
import { writePlan } from "../helpers/plan-file.ts";
import { startRehearsal } from "../helpers/rehearsal.ts";
import { lacks } from "../helpers/requires.ts";
import { sampan, sampanProgram, startSampan } from "../helpers/sampan.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { inTerminal, terminalTools } from "../helpers/terminal.ts";
import { type TmuxScreen, tmuxScreen } from "../helpers/tmux.ts";

/** A folder with a plan whose upload takes some seconds, at this rate; 0 for no limit. */
async function slowPlan(bytesPerSecond = 6_000_000): Promise<string> {
  const cwd = await temporaryFolder();
  await writeFirstGuest(join(cwd, "guest.qcow2"));
  const plan = Migration.from("./guest.qcow2")
    .assess()
    .capture()
    .toVhd()
    .upload("web-images", bytesPerSecond === 0 ? {} : { bytesPerSecond })
    .import({ name: "web-01" })
    .copyTo("cn-shanghai");
  await writePlan(cwd, plan);
  return cwd;
}

function open(
  cwd: string,
  columns: number,
  env: Record<string, string> = {},
  node = process.execPath,
): Promise<TmuxScreen> {
  return tmuxScreen([node, sampanProgram, "run", "plan.json"], { cwd, columns, rows: 30, env });
}

const uploading = /^upload .*\d+ %/m;
/** The lines of the pipeline that are to be seen: one while a run is shown. */
const pipelines = (screen: string) =>
  screen.split("\n").filter((line) => /(?:▸|>) (?:check|upload|import)/.test(line));

describe.skipIf(lacks("tmux"))("a run in a terminal", () => {
  it.each([20, 80, 200])(
    "is drawn in %i columns, in two levels, and leaves nothing behind",
    async (columns) => {
      const terminal = await open(await slowPlan(), columns);
      await terminal.shows(uploading);
      const screen = await terminal.visible();
      expect(pipelines(screen), screen).toHaveLength(1);
      for (const line of screen.split("\n")) expect(line.length).toBeLessThanOrEqual(columns);
      if (columns >= 80) {
        expect(screen).toMatch(/✓ capture {2}✓ convert {2}▸ upload/);
        expect(screen).toMatch(/^upload +█*░* +\d+ % +[\d.]+ [KM]iB of 36 MiB/m);
        await terminal.shows(/MiB\/s +[\d.]+ s left/);
      }
      const after = await terminal.shows(/ended with 0/);
      expect(pipelines(after), after).toHaveLength(0);
      expect(after).toContain("done in");
    },
  );

  it("survives that its terminal is made narrower and wider while it is shown", async () => {
    const terminal = await open(await slowPlan(), 120);
    await terminal.shows(uploading);
    for (const columns of [60, 25, 90, 30, 200]) {
      await terminal.resize(columns);
      await pause(500);
      const screen = await terminal.read();
      expect(pipelines(screen), `${columns}:\n${screen}`).toHaveLength(1);
    }
    const after = await terminal.shows(/ended with 0/);
    expect(pipelines(after), after).toHaveLength(0);
  });

  it("says in one line where it stands when asked by a signal, and stops on Ctrl+C with the terminal as it was", async () => {
    const terminal = await open(await slowPlan(), 100);
    await terminal.shows(uploading);
    process.kill(await terminal.pid(), "SIGUSR1");
    await terminal.shows(/^run \S+ · \S+guest\.qcow2 · \d of \d steps done · upload: \d+ %/m);
    await terminal.type("C-c");
    const after = await terminal.shows(/ended with 130/);
    expect(pipelines(after), after).toHaveLength(0);
    expect(after).toContain("to go on: sampan resume");
  });

  it("tells a run that stands still from one that is slow, in every terminal", {
    timeout: 700_000,
  }, async () => {
    const rehearsal = await startRehearsal({ switches: { importRole: "ready" } });
    onTestFinished(() => rehearsal.stop());
    await rehearsal.store().putBucket("web-images");
    // The store takes what is sent, and says nothing any more.
    const effect = { kind: "delay", ms: 600_000 } as const;
    rehearsal.simulator.faults.add({ match: { operation: "UploadPart" }, effect, times: null });
    const percentOf = async (screen: TmuxScreen) =>
      Number(/^upload .*?(\d+) %/m.exec(await screen.visible())?.[1]);
    const slow = await open(await slowPlan(50_000), 80);
    await slow.shows(uploading, 120_000);
    const before = await percentOf(slow);
    const nodes = promisedVersions.map(nodeOfVersion).filter((node) => node !== null);
    expect(nodes.length).toBeGreaterThan(0);
    // Three at once: each has to stand still for a minute before it may say so, and one that gets no processor does not stand still.
    for (const node of nodes) {
      await Promise.all(
        [20, 80, 200].map(async (columns) => {
          const still = await open(await slowPlan(0), columns, rehearsal.env, node);
          // How long stands there where there is room for it.
          await still.shows(
            columns === 20 ? /^ {2}no progress for/m : /^ {2}no progress for [12] min/m,
            200_000,
          );
          expect(await still.visible()).toMatch(/▸ upload/);
          await still.type("C-c");
          await still.shows(/ended with 130/);
        }),
      );
    }
    expect(await slow.visible()).toMatch(uploading);
    expect(await slow.read()).not.toContain("no progress");
    expect(await percentOf(slow)).toBeGreaterThan(before);
    await slow.type("C-c");
    await slow.shows(/ended with 130/);
  });

  it("is drawn with ASCII where the locale is not one of UTF-8", async () => {
    const terminal = await open(await slowPlan(), 80, { LC_ALL: "C" });
    const screen = await terminal.shows(/^upload +#+-* +\d+ %/m);
    expect(screen).toMatch(/\+ capture {2}\+ convert {2}> upload/);
    expect(screen).not.toMatch(/[✓▸█░]/);
  });
});

const esc = "\u001b";
const bell = "\u0007";

describe.skipIf(lacks(...terminalTools))("what is written to a terminal", () => {
  const command = [process.execPath, sampanProgram, "run", "plan.json"];

  it("shows the cursor again, and sets title and taskbar back, where the terminal has them", async () => {
    const cwd = await slowPlan();
    const { screen } = await inTerminal(command, { cwd, env: { TERM_PROGRAM: "ghostty" } });
    const codes = screen.replaceAll(esc, "ESC").replaceAll(bell, "BELL");
    expect(codes).toMatch(/ESC\]2;\d+ % upload · .*guest\.qcow2BELL/);
    expect(codes).toMatch(/ESC\]9;4;1;\d+BELL/);
    const tail = screen.slice(screen.lastIndexOf(`${esc}]9;4;1;`));
    expect(tail).toContain(`${esc}]9;4;0;0${bell}${esc}]2;${bell}${esc}[23;2t`);
    expect(screen.lastIndexOf(`${esc}[?25h`)).toBeGreaterThan(screen.lastIndexOf(`${esc}[?25l`));
  });

  it.each([
    ["nothing is known of it", {}],
    ["it is inside tmux", { TERM_PROGRAM: "ghostty", TMUX: "/tmp/tmux-0/default,1,0" }],
  ])("holds neither title nor progress where %s", async (_why, env) => {
    const { screen } = await inTerminal(command, { cwd: await slowPlan(), env });
    expect(screen).toContain(`${esc}[?2026h`);
    expect(screen).not.toContain(`${esc}]`);
  });

  it("is a log without escape codes on a build server that fakes a terminal, of width 0 too", async () => {
    const cwd = await slowPlan();
    const { screen } = await inTerminal(["sh", "-c", `stty cols 0 rows 0; ${command.join(" ")}`], {
      cwd,
      env: { CI: "true", NO_COLOR: "1" },
    });
    expect(screen).not.toContain(esc);
    expect(screen).toMatch(/^upload: done in/m);
  });

  it("keeps its lines whole on a terminal that says it has no width", async () => {
    const cwd = await slowPlan();
    const { screen } = await inTerminal(["sh", "-c", `stty cols 0 rows 0; ${command.join(" ")}`], {
      cwd,
      env: { NO_COLOR: "1", LANG: "C.UTF-8" },
    });
    expect(screen).toMatch(/upload +█*░* +\d+ % +[\d.]+ [KM]iB of 36 MiB/);
  });
});

describe("what is written to a pipe", () => {
  it.each([["--json"], ["--quiet"], ["--yes"]])(
    "tells by a signal where the run stands, with %s",
    async (flag) => {
      const cwd = await slowPlan();
      const child = startSampan(["run", "plan.json", flag], { cwd });
      for (let asks = 0; asks < 600 && !(await uploads(cwd)); asks++) await pause(100);
      child.kill("SIGUSR1");
      const done = await child;
      expect(done.exitCode, String(done.stderr)).toBe(0);
      expect(String(done.stderr)).toMatch(/^run \S+ · \S+ · \d of \d steps done · \w+/m);
      if (flag === "--json") for (const line of String(done.stdout).split("\n")) JSON.parse(line);
    },
  );

  it("has no escape code, whatever the command", { timeout: 300_000 }, async () => {
    const cwd = await slowPlan(0);
    const names = commandTable.map(({ name }) => name);
    expect(names.length).toBeGreaterThan(15);
    // What every command says where it is given nothing, or too little; and what these say where they are given something to do.
    const calls: readonly (readonly string[])[] = [
      ...names.filter((name) => name !== "demo" && name !== "simulator").map((name) => name.split(" ")),
      ["demo"],
      ["simulator", "--port", "99999"],
      ["run", "plan.json"],
      ["run", "plan.json", "--dry-run"],
      ["plan", "plan.json", "--again"],
      ["plan", "plan.json", "--policy"],
      ["runs"],
      ["runs", "show"],
      ["gc"],
      ["attach"],
      ["assess", "guest.qcow2"],
      ["inspect", "guest.qcow2"],
      ["convert", "guest.qcow2", "guest.vhd"],
      ["patch", "guest.qcow2"],
      ["explain", "CLOUD_QUOTA"],
      ["completion", "bash"],
    ];
    for (const call of calls) {
      const { stdout, stderr } = await sampan(call, { cwd });
      expect((stdout + stderr).includes(esc), `sampan ${call.join(" ")}\n${stdout}${stderr}`).toBe(false);
      expect(stdout + stderr, call.join(" ")).not.toContain(bell);
    }
  });
});

/** Whether the run in a folder is sending. */
async function uploads(cwd: string): Promise<boolean> {
  try {
    const [id = ""] = await readdir(join(cwd, ".sampan/runs"));
    const journal = await readFile(join(cwd, ".sampan/runs", id, "journal.ndjson"), "utf8");
    return journal.includes('"type":"stage.started","stage":"upload"');
  } catch {
    return false;
  }
}
