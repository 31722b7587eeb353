import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { groupText, mdSuperblock, writePhysicalVolume } from "@sampan/guest/testing";
import { openDiskImage } from "@sampan/image";
import { makeDifferencing } from "@sampan/image/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unpackDemoDisk } from "../demo/demo-disk.ts";
import { describedFields, fieldsOf, undescribed } from "../testing/page-fields.ts";
import { inspectImage } from "./inspect-report.ts";

const rules = {
  // By the format, by the guest's facts, or as the same thing elsewhere.
  wholes: new Set(["details", "guest", "parent", "layout.table.partitions[]"]),
  nullable: /^missingParent$|\.(partition|logicalVolume|mirror|fileSystem)$/,
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sampan-inspect-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the page about inspect's JSON", () => {
  const described = describedFields("inspect-json.md");

  it("describes every field of real images, and no other", async () => {
    const seen = new Set<string>();
    for (const path of await images()) {
      const image = await openDiskImage(path, { missingParent: "zeros" });
      const report: unknown = JSON.parse(JSON.stringify(await inspectImage(image)));
      await image.source.close();
      for (const field of fieldsOf(report, rules)) seen.add(field);
    }
    expect(undescribed(seen, described)).toEqual([]);
    // Of a mirror there is none without sfdisk.
    const left = [...described].filter((field) => !seen.has(field));
    expect(left.filter((field) => !/\.mirror/.test(field) || isThere("sfdisk"))).toEqual([]);
  });

  it("gives null, not nothing, for a parent that there is none of", async () => {
    const image = await openDiskImage(await demoDisk());
    const report = await inspectImage(image);
    await image.source.close();
    expect(report).toMatchObject({ parent: null, missingParent: null });
    expect(report.extents.dataBytes + report.extents.zeroBytes + report.extents.holeBytes).toBe(
      report.virtualSizeBytes,
    );
    expect(report.use.usedBytes + report.use.freeBytes).toBe(report.virtualSizeBytes);
    expect(report.use.volumes).toContainEqual({
      volume: 0,
      usedBytes: expect.any(Number),
      freeBytes: expect.any(Number),
      source: "superblock",
    });
  });
});

async function demoDisk(): Promise<string> {
  const path = join(folder, "guest.qcow2");
  rmSync(path, { force: true });
  await unpackDemoDisk(path);
  return path;
}

function isThere(program: string): boolean {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** A physical volume with a logical volume, and room that belongs to none; or one that cannot be read, beside which nothing counts as free. */
function groupDisk(isHidden: boolean): Uint8Array {
  const disk = new Uint8Array(20 * 1024 * 1024);
  const uuid = "a".repeat(32);
  const text = groupText({
    name: "vg",
    members: [{ uuid, extents: 18 }],
    logicalVolumes: [
      { name: "root", segments: [{ extents: 4, stripes: [["pv0", 0]] }] },
      ...(isHidden
        ? [{ name: "thin", segments: [{ extents: 2, type: "thin", lines: ['thin_pool = "pool"'] }] }]
        : []),
    ],
  });
  writePhysicalVolume(disk, 0, { uuid, sizeBytes: disk.length, text });
  return disk;
}

/** A disk with a guest, a link without its parent, volume groups, and a GPT disk with a mirror's member. */
async function images(): Promise<readonly string[]> {
  const lone = join(folder, "lone.vhd");
  const bytes = makeDifferencing({
    disk: new Uint8Array(256 * 1024).fill(7),
    present: (sector) => sector < 3,
    uniqueId: new Uint8Array(16).fill(1),
    parentId: new Uint8Array(16).fill(2),
    locators: { W2ru: ".\\gone.vhd" },
  });
  writeFileSync(lone, bytes);
  const groups = [false, true].map((isHidden) => {
    const path = join(folder, `group-${isHidden}.raw`);
    writeFileSync(path, groupDisk(isHidden));
    return path;
  });
  const images = [await demoDisk(), lone, ...groups];
  const gpt = join(folder, "gpt.raw");
  writeFileSync(gpt, "");
  truncateSync(gpt, 64 * 1024 * 1024);
  try {
    execFileSync("sfdisk", ["--quiet", gpt], {
      input: 'label: gpt\nsize=16MiB, name="data"\nsize=16MiB\n',
      stdio: ["pipe", "ignore", "ignore"],
    });
    const member = mdSuperblock({ dataOffsetBytes: 1024 * 1024, dataBytes: 8 * 1024 * 1024 });
    const file = openSync(gpt, "r+");
    writeSync(file, member, 0, member.length, 17 * 1024 * 1024 + 4096);
    closeSync(file);
    images.push(gpt);
  } catch {
    // Without sfdisk the others hold every field there is but a mirror's.
  }
  return images;
}
