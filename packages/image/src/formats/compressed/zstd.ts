import { KiB, MiB, SampanError } from "@sampan/core";
import type { BlockSource } from "../../block-source.ts";
import { viewOf } from "../../io/buffers.ts";
import { unzstdFrame } from "../unzstd.ts";
import {
  parseZstdBlock,
  parseZstdHeader,
  skippableFrameBytes,
  type ZstdFrameHeader,
  zstdHeaderLimitBytes,
  zstdMagic,
} from "../zstd-frame.ts";
import { unpackZstdUnit } from "../zstd-unit.ts";
import { PackedReader } from "./packed-reader.ts";
import { maximumUnits, UnitIndex } from "./unit-index.ts";

/** Frames are unpacked whole in memory, several at once. */
const frameLimitBytes = 8 * MiB;

/** Windows above zstd's own default limit must be asked for by name there, and are refused here. */
const maximumWindowBytes = 128 * MiB;

/** Frames without data in a row; they take eight bytes each and give nothing. */
const maximumSkips = 65_536;

/** Whether a file begins like a zstd file, also with a frame to be skipped. */
export function looksLikeZstd(head: Uint8Array): boolean {
  if (head.length < 8) return false;
  if (viewOf(head).getUint32(0, true) === zstdMagic) return true;
  const skipped = skippableFrameBytes(head);
  return (
    skipped !== undefined && skipped + 4 <= head.length && viewOf(head).getUint32(skipped, true) === zstdMagic
  );
}

/**
 * The index of a file in many frames, as pzstd, zstd's seekable format and `zstd -B` make it; `undefined` when some frame does not
 * say what it unpacks to, or unpacks to more than 8 MiB. Only headers of frames and blocks are read.
 */
export async function indexZstd(
  container: BlockSource,
  signal: AbortSignal | undefined,
): Promise<UnitIndex | undefined> {
  const index = new UnitIndex(unpackZstdUnit);
  const reader = new PackedReader(container, 4 * KiB, signal);
  for (;;) {
    const header = await nextFrame(reader);
    if (!header) return index;
    const at = reader.at;
    const { contentBytes, windowBytes, checksumBytes } = header;
    const small = contentBytes !== null && Math.max(contentBytes, windowBytes) <= frameLimitBytes;
    if (!small || index.count >= maximumUnits) return undefined;
    reader.skip(header.headerBytes);
    for (let last = false; !last; ) {
      const block = parseZstdBlock(await reader.peek(3), reader.at);
      last = block.last;
      reader.skip(block.storedBytes);
    }
    reader.skip(checksumBytes);
    // A sound frame is never much longer than what it holds.
    if (reader.at - at > 2 * frameLimitBytes) return undefined;
    index.add(at, reader.at - at, contentBytes);
  }
}

/** Unpacks a zstd file from its beginning to its end, frame by frame. */
export async function* unzstdAll(
  container: BlockSource,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const reader = new PackedReader(container, MiB, signal);
  for (;;) {
    const header = await nextFrame(reader);
    if (!header) return;
    const { at } = reader;
    let unpackedBytes = 0;
    for await (const piece of unzstdFrame(framePieces(reader, header), at)) {
      unpackedBytes += piece.length;
      yield piece;
    }
    const { contentBytes } = header;
    if (contentBytes === null || unpackedBytes === contentBytes) continue;
    throw new SampanError(
      "IMAGE_CORRUPT",
      `unpacking a zstd file: the frame at ${at} says it holds ${contentBytes} bytes and holds ${unpackedBytes}`,
      { details: { offset: at, contentBytes, unpackedBytes } },
    );
  }
}

/** Header, blocks and checksum of the frame at hand. */
async function* framePieces(reader: PackedReader, header: ZstdFrameHeader): AsyncGenerator<Uint8Array> {
  yield reader.take(header.headerBytes);
  for (let last = false; !last; ) {
    const block = parseZstdBlock(await reader.peek(3), reader.at);
    last = block.last;
    yield reader.take(block.storedBytes);
  }
  if (header.checksumBytes > 0) yield reader.take(header.checksumBytes);
}

/** Moves on to the next frame that holds data and gives its header; `undefined` at the end of the file. */
async function nextFrame(reader: PackedReader): Promise<ZstdFrameHeader | undefined> {
  for (let skips = 0; !reader.ended; skips++) {
    if (skips > maximumSkips) {
      throw new SampanError(
        "IMAGE_CORRUPT",
        `reading a zstd file with more than ${maximumSkips} empty frames before ${reader.at}`,
        { details: { offset: reader.at } },
      );
    }
    const head = await reader.peek(zstdHeaderLimitBytes);
    const skipped = skippableFrameBytes(head);
    if (skipped === undefined) return readable(parseZstdHeader(head, reader.at), reader.at);
    reader.skip(skipped);
  }
  return undefined;
}

function readable(header: ZstdFrameHeader, at: number): ZstdFrameHeader {
  const { windowBytes } = header;
  if (windowBytes <= maximumWindowBytes) return header;
  throw new SampanError(
    "IMAGE_FORMAT_UNSUPPORTED",
    `reading the zstd frame at ${at}, whose window has ${windowBytes} bytes`,
    {
      hint: "Pack it again without `--long` beyond 27, or unpack it yourself.",
      details: { offset: at, windowBytes, maximumWindowBytes },
    },
  );
}
