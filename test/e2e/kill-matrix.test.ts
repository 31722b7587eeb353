import { readFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RunEvent } from "@sampan/core";
import { Migration, type Plan, resolvePlan, type UploadResult } from "@sampan/sdk";
import { simulatorAccounts } from "@sampan/simulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeFirstGuest } from "../helpers/first-guest.ts";
import { type Kill, type KilledRun, KillLane, type ProcessEnd } from "../helpers/kill-lane.ts";
import { makeFolder } from "../helpers/temporary-folder.ts";

/*
 * A run is killed by SIGKILL at records all over its journal, and at places anywhere in what it sends; the next start must end as if
 * nothing had happened. Each time has a cloud and a home of its own, and takes two processes: hence not every record.
 */

const MiB = 1024 * 1024;
const regions = ["cn-hangzhou", "cn-shanghai", "ap-southeast-1"];
const [, receiver] = simulatorAccounts;

let folder: string;
let lanes: KillLane[];
/** A small disk with a guest that is mended: the records up to the upload. */
let mended: Plan;
/** A tiny disk that goes through all of the cloud: the records from the upload on. */
let sent: Plan;
/** The same, up to the object. */
let uploaded: Plan;

beforeAll(async () => {
  folder = await makeFolder();
  await writeFirstGuest(join(folder, "guest.qcow2"));
  const disk = Buffer.alloc(2 * MiB);
  // Something else in each kilobyte: a part at the wrong place would be noticed.
  for (let offset = 4096; offset < disk.length; offset += 8) disk.writeDoubleLE(Math.sin(offset), offset);
  disk.set([0x80, 0, 0, 0, 0x83, 0, 0, 0, 1, 0, 0, 0, 0xff, 0x0f, 0, 0], 446);
  disk.set([0x55, 0xaa], 510);
  await writeFile(join(folder, "tiny.raw"), disk);
  mended = resolvePlan(Migration.from("guest.qcow2").assess().prepare().capture().toVhd().plan(), folder);
  sent = resolvePlan(
    Migration.from("tiny.raw")
      .assess({ accept: { "GUESTOS.SystemImage": "nothing is to boot from it" } })
      .capture()
      .toVhd()
      .upload("killed", { createBucket: true, key: "killed.vhd", partBytes: 204_800, parallel: 3 })
      .import({ name: "killed", bootMode: "BIOS", architecture: "x86_64", detect: false })
      .copyTo("cn-shanghai", "ap-southeast-1")
      .shareWith(receiver?.accountId ?? "")
      .plan(),
    folder,
  );
  uploaded = { ...sent, steps: sent.steps.slice(0, 4) };
  lanes = [new KillLane(join(folder, "a")), new KillLane(join(folder, "b"))];
});
afterAll(async () => {
  await Promise.all(lanes.map((lane) => lane.stop()));
  await rm(folder, { recursive: true, force: true });
});

const journalOf = ({ home }: KilledRun): RunEvent[] =>
  readFileSync(join(home, "runs/r1/journal.ndjson"), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as RunEvent);

/** Kills a run, goes on with it to its end, and gives what there is afterwards. */
async function killedAndResumed(lane: KillLane, plan: Plan, kill: Kill | undefined): Promise<Aftermath> {
  const run = await lane.begin(plan);
  try {
    const first = kill === undefined ? undefined : await run.start(kill);
    const last = first?.killed === false ? first : await run.start();
    return {
      first,
      last,
      events: journalOf(run),
      state: await run.simulator.state(),
    };
  } finally {
    await run.stop();
  }
}

interface Aftermath {
  readonly first: ProcessEnd | undefined;
  readonly last: ProcessEnd;
  readonly events: readonly RunEvent[];
  readonly state: Awaited<ReturnType<KilledRun["simulator"]["state"]>>;
}

