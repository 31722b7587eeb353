import { execFileSync } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { isSampanError } from "@sampan/core";
import { afterAll, describe, expect, test } from "vitest";
import { AllocationMap } from "../allocation-map.ts";
import type { OpenImageOptions } from "../disk-image.ts";
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
      .filter(({ file }) => existsSync(join(folder, file)) || existsSync(join(folder, `${file}.xz`)))
  : [];

/** Rows whose digest is of what the image holds itself: its parent is not there. */
const orphans = /fat-differential\.vhd$/;
const hasXz = (() => {
  try {
    execFileSync("xz", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

describe.skipIf(rows.length === 0)("images of other products (needs the corpora)", () => {
  if (rows.length === 0) test.skip("hold the disks their manifest names");
  const scratch = mkdtempSync(join(tmpdir(), "sampan-corpora-"));
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  /** The image where it lies, or unpacked; large ones are packed. */
  const pathOf = (file: string): string => {
    const path = join(folder, file);
    if (existsSync(path)) return path;
    const unpacked = join(scratch, basename(file));
    const out = openSync(unpacked, "w");
    try {
      execFileSync("xz", ["-dc", `${path}.xz`], { stdio: ["ignore", out, "pipe"] });
    } finally {
      closeSync(out);
    }
    return unpacked;
  };

  for (const { file, format, virtual, expected } of rows) {
    const orphan = orphans.test(file);
    const unpackable = hasXz || existsSync(join(folder, file));
    if (orphan) {
      test(`${file} is refused without its parent`, async () => {
        await expect(openDiskImage(pathOf(file))).rejects.toMatchObject({ code: "IMAGE_PART_MISSING" });
      });
    }
    if (expected === "refuse" || expected === "either") {
      test.skipIf(!unpackable)(
        `${file} ends in a value or a SampanError`,
        async () => {
          const outcome = await openAndDigest(pathOf(file)).catch((error: unknown) => error);
          if (expected === "refuse" || typeof outcome !== "string") expect(isSampanError(outcome)).toBe(true);
        },
        10_000,
      );
      continue;
    }
    test.skipIf(!unpackable)(
      `${file} holds the disk the manifest names`,
      async () => {
        const options: OpenImageOptions = orphan ? { missingParent: "zeros" } : {};
        const path = pathOf(file);
        const image = await openDiskImage(path, options);
        expect(image.info).toMatchObject({ format, virtualSizeBytes: Number(virtual) });
        const map = await AllocationMap.read(image.source);
        expect(map.sizeBytes).toBe(Number(virtual));
        if (expected !== "large") expect(await sourceDigest(image.source)).toBe(expected);
        await image.source.close();
        if (path.startsWith(scratch)) rmSync(path);
      },
      180_000,
    );
  }
});

async function openAndDigest(path: string): Promise<string> {
  const { source } = await openDiskImage(path);
  return sourceDigest(source).finally(() => source.close());
}
