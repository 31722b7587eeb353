import { open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isSampanError, MiB } from "@sampan/core";
import { Migration } from "@sampan/sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FastCloud, type FastRun, startFastCloud } from "../helpers/fast-run.ts";
import { qemuCompare } from "../helpers/qemu-img.ts";

/*
 * A disk is sent, changes, and is sent again: only parts that changed may travel, and what lands must be the disk as it is.
 * The simulator counts the bytes that came.
 */

const blockBytes = 2 * MiB;
const diskBlocks = 64;
const partBytes = MiB / 2;

let cloud: FastCloud;
let path: string;
beforeEach(async () => {
  cloud = await startFastCloud();
  path = join(cloud.folder, "disk.raw");
  await makeDisk();
}, 120_000);
afterEach(() => cloud.stop());

/** A disk of 128 MiB with three of every four blocks full, and holes between. */
async function makeDisk(): Promise<void> {
  const file = await open(path, "w");
  await file.truncate(diskBlocks * blockBytes);
  for (let block = 0; block < diskBlocks; block++) if (block % 4 !== 3) await writeBlock(file, block, 1);
  await file.close();
}

type File = Awaited<ReturnType<typeof open>>;

/** Fills a block with bytes that are others in each and for each seed. */
async function writeBlock(file: File, block: number, seed: number): Promise<void> {
  const bytes = Buffer.alloc(blockBytes);
  for (let offset = 0; offset < bytes.length; offset += 8)
    bytes.writeDoubleLE(Math.sin(block * blockBytes + offset + seed), offset);
  if (block === 0) {
    bytes.set([0x80, 0, 0, 0, 0x83, 0, 0, 0, 1, 0, 0, 0, 0xff, 0xff, 3, 0], 446);
    bytes.set([0x55, 0xaa], 510);
  }
  await file.write(bytes, 0, bytes.length, block * blockBytes);
}

async function change(work: (file: File) => Promise<void>): Promise<void> {
  const file = await open(path, "r+");
  await work(file);
  await file.close();
}

/** Makes a block a hole again, as `fstrim` or deleting in a sparse image does. */
async function freeBlocks(blocks: readonly number[]): Promise<void> {
  const kept = new Map<number, Buffer>();
  await change(async (file) => {
    for (let block = 0; block < diskBlocks; block++) {
      const bytes = Buffer.alloc(blockBytes);
      await file.read(bytes, 0, blockBytes, block * blockBytes);
      if (!blocks.includes(block) && !bytes.every((byte) => byte === 0)) kept.set(block, bytes);
    }
    await file.truncate(0);
    await file.truncate(diskBlocks * blockBytes);
    for (const [block, bytes] of kept) await file.write(bytes, 0, blockBytes, block * blockBytes);
  });
}

const plan = (format: "vhd" | "raw" = "vhd") => {
  const captured = Migration.from(path)
    .assess({ accept: { "GUESTOS.SystemImage": "nothing is to boot from it" } })
    .capture();
  const uploaded = (format === "raw" ? captured.toRaw() : captured.toVhd()).upload("cut-over", {
    createBucket: true,
    key: `web-01.${format}`,
    partBytes,
  });
  return uploaded.import({ name: "web-01", bootMode: "BIOS", architecture: "x86_64", detect: false });
};

const travelled = () =>
  cloud.simulator.requests
    .list({ operation: "UploadPart" })
    .reduce((sum, { requestBytes }) => sum + requestBytes, 0);

/** Runs a refresh and gives it with the bytes that travelled meanwhile. */
async function refresh(options: Parameters<FastCloud["run"]>[1] = {}, of = plan()) {
  cloud.simulator.requests.clear();
  const run = await cloud.run(of, { refresh: true, ...options });
  return { run, sentBytes: travelled() };
}

async function first(of = plan()): Promise<FastRun> {
  const run = await cloud.run(of);
  expect(run.error).toBeUndefined();
  return run;
}

/** Whether the object of a run is the disk as it is now, to qemu-img. */
async function landed(run: FastRun, format: "vpc" | "raw" = "vpc"): Promise<string> {
  const [object] = run.result?.objects ?? [];
  if (object === undefined) throw run.error ?? new Error("nothing was sent");
  const connected = await cloud.connect();
  const store = connected.objects(object.region);
  const copy = join(cloud.folder, "landed");
  await writeFile(copy, await store.readObject(object, { offset: 0, length: object.sizeBytes }));
  await store.close();
  await connected.close();
  return qemuCompare({ path, format: "raw" }, { path: copy, format });
}

const names = async () => (await cloud.simulator.state()).images.map(({ name }) => name).sort();

