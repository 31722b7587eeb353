import * as zlib from "node:zlib";
import { KiB, MiB, SampanError } from "@sampan/core";
import { parseZstdBlock, parseZstdHeader } from "./zstd-frame.ts";

/** What every decoder of zstd must be able to keep (RFC 8878, section 3.1.1.1.2). */
const maximumWindowBytes = 8 * MiB;

type ZstdDecompress = (
  bytes: Uint8Array,
  options: { readonly maxOutputLength: number },
  done: (error: Error | null, unpacked: Uint8Array) => void,
) => void;
/** Node has zstd of its own from 22.15 on, on its thread pool; before that a decoder in JavaScript does the work, more slowly. */
const nodeDecompress = (zlib as { readonly zstdDecompress?: ZstdDecompress }).zstdDecompress;

/**
 * Unpacks a unit that is one zstd frame, with anything behind it.
 *
 * Never gives or allocates more than `maximumBytes` and a window of 8 MiB.
 *
 * @throws `IMAGE_CORRUPT` when the bytes are no such frame or hold too much.
 */
export async function unpackZstdUnit(
  packed: Uint8Array,
  maximumBytes: number,
  at: number,
): Promise<Uint8Array> {
  const frame = packed.subarray(0, zstdFrameBytes(packed, maximumBytes, at));
  try {
    return await (nodeDecompress
      ? byNode(nodeDecompress, frame, maximumBytes)
      : byScript(frame, maximumBytes));
  } catch (error) {
    throw damaged(at, (error as Error).message, error);
  }
}

function byNode(decompress: ZstdDecompress, frame: Uint8Array, maximumBytes: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    decompress(frame, { maxOutputLength: maximumBytes }, (error, unpacked) =>
      error ? reject(error) : resolve(unpacked),
    );
  });
}

async function byScript(frame: Uint8Array, maximumBytes: number): Promise<Uint8Array> {
  const { Decompress } = await import("fzstd");
  const into = new Uint8Array(maximumBytes);
  let length = 0;
  const decoder = new Decompress((piece) => {
    if (length + piece.length > maximumBytes) throw new Error("it holds more than a unit");
    into.set(piece, length);
    length += piece.length;
  });
  // In steps, so that a frame of many small blocks that unpack to much is stopped by the first too many.
  for (let from = 0; from < frame.length; from += 4 * KiB)
    decoder.push(frame.subarray(from, from + 4 * KiB), from + 4 * KiB >= frame.length);
  return into.subarray(0, length);
}

/** How long a frame is, by its header and blocks. Refuses what a decoder should not be given. */
function zstdFrameBytes(bytes: Uint8Array, maximumBytes: number, at: number): number {
  const header = parseZstdHeader(bytes, at);
  const { windowBytes, contentBytes } = header;
  if (contentBytes !== null && contentBytes > maximumBytes)
    throw damaged(at, `it holds ${contentBytes} bytes`);
  if (windowBytes > maximumWindowBytes) throw damaged(at, `its window has ${windowBytes} bytes`);
  let position = header.headerBytes;
  // Raw blocks and repeated bytes say how much they unpack to.
  let leastBytes = 0;
  for (let last = false; !last; ) {
    const block = parseZstdBlock(bytes.subarray(position, position + 3), at + position);
    last = block.last;
    leastBytes += block.unpackedBytes ?? 0;
    if (leastBytes > maximumBytes) throw damaged(at, `it holds at least ${leastBytes} bytes`);
    position += block.storedBytes;
  }
  position += header.checksumBytes;
  if (position > bytes.length) throw damaged(at, "it ends within its frame");
  return position;
}

function damaged(at: number, why: string, cause?: unknown): SampanError {
  return new SampanError("IMAGE_CORRUPT", `unpacking the zstd data at ${at}: ${why}`, {
    cause,
    details: { offset: at },
  });
}
