import { existsSync, readFileSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Migration, type RunStatus } from "@sampan/sdk";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { writeFirstGuest } from "../helpers/first-guest.ts";
import { writePlan } from "../helpers/plan-file.ts";
import { type Rehearsal, startRehearsal } from "../helpers/rehearsal.ts";
import { lacks } from "../helpers/requires.ts";
import {
  asResult,
  environment,
  type SampanResult,
  sampan,
  sampanProgram,
  startSampan,
} from "../helpers/sampan.ts";
import { makeFolder } from "../helpers/temporary-folder.ts";

/*
 * Runs whose upload is slow until the test says otherwise, worked on by processes that nobody waits for.
 */

// Each starts a dozen processes, one after the other.
vi.setConfig({ testTimeout: 300_000 });

let folder: string;
let rehearsal: Rehearsal;
let plan: string;
const runners = new Set<number>();

beforeEach(async () => {
  folder = await makeFolder();
  await writeFirstGuest(join(folder, "guest.qcow2"));
  rehearsal = await startRehearsal({ dataFolder: join(folder, "simulator") });
  plan = await writePlan(folder, migration());
  rehearsal.simulator.faults.add({
    match: { operation: "UploadPart" },
    times: null,
    effect: { kind: "delay", ms: 500 },
  });
});
afterEach(async () => {
  for (const pid of runners) if (isAlive(pid)) process.kill(pid, "SIGKILL");
  runners.clear();
  await rehearsal.stop();
  await rm(folder, { recursive: true, force: true });
});

const migration = () =>
  Migration.from("guest.qcow2")
    .assess()
    .prepare()
    .capture()
    .toVhd()
    .upload("detached-images", { createBucket: true, partBytes: 102_400, parallel: 3 })
    .import({ name: "detached", createRole: true });

const call = (...args: string[]) => sampan(args, { cwd: folder, env: rehearsal.env });
const begin = (...args: string[]) => startSampan(args, { cwd: folder, env: rehearsal.env });

interface Started {
  readonly runId: string;
  readonly attached: boolean;
  readonly pid: number | null;
  readonly folder: string;
  readonly log: string | null;
}

/** What `--detach --json` said of a start; its process is ended with the test. */
function startOf(result: SampanResult): Started {
  expect(result.exitCode, result.stdout + result.stderr).toBe(0);
  const start = result.json<Started>();
  if (start.pid !== null) runners.add(start.pid);
  return start;
}

async function stateOf(runId: string): Promise<string | undefined> {
  const runs = (await call("runs", "--json")).json<RunStatus[]>();
  return runs.find((run) => run.runId === runId)?.state;
}

/** Waits until parts have landed in the store. */
const partsLand = (count: number) =>
  vi.waitFor(
    () => {
      const landed = rehearsal.simulator.requests.list("UploadPart").filter(({ status }) => status === 200);
      expect(landed.length).toBeGreaterThanOrEqual(count);
    },
    { timeout: 60_000, interval: 50 },
  );

