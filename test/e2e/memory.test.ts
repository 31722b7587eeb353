import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ImportResult, Migration } from "@sampan/sdk";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeFirstGuest } from "../helpers/first-guest.ts";
import { writePlan } from "../helpers/plan-file.ts";
import { qemuConvert } from "../helpers/qemu-img.ts";
import { lacks } from "../helpers/requires.ts";
import { sampan } from "../helpers/sampan.ts";
import { makeFolder } from "../helpers/temporary-folder.ts";

const recorder = fileURLToPath(new URL("../helpers/record-peak-memory.mjs", import.meta.url));
const GiB = 1024 ** 3;
const partitionStart = 1024 ** 2;

describe.skipIf(lacks("qemu-img", "mke2fs", "debugfs"))("memory of a run with the simulator built in", () => {
  let folder: string;
  let tree: string;
  let guest: string;

  beforeAll(async () => {
    folder = await makeFolder();
    tree = join(folder, "tree");
    guest = join(folder, "guest.raw");
    await mkdir(tree);
    await qemuConvert(
      { path: await writeFirstGuest(join(folder, "guest.qcow2")), format: "qcow2" },
      { path: guest, format: "raw" },
    );
    await execa("debugfs", ["-R", `rdump / ${tree}`, `${guest}?offset=${partitionStart}`]);
    // Enough that buffers which are kept would show, and nothing that could be left out.
    await writeFile(join(tree, "data.bin"), "");
    const data = await open(join(tree, "data.bin"), "w");
    for (let i = 0; i < 48; i++) await data.write(randomBytes(8 * 1024 ** 2));
    await data.close();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function peakOf(sizeBytes: number): Promise<{ readonly peak: number; readonly sent: number }> {
    const home = join(folder, `run-${sizeBytes / GiB}`);
    await mkdir(home);
    const disk = join(home, "disk.raw");
    await makeDisk(disk, sizeBytes, tree, guest);
    const plan = await writePlan(
      home,
      Migration.from(disk)
        .assess()
        .prepare()
        .capture()
        .toVhd()
        .upload("memory-images", { createBucket: true })
        .import({ name: "large", createRole: true })
        .copyTo("cn-shanghai"),
    );
    const peakFile = join(home, "peak");
    const run = await sampan(["run", plan, "--json"], {
      cwd: home,
      env: { NODE_OPTIONS: `--import=${recorder}`, PEAK_MEMORY_FILE: peakFile },
    });
    expect(run.exitCode, run.stderr + run.stdout.slice(-2000)).toBe(0);
    const result = run.events("run.finished")[0]?.result as unknown as ImportResult;
    expect(result.disks[0]?.sizeBytes).toBe(sizeBytes);
    const peak = Number(await readFile(peakFile, "utf8"));
    await rm(home, { recursive: true });
    return { peak, sent: result.objects[0]?.sizeBytes ?? 0 };
  }

  it("stays under 300 MB for 4 GiB and for 64 GiB", { timeout: 300_000 }, async () => {
    const small = await peakOf(4 * GiB);
    const large = await peakOf(64 * GiB);
    console.log(
      `peak: ${Math.round(small.peak / 1e6)} MB for 4 GiB, ${Math.round(large.peak / 1e6)} MB for 64 GiB; ` +
        `objects of ${Math.round(small.sent / 1e6)} MB and ${Math.round(large.sent / 1e6)} MB`,
    );
    expect(small.sent).toBeGreaterThan(384 * 1024 ** 2);
    expect(small.peak).toBeGreaterThan(20e6);
    expect(small.peak).toBeLessThan(300e6);
    expect(large.peak).toBeLessThan(300e6);
  });
});

/** A sparse raw disk: MBR and one ext4 partition over all of it that holds `tree`. */
async function makeDisk(path: string, sizeBytes: number, tree: string, guest: string): Promise<void> {
  await writeFile(path, "");
  await truncate(path, sizeBytes);
  await execa("mke2fs", [
    ...["-q", "-F", "-t", "ext4", "-O", "^metadata_csum_seed,^orphan_file"],
    ...["-E", `offset=${partitionStart},lazy_itable_init=1,lazy_journal_init=1`, "-J", "size=16"],
    ...["-d", tree, path, `${(sizeBytes - partitionStart) / 1024}k`],
  ]);
  // The guest's own boot code, then a table with this partition.
  const head = Buffer.alloc(partitionStart);
  const guestFile = await open(guest, "r");
  await guestFile.read(head, 0, head.length, 0);
  await guestFile.close();
  const table = head.subarray(446, 512);
  table.fill(0);
  table.writeUInt8(0x80, 0);
  table.set([0xfe, 0xff, 0xff, 0x83, 0xfe, 0xff, 0xff], 1);
  table.writeUInt32LE(partitionStart / 512, 8);
  table.writeUInt32LE((sizeBytes - partitionStart) / 512, 12);
  table.writeUInt16LE(0xaa55, 64);
  const file = await open(path, "r+");
  await file.write(head, 0, head.length, 0);
  await file.close();
}
