import { once } from "node:events";
import { rm } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Migration } from "@sampan/sdk";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { writeFirstGuest } from "../helpers/first-guest.ts";
import { writePlan } from "../helpers/plan-file.ts";
import { type Rehearsal, startRehearsal } from "../helpers/rehearsal.ts";
import { asResult, sampan, startSampan } from "../helpers/sampan.ts";
import { makeFolder } from "../helpers/temporary-folder.ts";

/*
 * A real process and time: a deadline that passes, and a process that is stopped in the middle of its upload and goes on later.
 */

const bucket = "timed-images";

let folder: string;
let rehearsal: Rehearsal;
beforeEach(async () => {
  folder = await makeFolder();
  await writeFirstGuest(join(folder, "guest.qcow2"));
});
afterEach(async () => {
  await rehearsal.stop();
  await rm(folder, { recursive: true, force: true });
});

const migration = (name: string) =>
  Migration.from("guest.qcow2")
    .assess()
    .capture()
    .toVhd()
    .upload(bucket, { createBucket: true, key: `${name}.vhd`, partBytes: 102_400, parallel: 3 })
    .import({ name, createRole: true });

const landed = () => rehearsal.simulator.requests.list("UploadPart").filter(({ status }) => status === 200);

/** Makes each part take a while, so that the upload has a middle. */
function slowParts(ms: number): void {
  rehearsal.simulator.faults.add({
    match: { operation: "UploadPart" },
    times: null,
    effect: { kind: "delay", ms },
  });
}

async function expectOneImage(name: string): Promise<void> {
  expect(await rehearsal.images("cn-hangzhou")).toMatchObject([{ imageName: name, status: "Available" }]);
  const parts = landed().map(({ parameters }) => `${parameters.uploadId} ${parameters.partNumber}`);
  expect(new Set(parts).size).toBe(parts.length);
}

describe("a deadline of `sampan run`", () => {
  it("in the upload: exit code 124, the parts stay, and the run goes on", async () => {
    rehearsal = await startRehearsal();
    slowParts(600);
    const plan = await writePlan(folder, migration("late"));
    const late = await sampan(["run", plan, "--deadline", "4s"], { cwd: folder, env: rehearsal.env });
    expect(late.exitCode, late.stderr).toBe(124);
    expect(late.stderr).toContain("RUN_DEADLINE");
    const [, runId = ""] = /to go on: sampan resume (\S+)/.exec(late.stderr) ?? [];
    expect((await sampan(["runs"], { cwd: folder })).stdout).toMatch(
      new RegExp(`^${runId} +stopped waiting`, "m"),
    );
    expect(rehearsal.simulator.requests.list("AbortMultipartUpload")).toEqual([]);

    rehearsal.simulator.faults.clear();
    const rest = await sampan(["resume", runId, "--json"], { cwd: folder, env: rehearsal.env });
    expect(rest.exitCode, rest.stderr).toBe(0);
    await expectOneImage("late");
  });

  it("in the import: the cloud goes on, and the image is there for the next start", async () => {
    rehearsal = await startRehearsal({ timeScale: 1 });
    const plan = await writePlan(folder, migration("slow"));
    const first = await sampan(["run", plan, "--through", "upload"], { cwd: folder, env: rehearsal.env });
    expect(first.exitCode, first.stderr).toBe(0);
    // The role has to spread first: seconds of the simulator's time.
    const running = startSampan(["run", plan, "--deadline", "12s", "--json"], {
      cwd: folder,
      env: rehearsal.env,
    });
    const ended = running.then(asResult);
    const isImporting = () =>
      rehearsal.simulator.requests.list("ImportImage").some(({ status }) => status === 200);
    for (let round = 0; round < 80 && !isImporting(); round++) {
      rehearsal.simulator.clock.advance(1000);
      await pause(100);
    }
    const late = await ended;
    expect(isImporting()).toBe(true);
    expect(late.exitCode, late.stderr + late.stdout.slice(-1000)).toBe(124);
    expect(late.lines().at(-1)).toMatchObject({ type: "error", code: "RUN_DEADLINE" });
    expect(
      late
        .events("run.failed")
        .at(-1)
        ?.left?.map(({ kind }) => kind),
    ).toContain("image");
    expect(rehearsal.simulator.requests.list("CancelTask")).toEqual([]);

    rehearsal.simulator.clock.advance(6 * 3_600_000);
    const rest = await sampan(["run", plan, "--json"], { cwd: folder, env: rehearsal.env });
    expect(rest.exitCode, rest.stderr).toBe(0);
    expect(
      rehearsal.simulator.requests.list("ImportImage").filter(({ status }) => status === 200),
    ).toHaveLength(1);
    await expectOneImage("slow");
  });
});

/** A way to the simulator whose connections can all be cut at once, as a line does that was idle for too long. */
async function cuttableLine(port: number) {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const cloud = connect(port, "127.0.0.1");
    for (const socket of [client, cloud]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => sockets.delete(socket));
    }
    client.pipe(cloud).pipe(client);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = (): number => {
    const open = sockets.size;
    for (const socket of sockets) socket.destroy();
    return open;
  };
  onTestFinished(() => {
    cut();
    server.close();
  });
  return { endpoint: `http://localhost:${(server.address() as AddressInfo).port}`, cut };
}

describe("a run that is stopped by SIGSTOP in its upload and continued later", () => {
  it("goes on and ends right, though every connection was cut meanwhile", async () => {
    rehearsal = await startRehearsal();
    slowParts(400);
    const line = await cuttableLine(rehearsal.simulator.port);
    const plan = await writePlan(folder, migration("stopped"));
    const running = startSampan(["run", plan, "--json"], {
      cwd: folder,
      env: { SAMPAN_SIMULATOR: line.endpoint },
    });
    const ended = running.then(asResult);
    let isOver = false;
    void ended.then(() => {
      isOver = true;
    });
    while (landed().length < 4 && !isOver) await pause(20);
    expect(isOver).toBe(false);
    running.kill("SIGSTOP");
    expect(line.cut()).toBeGreaterThan(0);
    // Who follows it meanwhile waits no longer than told, and leaves it alone.
    const attached = await sampan(["attach", "--deadline", "2s"], { cwd: folder });
    expect(attached.exitCode, attached.stderr).toBe(124);
    expect(attached.stderr).toMatch(
      /RUN_DEADLINE: stopped following run \S+ after 2 s: it has not ended, and goes on/,
    );
    await pause(2000);
    running.kill("SIGCONT");
    rehearsal.simulator.faults.clear();
    const done = await ended;
    expect(done.exitCode, done.stderr + done.stdout.slice(-2000)).toBe(0);
    expect(done.events("stage.retrying").map(({ error }) => error.code)).toContain("CLOUD_UNREACHABLE");
    for (const { tookMs } of done.events("stage.finished")) expect(tookMs).toBeGreaterThanOrEqual(0);
    expect(await rehearsal.images("cn-hangzhou")).toMatchObject([
      { imageName: "stopped", status: "Available" },
    ]);
    const { buckets } = await rehearsal.simulator.state();
    expect(buckets.map(({ objects, uploads }) => [objects.length, uploads.length])).toEqual([[1, 0]]);
  });
});
