import { KiB, SampanError } from "@sampan/core";
import { viewOf } from "../io/buffers.ts";

/*
 * Frames of Zstandard (RFC 8878), taken apart as far as bounds need it: where a frame and its blocks end, how large its window
 * is, what it claims to unpack to.
 */

/** What the header of a frame says. */
export interface ZstdFrameHeader {
  readonly headerBytes: number;
  /** What a decoder must be able to keep. */
  readonly windowBytes: number;
  /** What the frame unpacks to; `null` when it does not say. */
  readonly contentBytes: number | null;
  /** Bytes of checksum behind the last block. */
  readonly checksumBytes: number;
}

/** One block of a frame. */
export interface ZstdBlock {
  /** What it takes, its own header included. */
  readonly storedBytes: number;
  /** What it unpacks to; `null` for a compressed one, which does not say. */
  readonly unpackedBytes: number | null;
  readonly last: boolean;
}

/** Enough bytes for any frame header. */
export const zstdHeaderLimitBytes = 18;
export const zstdMagic = 0xfd2fb528;
const maximumBlockBytes = 128 * KiB;

/** Length of a skippable frame, header included; `undefined` for any other. Needs 8 bytes. */
export function skippableFrameBytes(bytes: Uint8Array): number | undefined {
  const view = viewOf(bytes);
  const magic = bytes.length < 8 ? 0 : view.getUint32(0, true);
  return magic >= 0x184d2a50 && magic <= 0x184d2a5f ? 8 + view.getUint32(4, true) : undefined;
}

/**
 * Reads the header of the frame at `at`. How large a window may be is for the caller to judge.
 *
 * @throws `IMAGE_CORRUPT` when it is none, `IMAGE_FORMAT_UNSUPPORTED` for a dictionary.
 */
export function parseZstdHeader(bytes: Uint8Array, at: number): ZstdFrameHeader {
  const wrong = (what: string) =>
    new SampanError("IMAGE_CORRUPT", `reading the zstd frame at ${at}, ${what}`, { details: { offset: at } });
  if (bytes.length < 6) throw wrong("which ends in its header");
  const view = viewOf(bytes);
  if (view.getUint32(0, true) !== zstdMagic) throw wrong("which does not begin like one");
  const descriptor = view.getUint8(4);
  if ((descriptor & 8) !== 0) throw wrong("whose reserved bit is set");
  const single = (descriptor & 0x20) !== 0;
  const sizeField = [single ? 1 : 0, 2, 4, 8][descriptor >>> 6] ?? 0;
  const dictionaryField = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const dictionaryAt = single ? 5 : 6;
  const sizeAt = dictionaryAt + dictionaryField;
  const headerBytes = sizeAt + sizeField;
  if (headerBytes > bytes.length) throw wrong("which ends in its header");
  if (bytes.subarray(dictionaryAt, sizeAt).some((byte) => byte !== 0)) {
    throw new SampanError(
      "IMAGE_FORMAT_UNSUPPORTED",
      `reading the zstd frame at ${at}, which needs a dictionary`,
    );
  }
  const contentBytes = contentSizeAt(view, sizeAt, sizeField);
  const parameter = view.getUint8(5);
  const windowBytes = single
    ? (contentBytes ?? Number.POSITIVE_INFINITY)
    : 2 ** (10 + (parameter >>> 3)) * (1 + (parameter & 7) / 8);
  return { headerBytes, windowBytes, contentBytes, checksumBytes: (descriptor & 4) !== 0 ? 4 : 0 };
}

function contentSizeAt(view: DataView, at: number, length: number): number | null {
  switch (length) {
    case 1:
      return view.getUint8(at);
    case 2:
      return view.getUint16(at, true) + 256;
    case 4:
      return view.getUint32(at, true);
    case 8:
      return Number(view.getBigUint64(at, true));
    default:
      return null;
  }
}

/**
 * Reads the three bytes before the block at `at`.
 *
 * @throws `IMAGE_CORRUPT` when there are fewer, or they are no header of a block.
 */
export function parseZstdBlock(bytes: Uint8Array, at: number): ZstdBlock {
  const [low = 0, middle = 0, high = 0] = bytes;
  const bits = low | (middle << 8) | (high << 16);
  const kind = (bits >>> 1) & 3;
  const size = bits >>> 3;
  if (bytes.length < 3 || kind === 3 || size > maximumBlockBytes) {
    throw new SampanError("IMAGE_CORRUPT", `reading the zstd block at ${at}, whose header makes no sense`, {
      details: { offset: at },
    });
  }
  // A run of one byte is stored as that byte.
  return {
    storedBytes: 3 + (kind === 1 ? 1 : size),
    unpackedBytes: kind === 2 ? null : size,
    last: (bits & 1) === 1,
  };
}
