import * as zlib from "node:zlib";
import { KiB, MiB, SampanError } from "@sampan/core";
import { viewOf } from "../io/buffers.ts";

/** What every decoder of zstd must be able to keep (RFC 8878, section 3.1.1.1.2). */
const maximumWindowBytes = 8 * MiB;
const maximumBlockBytes = 128 * KiB;

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

/** How long a frame is, by its header and blocks (RFC 8878, section 3.1.1). Refuses what a decoder should not be given. */
function zstdFrameBytes(bytes: Uint8Array, maximumBytes: number, at: number): number {
  const view = viewOf(bytes);
  const needed = (offset: number, length: number) => {
    if (offset + length > bytes.length) throw damaged(at, "it ends within its frame");
    return offset;
  };
  if (view.byteLength < 6 || view.getUint32(0, true) !== 0xfd2fb528)
    throw damaged(at, "it does not begin like zstd");
  const descriptor = view.getUint8(4);
  const single = (descriptor & 0x20) !== 0;
  const windowField = single ? 0 : 1;
  const idField = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const sizeField = [single ? 1 : 0, 2, 4, 8][descriptor >>> 6] ?? 0;
  const window = view.getUint8(5);
  const windowBytes = 2 ** (10 + (window >>> 3)) * (1 + (window & 7) / 8);
  if (!single && windowBytes > maximumWindowBytes) throw damaged(at, `its window has ${windowBytes} bytes`);
  let position = 5 + windowField + idField;
  needed(position, sizeField);
  const content = contentBytes(view, position, sizeField);
  if (content !== undefined && content > maximumBytes) throw damaged(at, `it holds ${content} bytes`);
  position += sizeField;
  let least = 0;
  for (let last = false; !last; ) {
    needed(position, 3);
    const header = view.getUint16(position, true) | (view.getUint8(position + 2) << 16);
    last = (header & 1) === 1;
    const type = (header >>> 1) & 3;
    const size = header >>> 3;
    if (type === 3 || (type !== 1 && size > maximumBlockBytes))
      throw damaged(at, "a block of it is malformed");
    // Raw blocks and repeated bytes say how much they unpack to.
    if (type !== 2) least += size;
    if (least > maximumBytes) throw damaged(at, `it holds at least ${least} bytes`);
    position += 3 + (type === 1 ? 1 : size);
    needed(position, 0);
  }
  const checksum = (descriptor & 4) !== 0 ? 4 : 0;
  return needed(position, checksum) + checksum;
}

function contentBytes(view: DataView, at: number, field: number): number | undefined {
  switch (field) {
    case 1:
      return view.getUint8(at);
    case 2:
      return view.getUint16(at, true) + 256;
    case 4:
      return view.getUint32(at, true);
    case 8:
      return Number(view.getBigUint64(at, true));
    default:
      return undefined;
  }
}

function damaged(at: number, why: string, cause?: unknown): SampanError {
  return new SampanError("IMAGE_CORRUPT", `unpacking the zstd data at ${at}: ${why}`, {
    cause,
    details: { offset: at },
  });
}