/** What is wrong after a run was killed and resumed; empty when all is as after a run that was left in peace. */
function faultsOf(after: Aftermath, peace: Aftermath): string[] {
  const faults: string[] = [];
  if (after.last.error) faults.push(`it ended with ${after.last.error.code}: ${after.last.error.message}`);
  const finished = new Set<string>();
  for (const event of after.events) {
    if (event.type === "stage.started" && finished.has(event.stage)) faults.push(`${event.stage} ran again`);
    if (event.type === "stage.finished") finished.add(event.stage);
  }
  const seen = ({ state }: Aftermath) =>
    JSON.stringify({
      images: state.images.map(({ region, name, status }) => `${region} ${name} ${status}`).sort(),
      buckets: state.buckets.map(({ name, objects, uploads }) => ({ name, objects, uploads })),
      left: state.left,
    });
  if (seen(after) !== seen(peace)) faults.push(`the cloud holds ${seen(after)} instead of ${seen(peace)}`);
  const digests = ({ last }: Aftermath) =>
    JSON.stringify((last.result as unknown as UploadResult | undefined)?.objects?.map(({ crc64 }) => crc64));
  if (digests(after) !== digests(peace)) faults.push(`other bytes: ${digests(after)}`);
  return faults;
}

/** Tries every kill, two at a time, and says which ended badly. */
async function tryAll(
  plan: Plan,
  peace: Aftermath,
  kills: readonly Kill[],
): Promise<{ readonly bad: string[]; readonly killed: number }> {
  const bad: string[] = [];
  const todo = [...kills];
  let killed = 0;
  await Promise.all(
    lanes.map(async (lane) => {
      for (let kill = todo.shift(); kill !== undefined; kill = todo.shift()) {
        const after = await killedAndResumed(lane, plan, kill);
        if (after.first?.killed === true) killed++;
        else if ("atRecord" in kill && after.events.some(({ seq }) => seq === kill.atRecord)) {
          bad.push(`it came to record ${kill.atRecord} and was not killed`);
        }
        bad.push(...faultsOf(after, peace).map((fault) => `killed ${JSON.stringify(kill)}: ${fault}`));
      }
    }),
  );
  return { bad, killed };
}

/** Every so many of them, the last among them. */
function someOf<T>(all: readonly T[], every: number): readonly T[] {
  return all.filter((_, index) => (all.length - 1 - index) % every === 0);
}

const inPeace = async (plan: Plan) => {
  const peace = await killedAndResumed(lanes[0] as KillLane, plan, undefined);
  expect(peace.last.error).toBeUndefined();
  return peace;
};

describe("a run that is killed", () => {
  it("at records of its journal up to the upload ends as if it had been left in peace", async () => {
    const peace = await inPeace(mended);
    const records = someOf(peace.events, 7).map(({ seq }) => ({ atRecord: seq }));
    const { bad, killed } = await tryAll(mended, peace, records);
    expect(bad).toEqual([]);
    expect(killed).toBe(records.length);
  }, 600_000);

  it("at records of its journal through all of the cloud leaves one image in each region, and nothing else", async () => {
    const peace = await inPeace(sent);
    expect(peace.state.images.map(({ region }) => region).sort()).toEqual([...regions].sort());
    const records = someOf(peace.events, 7).map(({ seq }) => ({ atRecord: seq }));
    const { bad, killed } = await tryAll(sent, peace, records);
    expect(bad).toEqual([]);
    // A wait more or less is a record more or less: the last may not come. Every other does.
    expect(killed).toBeGreaterThanOrEqual(records.length - 1);
  }, 600_000);

  it("anywhere in what it sends sends the same bytes in the end", async () => {
    const [short, long] = [await inPeace(uploaded), await inPeace(sent)];
    // The same places each time, spread over all that is sent.
    const places = Array.from({ length: 20 }, (_, index) => {
      const share = Math.abs(Math.sin(index + 1) * 10_000) % 1;
      return { afterBytes: 1 + Math.floor(share * 2.1 * MiB) };
    });
    // Loading the cloud's client takes a process most of its time: every tenth goes on to the images.
    const some = places.filter((_, index) => index % 10 === 0);
    const others = places.filter((_, index) => index % 10 !== 0);
    const tried = [await tryAll(sent, long, some), await tryAll(uploaded, short, others)];
    const bad = tried.flatMap((one) => one.bad);
    const killed = tried.reduce((sum, one) => sum + one.killed, 0);
    expect(bad).toEqual([]);
    expect(killed).toBeGreaterThan(places.length * 0.8);
  }, 900_000);
});
