import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mdSuperblock } from "@sampan/guest/testing";
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
    // Of a volume group that is not whole there is none at hand, and of a mirror none without sfdisk.
    const rare = /^layout\.volumeGroups|\.logicalVolume\.|\.mirror|^layout\.notes\[\]/;
    expect([...described].filter((field) => !seen.has(field) && !rare.test(field))).toEqual([]);
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

/** A disk with a guest, a link without its parent, and a GPT disk with a mirror's member. */
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
  const images = [await demoDisk(), lone];
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
    // Without sfdisk the other two hold every field there is.
  }
  return images;
}
