import { describe, expect, it } from "vitest";
import { blocksFor, readAnswerEnd } from "./reader-script.ts";

const MiB = 1024 * 1024;

describe("what is asked of the reader", () => {
  it("covers a range with whole blocks, as large as goes", () => {
    expect(blocksFor(0, 4 * MiB, 100 * MiB)).toEqual({ blockBytes: MiB, firstBlock: 0, blocks: 4 });
    expect(blocksFor(5, 6, 100 * MiB)).toEqual({ blockBytes: 4096, firstBlock: 0, blocks: 1 });
    expect(blocksFor(3 * MiB, 3 * MiB + 65_536, 100 * MiB)).toEqual({
      blockBytes: 65_536,
      firstBlock: 48,
      blocks: 1,
    });
    expect(blocksFor(MiB, 2 * MiB, 100 * MiB, true)).toEqual({
      blockBytes: 4096,
      firstBlock: 256,
      blocks: 256,
    });
  });

  it("never asks for more than an eighth besides, nor past the disk's last block", () => {
    for (let start = 0; start < 3 * MiB; start += 70_003) {
      for (const length of [1, 4096, 100_000, MiB + 4096, 4 * MiB]) {
        const size = 5 * MiB + 100;
        const end = Math.min(size, start + length);
        const { blockBytes, firstBlock, blocks } = blocksFor(start, end, size);
        expect(firstBlock * blockBytes).toBeLessThanOrEqual(start);
        expect((firstBlock + blocks) * blockBytes).toBeGreaterThanOrEqual(end);
        expect((firstBlock + blocks) * blockBytes).toBeLessThanOrEqual(Math.ceil(size / 4096) * 4096);
        expect(blocks * blockBytes - (end - start)).toBeLessThanOrEqual(Math.max(8192, (end - start) / 8));
      }
    }
  });
});

describe("the line after an answer", () => {
  it.each([
    ["m 4 0 4+0 records in 4+0 records out 4194304 bytes (4.2 MB) copied", 4, 0, ""],
    ["m 0 1 0+1 records in 0+1 records out", 0, 1, ""],
    [
      "m 3 0 dd: error reading '/dev/sdb': Input/output error 3+0 records in 3+0 records out",
      3,
      0,
      "dd: error reading '/dev/sdb': Input/output error",
    ],
    [
      "m 0 0 dd: can't open '/dev/x': No such file or directory",
      0,
      0,
      "dd: can't open '/dev/x': No such file or directory",
    ],
    ["m 0 0 ", 0, 0, ""],
    ["m 0 0", 0, 0, ""],
  ])("reads %j", (line, fullBlocks, partBlocks, complaint) => {
    expect(readAnswerEnd(line, "m")).toEqual({ fullBlocks, partBlocks, complaint });
  });

  it("takes nothing else for one", () => {
    for (const line of [
      "",
      "n 1 0 x",
      "m -1 0 x",
      "m 1 x",
      "m 99999999999 0 x",
      `m 1 0 ${"x".repeat(5000)}`,
    ]) {
      expect(readAnswerEnd(line, "m")).toBeUndefined();
    }
  });
});