describe("a refresh", () => {
  it("sends the parts in which 1 % of the blocks changed together, and makes a second image", async () => {
    const before = await first();
    // Of 24,576 pieces of 4 KiB, 246 together.
    await change(async (file) => {
      await file.write(Buffer.alloc(246 * 4096, 7), 0, 246 * 4096, 20 * blockBytes + 4096);
    });
    const { run, sentBytes } = await refresh();
    expect(await landed(run)).toBe("identical");
    // Two or three parts hold the change; beginning and end hold an id that follows the map, which is the same.
    expect(sentBytes).toBeLessThanOrEqual(3 * partBytes);
    const [object] = run.result?.objects ?? [];
    expect(object).toMatchObject({ key: "web-01-2.vhd", sentBytes });
    expect(object?.reusedBytes).toBe((object?.sizeBytes ?? 0) - sentBytes);
    expect(await names()).toEqual(["web-01", "web-01-2"]);
    expect(run.result?.images?.[0]?.name).toBe("web-01-2");
    expect(run.runId).not.toBe(before.runId);
    expect((await cloud.simulator.state()).buckets[0]?.objects).toHaveLength(2);
  }, 120_000);

  it("sends one part for each of 1 % of the blocks that changed scattered over the disk", async () => {
    await first();
    // Of 1,536 pieces of 64 KiB, 15.
    await change(async (file) => {
      for (let index = 0; index < 15; index++)
        await file.write(Buffer.alloc(65_536, index + 1), 0, 65_536, index * 4 * blockBytes + 131_072);
    });
    const { run, sentBytes } = await refresh();
    expect(await landed(run)).toBe("identical");
    expect(sentBytes).toBeLessThanOrEqual(15 * 2 * partBytes);
    expect(sentBytes).toBeGreaterThanOrEqual(15 * 65_536);
  }, 120_000);

  it("keeps every block at its place when blocks are newly used in the middle and others are freed", async () => {
    await first();
    await change(async (file) => {
      await writeBlock(file, 3, 5);
      await writeBlock(file, 31, 5);
    });
    await freeBlocks([10, 40]);
    const { run, sentBytes } = await refresh();
    expect(await landed(run)).toBe("identical");
    // Two new blocks at the end, two that are zero now, the head and the tail.
    expect(sentBytes).toBeLessThanOrEqual(4 * blockBytes + 8 * partBytes);
    const again = await refresh();
    expect(again.run.result?.images?.[0]?.name).toBe("web-01-3");
    expect(again.sentBytes).toBe(0);
    expect(await landed(again.run)).toBe("identical");
    expect(await names()).toEqual(["web-01", "web-01-2", "web-01-3"]);
  }, 180_000);

  it("does the same with a raw image, whose blocks cannot move", async () => {
    await first(plan("raw"));
    await change((file) => writeBlock(file, 7, 3));
    const { run, sentBytes } = await refresh({}, plan("raw"));
    expect(await landed(run, "raw")).toBe("identical");
    expect(sentBytes).toBe(blockBytes);
  }, 120_000);

  it("that was interrupted in the middle goes on, with or without being told again that it is one", async () => {
    await first();
    await change(async (file) => {
      for (const block of [1, 17, 33, 49]) await writeBlock(file, block, 9);
    });
    cloud.simulator.requests.clear();
    let parts = 0;
    const cut = await cloud.run(plan(), {
      refresh: true,
      onEvent(event, cancel) {
        if (event.type === "checkpoint" && event.item !== undefined && ++parts === 30) cancel();
      },
    });
    expect(cut.error?.code).toBe("CORE_CANCELLED");
    let more = 0;
    const second = await cloud.run(plan(), {
      refresh: true,
      onEvent(event, cancel) {
        if (event.type === "checkpoint" && event.item !== undefined && ++more === 60) cancel();
      },
    });
    expect(second.runId).toBe(cut.runId);
    const run = await cloud.run(plan());
    expect(run.runId).toBe(cut.runId);
    expect(await landed(run)).toBe("identical");
    const [object] = run.result?.objects ?? [];
    expect((object?.sentBytes ?? 0) + (object?.reusedBytes ?? 0)).toBe(object?.sizeBytes);
    expect(object?.sentBytes).toBeLessThanOrEqual(4 * (blockBytes + 2 * partBytes));
    expect(travelled()).toBeLessThanOrEqual(4 * (blockBytes + 2 * partBytes) + 16 * partBytes);
    expect(await names()).toEqual(["web-01", "web-01-2"]);
  }, 180_000);

  it("sends everything, and says why, when the earlier object is gone or is another", async () => {
    const before = await first();
    const [object] = before.result?.objects ?? [];
    if (object === undefined) throw new Error("nothing was sent");
    const connected = await cloud.connect();
    const store = connected.objects(object.region);
    await store.deleteObject(object);
    await store.close();
    await connected.close();
    await change((file) => writeBlock(file, 5, 2));
    const { run, sentBytes } = await refresh();
    expect(await landed(run)).toBe("identical");
    expect(sentBytes).toBe(run.result?.objects?.[0]?.sizeBytes);
    expect(run.of("log").map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/web-01\.vhd can be reused: it is gone; what is left is sent/),
    );
  }, 120_000);

  it("takes the name it is given, and the plan's own while there is no image of it", async () => {
    await first(plan());
    const { run } = await refresh({ imageName: "web-01-final" });
    expect(run.result?.images?.[0]?.name).toBe("web-01-final");
    const other = await cloud.run(plan(), { again: true, through: "upload" });
    expect(isSampanError(other.error, "CLOUD_OBJECT_EXISTS")).toBe(true);
  }, 120_000);

  it("makes the plan's own image after a first copy that stopped at the upload", async () => {
    await cloud.run(plan(), { through: "upload" });
    await change((file) => writeBlock(file, 5, 2));
    const { run, sentBytes } = await refresh();
    expect(run.result?.images?.[0]?.name).toBe("web-01");
    expect(run.result?.objects[0]?.key).toBe("web-01-2.vhd");
    expect(sentBytes).toBeLessThan(2 * blockBytes);
  }, 120_000);

  it("is refused where there is nothing to refresh", async () => {
    const none = await refresh();
    expect(none.run.error).toMatchObject({ code: "RUN_NOT_FOUND" });
    const both = await cloud.run(plan(), { refresh: true, again: true });
    expect(both.error).toMatchObject({ code: "CORE_ARGUMENT" });
    const named = await cloud.run(plan(), { imageName: "web-02" });
    expect(named.error).toMatchObject({ code: "CORE_ARGUMENT" });
  });
});
