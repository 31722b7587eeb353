import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inspectDisk } from "./inspect.ts";
import { DiskRefused, type ObjectReader } from "./reader.ts";

function readerOf(bytes: Buffer): ObjectReader {
  return {
    sizeBytes: bytes.length,
    read: async (offset, length) => {
      if (offset < 0 || offset + length > bytes.length) throw new Error(`read outside: ${offset}+${length}`);
      return bytes.subarray(offset, offset + length);
    },
  };
}

function withSum(bytes: Buffer, at: number): Buffer {
  bytes.writeUInt32BE(0, at);
  let sum = 0;
  for (const byte of bytes) sum += byte;
  bytes.writeUInt32BE(~sum >>> 0, at);
  return bytes;
}

function footer(type: number, sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(512);
  bytes.write("conectix");
  bytes.writeUInt32BE(0x00010000, 12);
  bytes.writeBigUInt64BE(512n, 16);
  bytes.writeBigUInt64BE(BigInt(sizeBytes), 48);
  bytes.writeUInt32BE(type, 60);
  return withSum(bytes, 64);
}

function dynamicVhd(table: readonly number[]): Buffer {
  const blockBytes = 512 * 1024;
  const header = Buffer.alloc(1024);
  header.write("cxsparse");
  header.writeBigUInt64BE(1536n, 16);
  header.writeUInt32BE(table.length, 28);
  header.writeUInt32BE(blockBytes, 32);
  withSum(header, 36);
  const bat = Buffer.alloc(512, 0xff);
  for (const [index, sector] of table.entries()) bat.writeUInt32BE(sector, index * 4);
  const tail = footer(3, table.length * blockBytes);
  return Buffer.concat([tail, header, bat, Buffer.alloc(2 * (512 + blockBytes)), tail]);
}

function qcow2(sizeBytes = 1024 ** 3): Buffer {
  const bytes = Buffer.alloc(65_536 * 2);
  bytes.writeUInt32BE(0x514649fb, 0);
  bytes.writeUInt32BE(3, 4);
  bytes.writeUInt32BE(16, 20);
  bytes.writeBigUInt64BE(BigInt(sizeBytes), 24);
  bytes.writeUInt32BE(Math.ceil(sizeBytes / 2 ** 29), 36);
  bytes.writeBigUInt64BE(65_536n, 40);
  return bytes;
}

describe("inspecting a disk to be imported", () => {
  it("tells the formats apart when none is declared", async () => {
    const formats = [footerOnly(), qcow2(), Buffer.alloc(4096)].map((bytes) =>
      inspectDisk(readerOf(bytes), undefined),
    );
    expect((await Promise.all(formats)).map((disk) => disk.format)).toEqual(["VHD", "QCOW2", "RAW"]);
  });

  it("refuses a raw disk that is another format or no whole sectors", async () => {
    for (const bytes of [qcow2(), footerOnly(), Buffer.alloc(1000)]) {
      await expect(inspectDisk(readerOf(bytes), "RAW")).rejects.toMatchObject({
        code: "InvalidImageFormat.Malformed",
      });
    }
  });

  it("finds blocks of a dynamic VHD that lie outside the file or overlap", async () => {
    const late = async (table: number[]) =>
      (await inspectDisk(readerOf(dynamicVhd(table)), "VHD")).lateProblem;
    expect(await late([4, 0xffffffff, 4 + 1025])).toBeNull();
    expect(await late([4, 5])).toContain("overlap");
    expect(await late([0])).toContain("block 0");
    expect(await late([0xffffffff, 4 + 1026])).toContain("block 1");
  });

  it.each([
    ["a backing file", 8, 1],
    ["a later version", 4, 9],
    ["encryption", 32, 1],
    ["giant clusters", 20, 63],
    ["a table past its end", 36, 0xffffff],
    ["a table too small", 36, 1],
  ])("refuses a QCOW2 image with %s", async (_title, at, value) => {
    const bytes = qcow2();
    bytes.writeUInt32BE(value, at);
    await expect(inspectDisk(readerOf(bytes), "QCOW2")).rejects.toBeInstanceOf(DiskRefused);
  });

  it("answers or refuses any damaged header, and never reads outside the object", async () => {
    const originals = [dynamicVhd([4, 4 + 1025]), footerOnly(), qcow2()];
    const damage = fc.record({
      which: fc.nat(2),
      edits: fc.array(fc.tuple(fc.nat(2048), fc.nat(255)), { minLength: 1, maxLength: 8 }),
      fromEnd: fc.boolean(),
      mended: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ which, edits, fromEnd, mended }) => {
        const bytes = Buffer.from(originals[which] ?? Buffer.alloc(0));
        for (const [at, value] of edits)
          bytes[fromEnd ? bytes.length - 1 - (at % 512) : at % bytes.length] = value;
        // With the sums mended, the damage reaches the checks behind them.
        if (mended && which < 2) {
          withSum(bytes.subarray(bytes.length - 512), 64);
          if (which === 0) withSum(bytes.subarray(512, 1536), 36);
        }
        try {
          const disk = await inspectDisk(readerOf(bytes), undefined);
          expect(disk.virtualSizeBytes).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(DiskRefused);
        }
      }),
      { numRuns: 400 },
    );
  });
});

function footerOnly(): Buffer {
  return Buffer.concat([Buffer.alloc(8192, 1), footer(2, 8192)]);
}
