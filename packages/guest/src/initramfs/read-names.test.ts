import { execFileSync } from "node:child_process";
import { gzipSync } from "node:zlib";
import { MiB } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { hasTools } from "../testing/tools.ts";
import { unpackLz4Block } from "../unpack/lz4.ts";
import { readInitramfsNames } from "./read-names.ts";
import { UnpackWork } from "./unpack.ts";

function cpio(files: Readonly<Record<string, number>>): Buffer {
  const parts: Buffer[] = [];
  for (const [name, size] of [...Object.entries(files), ["TRAILER!!!", 0] as const]) {
    const fields = [1, 0o100644, 0, 0, 1, 0, size, 0, 0, 0, 0, name.length + 1, 0];
    const head = Buffer.from(`070701${fields.map((n) => n.toString(16).padStart(8, "0")).join("")}${name}\0`);
    parts.push(head, Buffer.alloc(-head.length & 3), Buffer.alloc(size, 0x61), Buffer.alloc(-size & 3));
  }
  return Buffer.concat(parts);
}

/** Gives bytes in pieces of a size that cuts through headers. */
async function* pieces(bytes: Uint8Array, size = 97): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function namesIn(bytes: Uint8Array, size?: number): Promise<{ names: string[]; whole: boolean }> {
  const names: string[] = [];
  const whole = await readInitramfsNames(pieces(bytes, size), (name) => {
    names.push(name);
    return true;
  });
  return { names, whole };
}

const early = { "kernel/x86/microcode/AuthenticAMD.bin": 5001 };
const main = { init: 30, "lib/modules/6.1/kernel/drivers/block/virtio_blk.ko.xz": 70_001, "bin/sh": 3 };

describe("an initramfs", () => {
  it("is listed when it is a plain cpio archive", async () => {
    expect(await namesIn(cpio(main))).toEqual({ names: Object.keys(main), whole: true });
  });

  it("is listed through early microcode, padding and gzip", async () => {
    const bytes = Buffer.concat([cpio(early), Buffer.alloc(999), gzipSync(cpio(main))]);
    expect(await namesIn(bytes)).toEqual({
      names: [...Object.keys(early), ...Object.keys(main)],
      whole: true,
    });
  });

  it.skipIf(!hasTools("zstd"))("is listed through zstd, also with the long windows of Debian", async () => {
    for (const level of ["-1", "-19"]) {
      const packed = execFileSync("zstd", ["-q", level, "-c"], { input: cpio(main) });
      expect(await namesIn(packed, 5000)).toEqual({ names: Object.keys(main), whole: true });
    }
  });

  it.each([
    ["xz", ["--check=crc32", "--lzma2=dict=1MiB"]],
    ["xz", ["--format=lzma"]],
    ["lz4", ["-l", "-9"]],
    ["lzop", ["-9"]],
    ["lzop", ["-1", "-F"]],
  ])("is listed through %s %j, as mkinitramfs asks for it", async (tool, args) => {
    if (!hasTools(tool)) return;
    const packed = execFileSync(tool, [...args, "-c"], {
      input: cpio(main),
      stdio: ["pipe", "pipe", "ignore"],
    });
    const bytes = Buffer.concat([cpio(early), packed]);
    expect(await namesIn(bytes, 5000)).toEqual({
      names: [...Object.keys(early), ...Object.keys(main)],
      whole: true,
    });
    expect((await namesIn(bytes.subarray(0, -packed.length / 2))).whole).toBe(false);
  });

  it("ends early once the caller has seen enough", async () => {
    const names: string[] = [];
    const whole = await readInitramfsNames(pieces(gzipSync(cpio(main))), (name) => names.push(name) < 2);
    expect([names.length, whole]).toEqual([2, true]);
  });

  it("cannot be told when it is packed with bzip2, cut off or damaged", async () => {
    const packed = gzipSync(cpio(main));
    expect((await namesIn(Buffer.from("BZh91AY&SY"))).whole).toBe(false);
    expect((await namesIn(packed.subarray(0, packed.length / 2))).whole).toBe(false);
    expect((await namesIn(cpio(main).subarray(0, 500))).whole).toBe(false);
  });

  it("cannot be told when something packed holds something packed, for that could go on without end", async () => {
    expect(await namesIn(gzipSync(gzipSync(cpio(main))))).toEqual({ names: [], whole: false });
  });

  it("cannot be told when it unpacks to more than is left for one inspection", async () => {
    const work = new UnpackWork(10 * MiB);
    const packed = gzipSync(cpio({ zeros: 4 * MiB }));
    const read = () => readInitramfsNames(pieces(packed, 65_536), () => true, work);
    expect([await read(), await read(), await read()]).toEqual([true, true, false]);
  });

  it("is no reason to hide that the disk cannot be read", async () => {
    const failing = async function* () {
      yield gzipSync(cpio(main)).subarray(0, 50);
      throw new Error("the cable is out");
    };
    await expect(readInitramfsNames(failing(), () => true)).rejects.toThrow("the cable is out");
  });

  it("is refused when a zstd frame asks for a window of gigabytes", async () => {
    expect((await namesIn(Buffer.from("28b52ffd00f8010000000000000000000000", "hex"))).whole).toBe(false);
  });
});

describe("an lz4 block", () => {
  it("is unpacked with matches that overlap themselves", () => {
    // Literals "ab", then a match of 8 bytes at distance 2, then the literal "c".
    const block = Uint8Array.from([0x24, 0x61, 0x62, 2, 0, 0x10, 0x63]);
    const out = new Uint8Array(64);
    const length = unpackLz4Block(block, out);
    expect(new TextDecoder().decode(out.subarray(0, length))).toBe("ababababab" + "c");
  });

  it("is refused when a match reaches before its beginning", () => {
    expect(() => unpackLz4Block(Uint8Array.from([0x14, 0x61, 9, 0]), new Uint8Array(64))).toThrow(
      "out of place",
    );
  });
});
