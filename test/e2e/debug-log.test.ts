import { existsSync } from "node:fs";
import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openSshShell } from "@sampan/host";
import { Migration, type RunStatus } from "@sampan/sdk";
import { openDebugLog } from "@sampan/sdk/debug-log";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { writeFirstGuest } from "../helpers/first-guest.ts";
import { sshdTools, startLoopbackSshd } from "../helpers/loopback-sshd.ts";
import { writePlan } from "../helpers/plan-file.ts";
import { type Rehearsal, startRehearsal } from "../helpers/rehearsal.ts";
import { lacks } from "../helpers/requires.ts";
import { sampan } from "../helpers/sampan.ts";
import { makeFolder } from "../helpers/temporary-folder.ts";

/*
 * The debug log as the built program writes it. That no secret is in it is looked for in canary.test.ts.
 */

// Each starts the program, some of them a dozen times while they wait.
vi.setConfig({ testTimeout: 120_000 });

let folder: string;
let rehearsal: Rehearsal;
beforeEach(async () => {
  folder = await makeFolder();
  rehearsal = await startRehearsal({ timeScale: 2000, switches: { importRole: "ready" } });
  await writeFirstGuest(join(folder, "guest.qcow2"));
  await writePlan(
    folder,
    Migration.from("guest.qcow2")
      .assess()
      .capture()
      .toVhd()
      .upload("debug-images", { createBucket: true })
      .import({ name: "web-01" }),
  );
});
afterEach(async () => {
  await rehearsal.stop();
  await rm(folder, { recursive: true, force: true });
});

const call = (args: readonly string[], env: Record<string, string> = {}) =>
  sampan(args, { cwd: folder, env: { ...rehearsal.env, ...env } });
const logged = async (name = "debug.log"): Promise<readonly string[]> =>
  (await readFile(join(folder, name), "utf8")).trimEnd().split("\n");
/** Every line is whole: it begins with a time, a process and two words. */
const wholeLine = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \d+ [a-z]+ [\w.-]+( |$)/;