function isAlive(pid: number): boolean {
  try {
    // One that has ended and that nobody has asked for yet is gone as well.
    return !/^\S+ \(.*\) Z /s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

describe("a run that was started with --detach", () => {
  it.skipIf(lacks("script"))(
    "goes on when its terminal is closed, is followed from two others and cancelled from a third",
    async () => {
      const line = `'${process.execPath}' '${sampanProgram}' run '${plan}' --detach; sleep 600`;
      const terminal = execa("script", ["--quiet", "--return", "--command", line, "/dev/null"], {
        cwd: folder,
        env: environment({ TERM: "xterm-256color", ...rehearsal.env }),
        extendEnv: false,
        reject: false,
        stdin: "pipe",
      });
      let screen = "";
      terminal.stdout?.on("data", (bytes: Buffer) => {
        screen += bytes.toString();
      });
      await vi.waitFor(() => expect(screen).toContain("to stop it: sampan cancel"), { timeout: 60_000 });
      const runId = /to follow it: sampan attach (\S+)/.exec(screen)?.[1] ?? "";
      const pid = Number(/in process (\d+)/.exec(screen)?.[1]);
      runners.add(pid);
      // A session of its own, without a terminal.
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ");
      expect({ session: Number(fields[3]), terminal: Number(fields[4]) }).toEqual({
        session: pid,
        terminal: 0,
      });
      // Closing a terminal hangs up everything in its session.
      terminal.kill("SIGKILL");
      await terminal;

      const runFolder = join(folder, ".sampan/runs", runId);
      const socket = statSync(join(runFolder, "control.sock"));
      expect([socket.isSocket(), socket.mode & 0o777, statSync(runFolder).mode & 0o777]).toEqual([
        true,
        0o600,
        0o700,
      ]);
      expect(readFileSync(join(runFolder, "runner-1.log"), "utf8")).toContain(`run ${runId}`);

      const [one, other] = [begin("attach", runId, "--json"), begin("attach", runId, "--json")];
      for (const terminalOf of [one, other]) {
        let said = "";
        terminalOf.stdout?.on("data", (bytes: Buffer) => {
          said += bytes.toString();
        });
        // What no journal holds.
        await vi.waitFor(() => expect(said).toContain('"stage.progress"'), { timeout: 60_000 });
      }
      one.kill("SIGINT");
      const left = asResult(await one);
      expect(left.exitCode).toBe(130);
      expect(left.lines().at(-1)).toMatchObject({ type: "error", details: { left: runId } });
      expect(await stateOf(runId)).toBe("running");

      const cancelled = await call("cancel", runId, "--json");
      expect(cancelled.json()).toMatchObject({
        runId,
        state: "cancelled",
        asked: true,
        left: [{ kind: "upload" }],
      });
      const followed = asResult(await other);
      expect(followed.exitCode).toBe(130);
      expect(followed.lines().at(-1)).toMatchObject({
        type: "run.cancelled",
        reason: "cancelled by `sampan cancel`",
      });
      await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 20_000 });
      expect(existsSync(join(runFolder, "control.sock"))).toBe(false);

      rehearsal.simulator.faults.clear();
      const resumed = await call("run", plan, "--json");
      expect(resumed.exitCode, resumed.stderr).toBe(0);
      expect(resumed.events("run.started").at(-1)).toMatchObject({ runId, attempt: 2 });
      const again = await call("run", plan, "--detach");
      expect([again.exitCode, again.stderr]).toMatchObject([
        0,
        expect.stringContaining("nothing had to be done"),
      ]);
    },
  );

  it("is one run when it is started twice at the same instant, and keeps other plans from its host", async () => {
    const both = await Promise.all([
      call("run", plan, "--detach", "--json"),
      call("run", plan, "--detach", "--json"),
    ]);
    const starts = both.map(startOf);
    const [{ runId }] = starts as [Started];
    expect(starts.map((start) => start.runId)).toEqual([runId, runId]);
    expect(starts.map(({ attached }) => attached).sort()).toEqual([false, true]);

    const third = begin("run", plan, "--json");
    let said = "";
    third.stdout?.on("data", (bytes: Buffer) => {
      said += bytes.toString();
    });
    await vi.waitFor(() => expect(said).toContain('"stage.progress"'), { timeout: 60_000 });
    third.kill("SIGINT");
    expect(asResult(await third).exitCode).toBe(130);

    const other = await writePlan(folder, Migration.from("guest.qcow2").assess(), "other.json");
    for (const args of [["--json"], ["--detach", "--json"]]) {
      const refused = await call("run", other, ...args);
      expect(refused.exitCode).toBe(6);
      expect(refused.lines().at(-1)).toMatchObject({
        code: "RUN_LOCKED",
        hint: expect.stringContaining(`sampan attach ${runId}`),
        details: { runId },
      });
    }
    expect((await call("runs", "--json")).json<RunStatus[]>()).toMatchObject([{ runId, state: "running" }]);

    rehearsal.simulator.faults.clear();
    const followed = await call("run", plan, "--json");
    expect(followed.exitCode, followed.stderr).toBe(0);
    expect(followed.events("run.started")).toMatchObject([{ runId, attempt: 1 }]);
    expect(followed.events("run.finished")).toMatchObject([{ result: { runId, complete: true } }]);
    expect(await rehearsal.images("cn-hangzhou")).toHaveLength(1);
  });

  it("is told as interrupted when its process is killed, and goes on detached again", async () => {
    const start = startOf(await call("run", plan, "--detach", "--json"));
    const { runId } = start;
    const following = begin("attach", runId, "--json");
    let said = "";
    following.stdout?.on("data", (bytes: Buffer) => {
      said += bytes.toString();
    });
    await vi.waitFor(() => expect(said).toContain('"run.started"'), { timeout: 60_000 });
    await partsLand(3);
    process.kill(start.pid ?? 0, "SIGKILL");
    const followed = asResult(await following);
    expect(followed.exitCode).toBe(1);
    expect(followed.lines().at(-1)).toMatchObject({
      code: "RUN_INTERRUPTED",
      hint: expect.stringContaining(`sampan resume ${runId}`),
    });
    expect(existsSync(join(start.folder, "control.sock"))).toBe(false);
    expect(await stateOf(runId)).toBe("interrupted");
    expect((await call("attach", runId, "--json")).lines().at(-1)).toMatchObject({
      code: "COMMAND_NOTHING_TO_FOLLOW",
    });

    const second = startOf(await call("resume", runId, "--detach", "--json"));
    expect(second).toMatchObject({ runId, attached: false, log: join(start.folder, "runner-2.log") });
    rehearsal.simulator.faults.clear();
    const finished = await call("attach", runId, "--json");
    expect(finished.exitCode, finished.stderr).toBe(0);
    expect(finished.events("run.started").map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(await rehearsal.images("cn-hangzhou")).toHaveLength(1);
  });
});

describe("Ctrl+C in the terminal that works on a run", () => {
  it("stops it, lists what it left, and leaves it resumable; twice it ends at once, as resumable", async () => {
    const first = begin("run", plan);
    await partsLand(3);
    first.kill("SIGINT");
    const stopped = asResult(await first);
    expect(stopped.exitCode).toBe(130);
    expect(stopped.stderr).toContain("left in the simulator: upload");
    const runId = /to go on: sampan resume (\S+)/.exec(stopped.stderr)?.[1] ?? "";
    expect(await stateOf(runId)).toBe("cancelled");

    const before = rehearsal.simulator.requests.list("UploadPart").length;
    const second = begin("run", plan);
    await partsLand(before + 2);
    second.kill("SIGINT");
    second.kill("SIGINT");
    expect(asResult(await second).exitCode).toBe(130);
    expect(["cancelled", "interrupted"]).toContain(await stateOf(runId));

    rehearsal.simulator.faults.clear();
    const resumed = await call("resume", runId, "--json");
    expect(resumed.exitCode, resumed.stderr).toBe(0);
    expect(await rehearsal.images("cn-hangzhou")).toHaveLength(1);
  });
});
