import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { isSampanError } from "@sampan/core";
import { describe, expect, test } from "vitest";
import { AllocationMap } from "../allocation-map.ts";
import { openDiskImage } from "../open-disk-image.ts";
import { sourceDigest } from "../source-digest.ts";

// Images made by other products; not part of the repository. Absent, the suite is skipped by name.
const folder = process.env.SAMPAN_CORPORA ?? resolve(import.meta.dirname, "../../../../../shared/corpora");
const manifest = join(folder, "MANIFEST.tsv");
const rows = existsSync(manifest)
  ? readFileSync(manifest, "utf8")
      .split("\n")
      .slice(1)
      .filter((line) => line !== "")
      .map((line) => {
        const [file = "", format = "", virtual = "", expected = ""] = line.split("\t");
        return { file, format, virtual, expected };
      })
      // Packed files are tried by the end-to-end tests, which may unpack them.
      .filter(({ file }) => existsSync(join(folder, file)))
  : [];

/** Rows whose format is read but whose variant is not, yet. */
const unsupportedVariants = /fat-differential\.vhd$|_l2-on\.qcow2$/;
const readFormats = new Set(["vhd", "vmdk", "qcow2", "raw"]);

describe.skipIf(rows.length === 0)("images of other products (needs the corpora)", () => {
  if (rows.length === 0) test.skip("hold the disks their manifest names");
  for (const { file, format, virtual, expected } of rows) {
    const path = join(folder, file);
    if (!readFormats.has(format) || unsupportedVariants.test(file)) {
      test(`${file} is refused by name`, async () => {
        await expect(openDiskImage(path)).rejects.toSatisfy(isSampanError);
      });
    } else if (expected === "refuse" || expected === "either") {
      test(`${file} ends in a value or a SampanError`, async () => {
        const outcome = await openAndDigest(path).catch((error: unknown) => error);
        if (expected === "refuse" || typeof outcome !== "string") expect(isSampanError(outcome)).toBe(true);
      }, 10_000);
    } else {
      test(`${file} holds the disk the manifest names`, async () => {
        const image = await openDiskImage(path);
        expect(image.info).toMatchObject({ format, virtualSizeBytes: Number(virtual) });
        const map = await AllocationMap.read(image.source);
        expect(map.sizeBytes).toBe(Number(virtual));
        if (expected !== "large") expect(await sourceDigest(image.source)).toBe(expected);
        await image.source.close();
      }, 30_000);
    }
  }
});

async function openAndDigest(path: string): Promise<string> {
  const { source } = await openDiskImage(path);
  return sourceDigest(source).finally(() => source.close());
}
