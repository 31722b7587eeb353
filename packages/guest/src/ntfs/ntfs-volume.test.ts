import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isSampanError, KiB, MiB } from "@sampan/core";
import { memorySource } from "@sampan/image/testing";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { MountedFiles } from "../files/mounted-files.ts";
import { ReadBudget } from "../files/paged-reader.ts";
import type { PhonyTree } from "../testing/phony-disk.ts";
import { makeNtfs, type NtfsToMake, ntfsTools } from "../testing/phony-ntfs.ts";
import { hasTools, runTool } from "../testing/tools.ts";
import { unpackLznt1 } from "./lznt1.ts";
import { NtfsVolume } from "./ntfs-volume.ts";
import { parseReparsePoint } from "./reparse-point.ts";

const folder = mkdtempSync(join(tmpdir(), "sampan-ntfs-volume-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const image = join(folder, "ntfs.img");

const bytesOf = (length: number, step: number) =>
  Uint8Array.from({ length }, (_, i) => (i * step + (i >>> 8)) & 0xff);
const manyNames = Array.from({ length: 1200 }, (_, i) => `driver number ${i}.sys`);
const fewFiles: PhonyTree = {
  "/Windows/System32/config/SOFTWARE": bytesOf(700_001, 7),
  "/Windows/System32/drivers/viostor.sys": "resident",
  "/Windows/Größe Ω.txt": "folded",
  "/Windows/zero": "",
  "/Windows/empty": null,
  "/Windows/link": { link: "System32/config" },
  "/Windows/loop": { link: "loop" },
};
const tree: PhonyTree = {
  ...fewFiles,
  ...Object.fromEntries(manyNames.map((name) => [`/Many/${name}`, name])),
};

function made(content: PhonyTree, options: NtfsToMake = {}): Buffer {
  makeNtfs(image, content, options);
  return readFileSync(image);
}

async function open(bytes: Uint8Array): Promise<{ volume: NtfsVolume; files: MountedFiles }> {
  const volume = await NtfsVolume.open(memorySource(bytes), new ReadBudget(64 * MiB));
  return { volume, files: new MountedFiles(volume) };
}

const sha = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

describe.skipIf(!hasTools(...ntfsTools, "ntfscp", "ntfsinfo"))(
  "files of NTFS (needs ntfs-3g and wimtools)",
  () => {
    it.each([
      ["by default", []],
      ["in clusters of 512 bytes", ["-c", "512"]],
      ["in clusters of 64 KiB", ["-c", "65536"]],
      ["in sectors of 4,096 bytes", ["-s", "4096"]],
    ])("a volume formatted %s gives back what was put in", async (_, mkntfs) => {
      const { volume, files } = await open(made(tree, { mkntfs }));
      expect(volume.clean).toBe(true);
      expect(await files.list("/")).toEqual(["Many", "Windows"]);
      expect(await files.list("/windows")).toEqual(
        ["Größe Ω.txt", "System32", "empty", "link", "loop", "zero"].sort(),
      );
      const software = tree["/Windows/System32/config/SOFTWARE"] as Uint8Array;
      expect(sha((await files.read("/WINDOWS/system32/Config/software")) as Uint8Array)).toBe(sha(software));
      expect(await files.read("/Windows/link/SOFTWARE", 1000)).toEqual(software.subarray(0, 1000));
      expect(await files.readText("/Windows/System32/drivers/VIOSTOR.SYS")).toBe("resident");
      expect(await files.readText("/windows/GRÖßE ω.TXT")).toBe("folded");
      expect(await files.readText("/Windows/zero")).toBe("");
      expect(await files.list("/Windows/empty")).toEqual([]);
      expect(await files.readLink("/Windows/link")).toBe("System32/config");
      expect(await files.stat("/Windows/loop")).toBeUndefined();
      expect(await files.stat("/Windows/no such file")).toBeUndefined();
      expect(await files.stat("/$MFT")).toBeUndefined();
      expect(await files.list("/Many")).toEqual([...manyNames].sort());
      for (let i = 0; i < manyNames.length; i += 31) {
        expect(await files.readText(`/many/${manyNames[i]?.toUpperCase()}`)).toBe(manyNames[i]);
      }
      for (const absent of ["a", "driver number 5", "driver number 77.sys ", "zzz"]) {
        expect(await files.stat(`/many/${absent}`)).toBeUndefined();
      }
    });

    it("compressed files are unpacked, and lists of attributes followed", async () => {
      made({}, { mkntfs: ["-C"], sizeBytes: 64 * MiB });
      // Words that repeat with noise between them, zeros, and noise: every way in which a unit can be stored.
      const contents: Record<string, Uint8Array> = {
        words: Buffer.from(
          Array.from(
            { length: 2_000_000 },
            (_, i) => `${(i * 7919) % 1013} ${i % 17 === 0 ? "drivers" : "d"} `,
          ).join(""),
        ),
        zeros: new Uint8Array(3 * MiB + 5),
        mixed: Uint8Array.from({ length: MiB + 77 }, (_, i) =>
          (i >>> 16) % 3 === 0 ? (Math.imul(i, 2654435761) >>> 13) & 255 : (i >>> 16) % 3 === 1 ? 0 : i & 15,
        ),
      };
      for (const [name, content] of Object.entries(contents)) {
        writeFileSync(join(folder, name), content);
        runTool("ntfscp", ["-f", image, join(folder, name), name]);
      }
      expect(runTool("ntfsinfo", ["-fv", "-F", "words", image])).toMatch(/\$ATTRIBUTE_LIST[\s\S]*COMPRESSED/);
      const { volume, files } = await open(readFileSync(image));
      for (const [name, content] of Object.entries(contents)) {
        expect(sha((await files.read(`/${name}`, 32 * MiB)) as Uint8Array)).toBe(sha(content));
        const place = await files.find(`/${name}`);
        for (const offset of [0, 65_530, 131_072, 1_000_000, content.length - 3, content.length + 9]) {
          const part = await volume.readAt(place?.node as never, offset, 100_000);
          expect(sha(part)).toBe(sha(content.subarray(offset, offset + 100_000)));
        }
      }
    });

    it("a volume marked as dirty, or with a log of unknown state, is not clean but is read", async () => {
      const bytes = made({ "/a": "a" });
      const dirty = Buffer.from(bytes);
      const cluster = dirty.readUInt16LE(11) * dirty.readUInt8(13);
      const record = Number(dirty.readBigUInt64LE(48)) * cluster + 3 * 1024;
      const at = dirty.indexOf(Buffer.from([0x70, 0, 0, 0, 0x28]), record);
      dirty[at + dirty.readUInt16LE(at + 20) + 10] = 1;
      const opened = await open(dirty);
      expect(opened.volume.clean).toBe(false);
      expect(await opened.files.readText("/a")).toBe("a");
    });

    it("a broken table of upper-case letters leaves names found as JavaScript folds them", async () => {
      const bytes = made({ "/Straße Ö": "a" });
      const cluster = bytes.readUInt16LE(11) * bytes.readUInt8(13);
      bytes.fill(
        0,
        Number(bytes.readBigUInt64LE(48)) * cluster + 10 * 1024,
        Number(bytes.readBigUInt64LE(48)) * cluster + 11 * 1024,
      );
      expect(await (await open(bytes)).files.readText("/STRASSE ö".replace("SS", "ß"))).toBe("a");
    });

    it("runs outside the volume are refused", async () => {
      const bytes = made({ "/large": bytesOf(200_000, 3) });
      const name = Buffer.from("large", "utf16le");
      const cluster = bytes.readUInt16LE(11) * bytes.readUInt8(13);
      const table = Number(bytes.readBigUInt64LE(48)) * cluster;
      const record = Math.floor((bytes.indexOf(name, table + 24 * 1024) - table) / 1024) * 1024 + table;
      let data = record + bytes.readUInt16LE(record + 20);
      while (bytes.readUInt32LE(data) !== 0x80) data += bytes.readUInt32LE(data + 4);
      const runs = data + bytes.readUInt16LE(data + 32);
      const lengthBytes = bytes.readUInt8(runs) & 15;
      bytes.fill(0x7f, runs + 1 + lengthBytes, runs + 1 + lengthBytes + (bytes.readUInt8(runs) >>> 4));
      const { files } = await open(bytes);
      await expect(files.read("/large")).rejects.toMatchObject({ code: "GUEST_FS_CORRUPT" });
    });

    it("changed bytes give a value or a SampanError", async () => {
      const bytes = made(
        { ...fewFiles, "/Compact/a": "x".repeat(5000) },
        { sizeBytes: 4 * MiB, mkntfs: ["-c", "4096"] },
      );
      const table = Number(bytes.readBigUInt64LE(48)) * 4096;
      const places = fc.oneof(fc.nat(512), fc.integer({ min: table, max: table + 80 * KiB }));
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(places, fc.nat(255)), { minLength: 1, maxLength: 20 }),
          async (changes) => {
            const damaged = Buffer.from(bytes);
            for (const [at, value] of changes) damaged[at] = value;
            try {
              const { files } = await open(damaged);
              const walk = async (path: string, depth: number): Promise<void> => {
                for (const name of (await files.list(path)).slice(0, 50)) {
                  await files.read(`${path}/${name}`);
                  if (depth < 4) await walk(`${path}/${name}`, depth + 1);
                }
              };
              await walk("", 0);
            } catch (error) {
              expect(isSampanError(error)).toBe(true);
            }
          },
        ),
        { numRuns: 60 },
      );
    });
  },
);

