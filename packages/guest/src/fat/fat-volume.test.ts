import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isSampanError, MiB } from "@sampan/core";
import { memorySource } from "@sampan/image/testing";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { MountedFiles } from "../files/mounted-files.ts";
import { ReadBudget } from "../files/paged-reader.ts";
import { hasTools, runTool } from "../testing/tools.ts";
import { FatVolume } from "./fat-volume.ts";

const folder = mkdtempSync(join(tmpdir(), "sampan-fat-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const large = Buffer.from(Array.from({ length: 700_000 }, (_, i) => (i * i) % 251));
const manyNames = Array.from({ length: 60 }, (_, i) => `A rather long file name, number ${i}.txt`);

/** A FAT volume as mkfs.fat makes it, with files put in by mtools. */
function makeFat(bits: 12 | 16 | 32): Buffer {
  const path = join(folder, `fat${bits}`);
  writeFileSync(path, "");
  truncateSync(path, (bits === 12 ? 4 : bits === 16 ? 20 : 40) * MiB);
  runTool("mkfs.fat", ["-F", String(bits), ...(bits === 32 ? ["-s", "1"] : []), path]);
  const put = (content: string | Buffer, target: string) => {
    writeFileSync(join(folder, "content"), content);
    runTool("mcopy", ["-o", "-i", path, join(folder, "content"), `::${target}`]);
  };
  runTool("mmd", ["-i", path, "::EFI", "::EFI/Microsoft", "::EFI/Microsoft/Boot", "::Many"]);
  put(large, "EFI/Microsoft/Boot/BCD");
  put("gone", "GONE.TXT");
  put("", "empty.txt");
  runTool("mdel", ["-i", path, "::GONE.TXT"]);
  put("longer", "A longer name.txt");
  const sources = manyNames.map((name) => join(folder, name));
  for (const [i, source] of sources.entries()) writeFileSync(source, manyNames[i] as string);
  runTool("mcopy", ["-o", "-i", path, ...sources, "::Many"]);
  return readFileSync(path);
}

async function open(bytes: Uint8Array): Promise<{ volume: FatVolume; files: MountedFiles }> {
  const volume = await FatVolume.open(memorySource(bytes), new ReadBudget(32 * MiB));
  return { volume, files: new MountedFiles(volume) };
}

describe.skipIf(!hasTools("mkfs.fat", "mcopy"))("files of FAT (needs dosfstools and mtools)", () => {
  it.each([12, 16, 32] as const)("FAT%i gives back the files mtools put in", async (bits) => {
    const { volume, files } = await open(makeFat(bits));
    expect(volume.clean).toBe(true);
    expect(await files.list("/")).toEqual(["A longer name.txt", "EFI", "Many", "empty.txt"]);
    expect(await files.read("/efi/MICROSOFT/boot/bcd")).toEqual(new Uint8Array(large));
    expect(await files.read("/EFI/Microsoft/Boot/BCD", 300_001)).toHaveLength(300_001);
    expect(await files.readText("/a LONGER name.TXT")).toBe("longer");
    expect(await files.readText("/empty.txt")).toBe("");
    expect(await files.list("/Many")).toEqual([...manyNames].sort());
    expect(await files.readText("/Many/ARATHE~1.TXT")).toBe(manyNames[0]);
    expect(await files.stat("/gone.txt")).toBeUndefined();
    expect(await files.stat("/EFI/Microsoft/Boot")).toMatchObject({ kind: "directory" });
  });

  it("a volume that is marked as in use is not clean", async () => {
    const bytes = makeFat(16);
    bytes[37] = 1;
    expect((await open(bytes)).volume.clean).toBe(false);
  });

  it("a chain that leads back to itself, or out of the volume, ends", async () => {
    const bytes = makeFat(16);
    const fat = bytes.readUInt16LE(14) * 512;
    const { files } = await open(bytes);
    await files.stat("/EFI");
    for (let at = 4; at < 2048; at += 2) bytes.writeUInt16LE(2, fat + at);
    expect(await (await open(bytes)).files.read("/EFI/Microsoft/Boot/BCD")).toHaveLength(large.length);
    for (let at = 4; at < 2048; at += 2) bytes.writeUInt16LE(0xfff0, fat + at);
    await expect((await open(bytes)).files.read("/EFI/Microsoft/Boot/BCD")).rejects.toMatchObject({
      code: "GUEST_FS_CORRUPT",
    });
  });

  it("changed bytes give a value or a SampanError", async () => {
    const bytes = makeFat(12);
    const interesting = 256 * 1024;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(interesting), fc.nat(255)), { minLength: 1, maxLength: 12 }),
        async (changes) => {
          const damaged = Buffer.from(bytes);
          for (const [at, value] of changes) damaged[at] = value;
          try {
            const { files } = await open(damaged);
            for (const name of await files.list("/")) await files.read(`/${name}`);
            await files.read("/EFI/Microsoft/Boot/BCD");
            await files.list("/Many");
          } catch (error) {
            expect(isSampanError(error)).toBe(true);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
