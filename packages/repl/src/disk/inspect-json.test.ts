import { execFileSync } from "node:child_process";
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mdSuperblock } from "@sampan/guest/testing";
import { openDiskImage } from "@sampan/image";
import { makeDifferencing } from "@sampan/image/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unpackDemoDisk } from "../demo/demo-disk.ts";
import { inspectImage } from "./inspect-report.ts";

/** Objects that are described as a whole: by the format, by the guest's facts, or as the same thing elsewhere. */
const wholes = new Set(["details", "guest", "parent", "layout.table.partitions[]"]);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sampan-inspect-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the page about inspect's JSON", () => {
  const page = readFileSync(new URL("../../docs/inspect-json.md", import.meta.url), "utf8");
  const described = new Set([...page.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1] as string));

  it("describes every field of real images, and no other", async () => {
    const seen = new Set<string>();
    for (const path of await images()) {
      const image = await openDiskImage(path, { missingParent: "zeros" });
      const report: unknown = JSON.parse(JSON.stringify(await inspectImage(image)));
      await image.source.close();
      for (const field of fieldsOf(report, "")) seen.add(field);
    }
    // Of an empty list only its name is seen.
    const known = (field: string) =>
      described.has(field) ||
      (field.endsWith("[]") && [...described].some((one) => one.startsWith(`${field}.`)));
    expect([...seen].filter((field) => !known(field))).toEqual([]);
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

/** The fields of a value as the page writes them: `a.b`, `list[].c`. */
function fieldsOf(value: unknown, at: string): readonly string[] {
  if (wholes.has(at) || value === null || typeof value !== "object") return [at];
  if (Array.isArray(value)) {
    const inside = value.flatMap((item: unknown) => fieldsOf(item, `${at}[]`));
    return inside.length > 0 ? inside : [`${at}[]`];
  }
  const fields = Object.entries(value).flatMap(([name, inner]) =>
    fieldsOf(inner, at === "" ? name : `${at}.${name}`),
  );
  // What may be null is described in a row of its own.
  return nullable.test(at) ? [at, ...fields] : fields;
}

const nullable = /^missingParent$|\.(partition|logicalVolume|mirror|fileSystem)$/;