describe("LZNT1", () => {
  it("unpacks the example of Microsoft's specification", () => {
    const packed = Buffer.from(
      "38b08846232000204720410010a24701a045204400084501507900c045200524138805b4024a44ef0358028c091601484500be009e000401189000",
      "hex",
    );
    const plain = Buffer.from(unpackLznt1(packed, 142)).toString("latin1");
    expect(
      plain.startsWith(
        "F# F# G A A G F# E D D E F# F# E E F# F# G A A G F# E D D E F# E D D E E F# D E F# G F# D",
      ),
    ).toBe(true);
  });

  it("gives bytes or a SampanError whatever is packed", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (packed) => {
        try {
          expect(unpackLznt1(packed, 65536)).toHaveLength(65536);
        } catch (error) {
          expect(isSampanError(error)).toBe(true);
        }
      }),
    );
  });
});

describe("reparse points", () => {
  const wide = (text: string) => Buffer.from(text, "utf16le");
  const point = (tag: number, target: string, head: number) => {
    const bytes = Buffer.alloc(head + target.length * 2);
    bytes.writeUInt32LE(tag, 0);
    bytes.writeUInt16LE(target.length * 2, 10);
    wide(target).copy(bytes, head);
    return bytes;
  };

  it("junctions and links on a drive are paths of this volume, those to other volumes lead nowhere", () => {
    expect(parseReparsePoint(point(0xa0000003, "\\??\\C:\\Users\\All Users", 16))).toEqual({
      kind: "link",
      target: "/Users/All Users",
    });
    expect(parseReparsePoint(point(0xa000000c, "..\\System32", 20))).toEqual({
      kind: "link",
      target: "../System32",
    });
    const other = parseReparsePoint(point(0xa0000003, "\\??\\Volume{0123}\\", 16));
    expect(other).toMatchObject({ target: "/??/Volume{0123}/" });
  });

  it("content that is packed by Windows' overlay filter is named", () => {
    expect(parseReparsePoint(point(0x80000017, "", 24))).toMatchObject({
      kind: "elsewhere",
      what: expect.stringContaining("compact.exe"),
    });
    expect(parseReparsePoint(point(0x9000001a, "", 24))).toMatchObject({
      what: expect.stringContaining("0x9000001a"),
    });
  });
});