describe("the debug log of the program", () => {
  it("has each request of a run with the id that the cloud gave it, stages, settings, and how it ended", async () => {
    const done = await call(["run", "plan.json", "--debug-log", "debug.log", "--json"]);
    expect(done.exitCode, done.stderr).toBe(0);
    const lines = await logged();
    expect(lines.filter((line) => !wholeLine.test(line))).toEqual([]);
    expect((await stat(join(folder, "debug.log"))).mode & 0o777).toBe(0o600);
    const answered = rehearsal.simulator.requests.list();
    expect(answered.length).toBeGreaterThan(10);
    const answers = lines.filter((line) => line.includes(" http answer "));
    const unseen = answered.filter(
      ({ requestId, status }) =>
        !answers.some((line) => line.includes(`requestId=${requestId}`) && line.includes(`status=${status}`)),
    );
    expect(unseen.map(({ operation, requestId }) => `${operation} ${requestId}`)).toEqual([]);
    expect(answers.some((line) => / action=ImportImage .* tookMs=\d+/.test(line))).toBe(true);
    expect(lines[0]).toContain('argv=["run","plan.json","--debug-log","debug.log","--json"]');
    expect(lines.some((line) => / setting cloud value=simulator from=\w+/.test(line))).toBe(true);
    expect(lines.some((line) => / run stage\.finished .*stage=upload/.test(line))).toBe(true);
    expect(lines.at(-1)).toMatch(/ program exits exitCode=0 tookMs=\d+$/);
  });

  it("has the retries of a run, and the stack and cause of what ended it", async () => {
    rehearsal.simulator.faults.add({
      match: { operation: "UploadPart" },
      times: 1,
      effect: { kind: "reset", afterBytes: 1000 },
    });
    rehearsal.simulator.faults.add({
      match: { operation: "ImportImage" },
      times: null,
      effect: { kind: "answer", code: "OperationDenied", status: 403 },
    });
    const done = await call(["run", "plan.json", "--json"], { SAMPAN_DEBUG_LOG: "debug.log" });
    expect(done.exitCode).toBe(1);
    const failed = done.events("run.failed")[0];
    const lines = await logged();
    expect(lines.some((line) => / http request failed .*ECONNRESET/.test(line))).toBe(true);
    expect(lines.some((line) => / run stage\.retrying .*stage=upload .*waitMs=\d+/.test(line))).toBe(true);
    const thrown = lines.find((line) => / error thrown .*stage=import /.test(line)) ?? "";
    expect(thrown).toContain(`code=${failed?.error.code}`);
    expect(thrown).toMatch(/ stack="at /);
    const requestId = /"requestId":"([^"]+)"/.exec(thrown)?.[1] ?? "none";
    expect(
      lines.some((line) => line.includes(` action=ImportImage `) && line.includes(`requestId=${requestId}`)),
    ).toBe(true);
    expect(lines.at(-1)).toMatch(/ program exits exitCode=1 /);
  });

  it.skipIf(!existsSync("/dev/full"))(
    "lacks its lines where the disk is full, says so once, and the run goes on",
    async () => {
      const done = await call(["run", "plan.json", "--debug-log", "/dev/full"]);
      expect(done.exitCode, done.stderr).toBe(0);
      expect(done.stderr.match(/debug log/g)).toHaveLength(1);
      expect(done.stderr).toMatch(/cannot be written to the debug log \/dev\/full: ENOSPC/);
      const nowhere = await call(["doctor", "--debug-log", "no/such/folder/log"]);
      expect(nowhere.stderr).toMatch(/going on without the debug log .*no\/such\/folder\/log: ENOENT/);
      expect(nowhere.stdout).toContain("Node.js");
    },
  );

  it("is shared by a detached run and whoever started it", async () => {
    const done = await call(["run", "plan.json", "--detach", "--json", "--debug-log", "debug.log"]);
    expect(done.exitCode, done.stderr + done.stdout).toBe(0);
    const { runId, pid } = done.json<{ runId: string; pid: number }>();
    await vi.waitFor(
      async () => {
        const runs = (await call(["runs", "--json"])).json<RunStatus[]>();
        expect(runs.find((run) => run.runId === runId)?.state).toBe("finished");
      },
      { timeout: 60_000, interval: 200 },
    );
    await expect.poll(async () => (await logged()).at(-1)).toContain(`${pid} program exits exitCode=0`);
    const lines = await logged();
    expect(lines.filter((line) => !wholeLine.test(line))).toEqual([]);
    expect(new Set(lines.map((line) => line.split(" ")[1])).size).toBe(2);
    expect(lines.some((line) => line.includes(` ${pid} run run.finished run=${runId} `))).toBe(true);
  });

  it("goes to standard error, and is there in the shell, in doctor and in a fleet of this machine", async () => {
    const shell = await call(["--debug-log", "-", "-e", "await buckets()", "--json"]);
    expect(shell.exitCode, shell.stderr).toBe(0);
    expect(shell.stderr).toMatch(/ http answer .* status=200 requestId=/);
    expect(shell.stdout).not.toContain("http answer");
    const doctor = await call(["doctor", "--debug-log=doctor.log", "--json"]);
    expect(doctor.stderr).toBe("");
    expect((await logged("doctor.log")).some((line) => / http answer /.test(line))).toBe(true);
    await writeFile(
      join(folder, "fleet.ts"),
      `import { defineFleet } from "@sampan/fleet";
import { Migration } from "sampan";

export default defineFleet({
  inventory: [{ name: "web-01", source: ${JSON.stringify(join(folder, "guest.qcow2"))}, site: "here", bucket: "debug-images", region: "cn-hangzhou" }],
  plan: (host) => Migration.from(host.source).assess().capture().toVhd().upload(host.bucket, { region: host.region, createBucket: true }),
});
`,
    );
    const fleet = await call(["fleet", "run", "fleet.ts", "--json", "--debug-log", "fleet.log"]);
    expect([0, 3], fleet.stderr + fleet.stdout).toContain(fleet.exitCode);
    expect((await logged("fleet.log")).some((line) => / run run\.finished /.test(line))).toBe(true);
  });
});

describe.skipIf(lacks(...sshdTools))("the debug log of a library", () => {
  it("has the connection to a host, and each program there, with how it ended", async () => {
    const sshd = await startLoopbackSshd();
    const log = openDebugLog({ file: join(folder, "library.log") });
    try {
      const shell = await openSshShell(sshd.target());
      await shell.run(["cat", "/etc/no such file"]);
      await shell.close();
    } finally {
      log.close();
      await sshd.close();
    }
    const lines = await logged("library.log");
    expect(lines.some((line) => / program started child=\d+ argv=\["ssh",/.test(line))).toBe(true);
    expect(lines.some((line) => / program ended child=\d+ name=ssh exitCode=0 /.test(line))).toBe(true);
    const there = lines.filter((line) => line.includes('argv=["cat","/etc/no such file"]'));
    expect(
      there.map((line) =>
        line.replace(/.* host (\w+) n=\d+ host=ssh:\S+ .*\](.*)$/, "$1$2").replace(/\d+$/, "N"),
      ),
    ).toEqual(["started", "ended exitCode=1 tookMs=N"]);
  });
});
