import { hasText, u8 } from "../volumes/fields.ts";
import { ByteStream } from "./byte-stream.ts";
import { unpackerFor } from "./unpack.ts";

/*
 * An initramfs is one or more cpio archives (format "newc") behind each other, each packed or not; the first is often a
 * small unpacked one with processor microcode. Linux, Documentation/driver-api/early-userspace/buffer-format.rst.
 */

/** No initramfs unpacks to more than this. */
const maxUnpackedBytes = 1024 * 1024 * 1024;
const maxNameBytes = 4096;

/**
 * Calls `onName` with the path of every file in an initramfs until that returns false.
 *
 * Returns true when the end was reached or `onName` had enough, false when a part is packed in a way that is not read
 * (xz, bzip2, lzma, lzo) or is damaged: then names may be missing.
 */
export async function readInitramfsNames(
  pieces: AsyncIterable<Uint8Array>,
  onName: (name: string) => boolean,
): Promise<boolean> {
  const stream = new ByteStream(pieces);
  try {
    for (;;) {
      if (!(await skipZeros(stream))) return true;
      const start = await stream.peek(6);
      if (hasText(start, 0, "07070")) {
        const end = await readArchive(stream, onName);
        if (end !== "next") return end === "enough";
        continue;
      }
      const unpack = unpackerFor(start);
      if (unpack === undefined) return false;
      // What is packed comes last.
      return await readInitramfsNames(bounded(unpack(stream)), onName);
    }
  } catch {
    // Damaged packed data: whatever was to follow cannot be told.
    return false;
  } finally {
    await stream.close();
  }
}

async function* bounded(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const piece of pieces) {
    total += piece.length;
    if (total > maxUnpackedBytes) throw new Error("unpacks to more than any initramfs");
    yield piece;
  }
}

/** Skips the padding between archives; false at the end. */
async function skipZeros(stream: ByteStream): Promise<boolean> {
  for (;;) {
    const next = await stream.peek(4);
    if (next.length === 0) return false;
    const used = next.findIndex((byte) => byte !== 0);
    if (used >= 0) {
      await stream.skip(used);
      return true;
    }
    await stream.skip(next.length);
  }
}

async function readArchive(
  stream: ByteStream,
  onName: (name: string) => boolean,
): Promise<"next" | "enough" | "broken"> {
  for (;;) {
    const header = await stream.take(110);
    if (
      header === undefined ||
      !hasText(header, 0, "07070") ||
      (u8(header, 5) !== 0x31 && u8(header, 5) !== 0x32)
    ) {
      return "broken";
    }
    const field = (index: number) =>
      Number.parseInt(new TextDecoder().decode(header.subarray(6 + index * 8, 14 + index * 8)), 16);
    const sizeBytes = field(6);
    const nameBytes = field(11);
    if (!Number.isSafeInteger(sizeBytes) || !(nameBytes > 0 && nameBytes <= maxNameBytes)) return "broken";
    // Header and name together, and the content, are padded to four bytes.
    const named = await stream.take(pad(110 + nameBytes) - 110);
    if (named === undefined) return "broken";
    const name = new TextDecoder().decode(named.subarray(0, nameBytes - 1));
    if (name === "TRAILER!!!") return "next";
    if (!onName(name)) return "enough";
    if (!(await stream.skip(pad(sizeBytes)))) return "broken";
  }
}

function pad(length: number): number {
  return Math.ceil(length / 4) * 4;
}
