import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  createEmbeddedRunner,
  Migration,
  resolvePlan,
  runAll,
  startAll,
  type UploadResult,
} from "@sampan/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Rehearsal, startRehearsal } from "../helpers/rehearsal.ts";
import { asResult, startSampan } from "../helpers/sampan.ts";
import { makeFolder } from "../helpers/temporary-folder.ts";
import { writeTinyDisk } from "../helpers/tiny-disk.ts";

/*
 * Several plans at once: of one file and of several, in one process of the program and through the library.
 */

const hosts = ["web-01", "web-02", "web-03"];
let folder: string;
let rehearsal: Rehearsal;
beforeAll(async () => {
  folder = await makeFolder();
  rehearsal = await startRehearsal({ switches: { importRole: "ready" } });
  await Promise.all(hosts.map((host, index) => writeTinyDisk(join(folder, `${host}.raw`), index)));
});
afterAll(async () => {
  await rehearsal?.stop();
  await rm(folder, { recursive: true, force: true });
});

const plan = (host: string, bucket: string) =>
  Migration.from(`${host}.raw`)
    .assess({ accept: { "GUESTOS.SystemImage": "nothing is to boot from it" } })
    .capture()
    .toVhd()
    .upload(bucket, { createBucket: true, key: `${host}.vhd`, partBytes: 204_800 });

/** What the program says at the end. */
interface Closing {
  readonly type: string;
  readonly exitCode: number;
  readonly runs: readonly { readonly title: string; readonly state: string; readonly runId: string | null }[];
}

/** Runs the program, presses Ctrl+C once it has printed this, and gives what it said at the end. */
async function runProgram(args: readonly string[], ctrlCAfter?: RegExp) {
  let signalOnce = ctrlCAfter;
  const program = startSampan([...args, "--json"], { cwd: folder, env: rehearsal.env });
  let told = "";
  program.stdout.on("data", (bytes: Buffer) => {
    told += bytes;
    if (signalOnce?.test(told) !== true) return;
    signalOnce = undefined;
    program.kill("SIGINT");
  });
  const { exitCode, stdout, stderr } = asResult(await program);
  const lines = stdout.split("\n").filter((line) => line !== "");
  const closing = JSON.parse(lines.at(-1) ?? "null") as Closing;
  return { exitCode, stderr, closing, events: lines.slice(0, -1).map((line) => JSON.parse(line)) };
}

describe("several plans", () => {
  it("of several files run at once into one bucket, that none of them found there", async () => {
    for (const host of ["web-01", "web-02"]) {
      const json = plan(host, "many-files")
        .import({ name: host, bootMode: "BIOS", architecture: "x86_64", detect: false })
        .plan();
      await writeFile(join(folder, `${host}.json`), JSON.stringify(json));
    }
    const { exitCode, closing, events, stderr } = await runProgram(["run", "web-01.json", "web-02.json"]);
    expect(exitCode, stderr).toBe(0);
    expect(closing).toMatchObject({ type: "runs.ended", exitCode: 0 });
    expect(closing.runs.map(({ state }) => state)).toEqual(["finished", "finished"]);
    const images = await rehearsal.images("cn-hangzhou");
    expect(images.map(({ imageName }) => imageName).sort()).toEqual(["web-01", "web-02"]);
    // Both were under way at once.
    const order = events.filter(({ type }) => type === "run.started" || type === "run.finished");
    expect(order.map(({ type }) => type)).toEqual([
      "run.started",
      "run.started",
      "run.finished",
      "run.finished",
    ]);
  });

  it("are all cancelled by Ctrl+C, and all go on when they are run again", async () => {
    const file = join(folder, "all.json");
    await writeFile(file, JSON.stringify(hosts.map((host) => plan(host, "many-hosts").plan())));
    const sending = /"type":"stage.started","stage":"upload"/;
    const args = ["run", "all.json", "--parallel", "2", "--bandwidth", "64KiB/s"];
    const stopped = await runProgram(args, sending);
    expect(stopped.exitCode, stopped.stderr).toBe(130);
    expect(stopped.closing.runs.map(({ state }) => state)).toEqual(["cancelled", "cancelled", "not-started"]);

    const { exitCode, closing, stderr } = await runProgram(["run", "all.json", "--parallel", "2"]);
    expect(exitCode, stderr).toBe(0);
    expect(closing.runs.map(({ state }) => state)).toEqual(["finished", "finished", "finished"]);
    const before = stopped.closing.runs.slice(0, 2).map(({ runId }) => runId);
    expect(closing.runs.slice(0, 2).map(({ runId }) => runId)).toEqual(before);
    const objects = (await rehearsal.simulator.state()).buckets.find(({ name }) => name === "many-hosts");
    expect(objects?.objects.map(({ key }) => key).sort()).toEqual(hosts.map((host) => `${host}.vhd`));
  });

  it("of the library run together, and one that fails keeps no other from running", async () => {
    const home = join(folder, "together");
    const cloud = { kind: "simulator", endpoint: rehearsal.simulator.endpoint } as const;
    const plans = ["web-01", "missing", "web-03"].map((host) => plan(host, "many-together"));
    const all = runAll(plans, { home, cloud, baseFolder: folder, parallel: 3 });
    const ids = new Set<string>();
    all.events.subscribe(({ runId }) => ids.add(runId));
    const outcomes = await all;
    expect(outcomes.map(({ state }) => state)).toEqual(["finished", "failed", "finished"]);
    expect(outcomes[1]?.error?.code).toBe("IMAGE_NOT_FOUND");
    expect([...ids].sort()).toEqual(outcomes.map(({ runId }) => runId).sort());
  });

  it("send every byte of their disks through the budget they share", async () => {
    const home = join(folder, "shared");
    let paced = 0;
    const bandwidth = {
      shareBytesPerSecond: 64 * 1024 * 1024,
      pace: async (bytes: number) => {
        paced += bytes;
      },
    };
    const cloud = { kind: "simulator", endpoint: rehearsal.simulator.endpoint } as const;
    const runner = createEmbeddedRunner({ home, cloud, bandwidth });
    const jobs = hosts
      .map((host) => resolvePlan(plan(host, "many-shared").plan(), folder))
      .map((one) => ({
        plan: one,
        start: (signal: AbortSignal) => runner.start(one, { signal }),
      }));
    const outcomes = await startAll(jobs, { signal: new AbortController().signal });
    const sizes = outcomes.flatMap(({ result }) =>
      (result as unknown as UploadResult).objects.map(({ sizeBytes }) => sizeBytes),
    );
    expect(sizes).toHaveLength(3);
    expect(paced).toBe(sizes.reduce((sum, size) => sum + size, 0));
  });
});
