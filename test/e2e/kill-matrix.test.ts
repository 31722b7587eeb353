import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Migration, type Plan, resolvePlan } from "@sampan/sdk";
import { simulatorAccounts } from "@sampan/simulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeFirstGuest } from "../helpers/first-guest.ts";
import { KillLane } from "../helpers/kill-lane.ts";
import { type Aftermath, again, once, share, tryAll, tryOne } from "../helpers/kill-trials.ts";
import { bundleKillableRun } from "../helpers/killable-bundle.ts";
import { makeFolder } from "../helpers/temporary-folder.ts";
import { writeTinyDisk } from "../helpers/tiny-disk.ts";

/*
 * A run is killed by SIGKILL at every record of its journal, and at 200 places in what it sends; the next start must end as if nothing
 * had happened. Each time has a cloud and a home of its own, and takes two processes; some runs are killed many times over.
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
  // No two kilobytes are the same: a part at the wrong place would be noticed.
  await writeTinyDisk(join(folder, "tiny.raw"));
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
  const bundle = await bundleKillableRun(folder);
  const first = new KillLane(join(folder, "first"), bundle);
  await first.warmUp(sent);
  await first.stop();
  lanes = [new KillLane(join(folder, "a"), bundle), new KillLane(join(folder, "b"), bundle)];
});
afterAll(async () => {
  await Promise.all(lanes.map((lane) => lane.stop()));
  await rm(folder, { recursive: true, force: true });
});

const inPeace = async (plan: Plan): Promise<Aftermath> => {
  const peace = await tryOne(lanes[0] as KillLane, plan);
  expect(peace.last.error).toBeUndefined();
  return peace;
};

/** Kills a run at every record it wrote when nobody killed it. */
async function tryEveryRecord(plan: Plan, peace: Aftermath): Promise<void> {
  const trials = peace.events.map(({ seq }) => once({ atRecord: seq }));
  const { bad, killed } = await tryAll(lanes, plan, peace, trials);
  expect(bad).toEqual([]);
  // A wait more or less is a record more or less: the last may not come. Every other does.
  expect(killed).toBeGreaterThanOrEqual(trials.length - 2);
}

describe("a run that is killed", () => {
  it("at any record of its journal up to the upload ends as if it had been left in peace", async () => {
    await tryEveryRecord(mended, await inPeace(mended));
  }, 600_000);

  it("at any record of its journal through all of the cloud leaves one image in each region, and nothing else", async () => {
    const peace = await inPeace(sent);
    expect(peace.state.images.map(({ region }) => region).sort()).toEqual([...regions].sort());
    await tryEveryRecord(sent, peace);
  }, 600_000);

  it("again and again, each time shortly after it was started, ends the same", async () => {
    const trials = Array.from({ length: 5 }, (_, seed) => again(seed, 40));
    const { bad, killed } = await tryAll(lanes, sent, await inPeace(sent), trials);
    expect(bad).toEqual([]);
    expect(killed).toBeGreaterThan(trials.length * 5);
  }, 600_000);

  it("anywhere in what it sends sends the same bytes in the end", async () => {
    const [short, long] = [await inPeace(uploaded), await inPeace(sent)];
    // The same places each time, spread over all that is sent.
    const trials = Array.from({ length: 200 }, (_, seed) =>
      once({ afterBytes: 1 + Math.floor(share(seed) * 2.1 * MiB) }),
    );
    // Every tenth goes on to the images.
    const tried = [
      await tryAll(lanes, sent, long, trials.slice(0, 20)),
      await tryAll(lanes, uploaded, short, trials.slice(20)),
    ];
    expect(tried.flatMap((one) => one.bad)).toEqual([]);
    expect(tried.reduce((sum, one) => sum + one.killed, 0)).toBeGreaterThan(trials.length * 0.8);
  }, 900_000);
});
