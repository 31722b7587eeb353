import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KiB } from "@sampan/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDiskImage } from "../open-disk-image.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-recognition-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A file of zeros but for one text. */
async function put(name: string, text: string, at: number, sizeBytes = 128 * KiB): Promise<string> {
  const bytes = Buffer.alloc(sizeBytes);
  bytes.write(text, at < 0 ? sizeBytes + at : at, "latin1");
  await writeFile(join(folder, name), bytes);
  return join(folder, name);
}

test.each([
  ["a GPT", "EFI PART", 512],
  ["an Apple partition map", "PM\0\0\0\0", 512],
  ["a BSD disk label", "WEV\x82", 512],
  ["HFS+", "H+\0\x04", 1024],
  ["APFS", "NXSB", 32],
  ["BitLocker", "-FVE-FS-", 3],
  ["ReFS", "ReFS\0\0\0\0", 3],
  ["F2FS", "\x10\x20\xf5\xf2", 1024],
  ["JFS", "JFS1", 32768],
  ["ReiserFS", "ReIsEr2Fs", 65588],
  ["LVM on the whole disk", "LABELONE", 512],
  ["an ISO 9660 disc", "CD001", 32769],
])("a file that begins with %s is a raw disk", async (_, text, at) => {
  const { source, info } = await openDiskImage(await put("disk.bin", text, at));
  await source.close();
  expect(info).toMatchObject({ format: "raw", virtualSizeBytes: 128 * KiB });
});

test.each([
  ["EWF", "EVF\x09\x0d\x0a\xff\0", 0],
  ["EWF 2", "EVF2\r\n\x81\0", 0],
  ["UDIF", "koly", -512],
  ["encrypted Apple DMG", "cdsaencr", -8],
  ["Bochs", "Bochs Virtual HD Image\0", 0],
  ["cloop", "#!/bin/sh\n#V2.0 Format\nmodprobe cloop", 0],
  ["bzip2", "BZh91AY", 0],
  ["LZ4", "\x04\x22\x4d\x18", 0],
  ["WIM", "MSWIM\0\0\0", 0],
])("%s is refused by name", async (name, text, at) => {
  const opening = openDiskImage(await put("foreign.bin", text, at));
  await expect(opening).rejects.toMatchObject({ code: "IMAGE_FORMAT_UNSUPPORTED" });
  await expect(opening).rejects.toThrow(name);
});

test("a file without any mark is not guessed to be a disk", async () => {
  await expect(openDiskImage(await put("notes.txt", "Remember the milk.", 0))).rejects.toMatchObject({
    code: "IMAGE_FORMAT_UNKNOWN",
  });
});
