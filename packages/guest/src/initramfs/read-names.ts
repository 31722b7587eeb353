import { ByteStream } from "../unpack/byte-stream.ts";
import { hasText, u8 } from "../volumes/fields.ts";
import { UnpackWork, unpackWith } from "./unpack.ts";

/*
 * An initramfs is one or more cpio archives (format "newc") behind each other, each packed or not; the first is often a
 * small unpacked one with processor microcode. Linux, Documentation/driver-api/early-userspace/buffer-format.rst.
 */

const maxNameBytes = 4096;
/** Some ten times as many as the largest has. */
const maxNames = 100_000;
const maxArchives = 1000;
/** Padding is skipped in pieces of this many bytes. */
const paddingBytes = 4096;

/**
 * Calls `onName` with the path of every file in an initramfs until that returns false.
 *
 * Returns true when the end was reached or `onName` had enough; false when a part is packed in a way that is not read, is
 * damaged, or asks for more than is left of `work`: then names may be missing. Throws what `pieces` throws.
 */
export async function readInitramfsNames(
  pieces: AsyncIterable<Uint8Array>,
  onName: (name: string) => boolean,
  work = new UnpackWork(),
): Promise<boolean> {
  let failure: { readonly error: unknown } | undefined;
  const watched = async function* () {
    try {
      yield* pieces;
    } catch (error) {
      failure = { error };
      throw error;
    }
  };
  let names = 0;
  const onCounted = (name: string) => {
    if (++names > maxNames) throw new Error("more files than any initramfs has");
    return onName(name);
  };
  const stream = new ByteStream(watched());
  try {
    const end = await readArchives(stream, onCounted);
    if (end !== "next") return end === "enough";
    const unpacked = unpackWith(work, await stream.peek(6), stream);
    if (unpacked === undefined) return (await stream.peek(1)).length === 0;
    const inner = new ByteStream(unpacked);
    try {
      // What is packed comes last, and nothing in it is packed again.
      const innerEnd = await readArchives(inner, onCounted);
      return innerEnd === "enough" || (innerEnd === "next" && (await inner.peek(1)).length === 0);
    } finally {
      await inner.close();
    }
  } catch {
    if (failure) throw failure.error;
    // Damaged packed data: whatever was to follow cannot be told.
    return false;
  } finally {
    await stream.close();
  }
}

/** Reads archives that are not packed; `next` when something else follows, or nothing. */
async function readArchives(
  stream: ByteStream,
  onName: (name: string) => boolean,
): Promise<"next" | "enough" | "broken"> {
  for (let archives = 0; archives < maxArchives; archives++) {
    if (!(await skipZeros(stream)) || !hasText(await stream.peek(6), 0, "07070")) return "next";
    const end = await readArchive(stream, onName);
    if (end !== "next") return end;
  }
  return "broken";
}

/** Skips the padding between archives; false at the end. */
async function skipZeros(stream: ByteStream): Promise<boolean> {
  for (;;) {
    const next = await stream.peek(paddingBytes);
    if (next.length === 0) return false;
    let zeros = 0;
    while (next[zeros] === 0) zeros++;
    await stream.skip(zeros);
    if (zeros < next.length) return true;
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
