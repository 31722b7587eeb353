import { crc32, deflateRawSync, gzipSync } from "node:zlib";

/** Options of {@link makeZstdFrame}. */
export interface MakeFrameOptions {
  /** Leaves out what the frame unpacks to. */
  readonly withoutSize?: boolean;
  /** Window descriptor of a frame without size; 2^(10 + upper five bits). */
  readonly window?: number;
}

/** Writes a zstd frame of raw and run-length blocks: no compression to speak of, but every reader must understand it. */
export function makeZstdFrame(content: Uint8Array, options: MakeFrameOptions = {}): Uint8Array {
  const { withoutSize = false, window = 0x38 } = options;
  const header = Buffer.alloc(withoutSize ? 6 : 14);
  header.writeUInt32LE(0xfd2fb528, 0);
  header[4] = withoutSize ? 0 : 0xc0;
  header[5] = window;
  if (!withoutSize) header.writeBigUInt64LE(BigInt(content.length), 6);
  const parts: Uint8Array[] = [header];
  const step = 100_000;
  for (let from = 0; from === 0 || from < content.length; from += step) {
    const piece = content.subarray(from, from + step);
    const last = from + step >= content.length;
    const run = piece.length > 0 && piece.every((byte) => byte === piece[0]);
    const bits = (piece.length << 3) | (run ? 2 : 0) | (last ? 1 : 0);
    parts.push(
      Uint8Array.of(bits & 0xff, (bits >>> 8) & 0xff, bits >>> 16),
      run ? piece.subarray(0, 1) : piece,
    );
  }
  return Uint8Array.from(Buffer.concat(parts));
}

/** Writes a skippable zstd frame. */
export function makeSkippableFrame(content: Uint8Array): Uint8Array {
  const header = Buffer.alloc(8);
  header.writeUInt32LE(0x184d2a5e, 0);
  header.writeUInt32LE(content.length, 4);
  return Uint8Array.from(Buffer.concat([header, content]));
}

/** Writes a blocked gzip file (BGZF), with the empty member that ends one. */
export function makeBgzf(content: Uint8Array, memberBytes = 60_000): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let from = 0; from < content.length; from += memberBytes) {
    parts.push(bgzfMember(content.subarray(from, from + memberBytes)));
  }
  return Uint8Array.from(Buffer.concat([...parts, bgzfMember(new Uint8Array(0))]));
}

function bgzfMember(content: Uint8Array): Uint8Array {
  // Node's own checksum and length, taken from an ordinary member.
  const trailer = gzipSync(content).subarray(-8);
  const packed = deflateRawSync(content);
  const header = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 6, 0, 0x42, 0x43, 2, 0, 0, 0]);
  header.writeUInt16LE(header.length + packed.length + trailer.length - 1, 16);
  return Buffer.concat([header, packed, trailer]);
}

/** Options of {@link makeXz}. */
export interface MakeXzOptions {
  /** Bytes of content in a block. Default: all in one. */
  readonly blockBytes?: number;
  /** The dictionary's size as the format codes it. Default 8: 64 KiB. */
  readonly dictionary?: number;
  /** The filter's id. Default 0x21: LZMA2. */
  readonly filter?: number;
}

/** Writes an xz file of chunks that are stored as they are, with CRC-32 checks: no compression, but every reader must understand it. */
export function makeXz(content: Uint8Array, options: MakeXzOptions = {}): Uint8Array {
  const { blockBytes = content.length, dictionary = 8, filter = 0x21 } = options;
  const flags = Buffer.from([0, 1]);
  const header = Buffer.from([2, 0, filter, 1, dictionary, 0, 0, 0]);
  const parts: Uint8Array[] = [Buffer.from("\xfd7zXZ\0", "latin1"), flags, checksum(flags)];
  const records: number[] = [];
  for (let from = 0; from < content.length; from += blockBytes) {
    const block = content.subarray(from, from + blockBytes);
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < block.length; at += 65_536) {
      const stored = block.subarray(at, at + 65_536);
      const size = stored.length - 1;
      chunks.push(Uint8Array.of(at === 0 ? 1 : 2, size >> 8, size & 0xff), stored);
    }
    const packed = Buffer.concat([...chunks, Uint8Array.of(0)]);
    parts.push(header, checksum(header), padded(packed), checksum(block));
    records.push(header.length + 4 + packed.length + 4, block.length);
  }
  const index = padded(Buffer.from([0, ...[records.length / 2, ...records].flatMap(number)]));
  const footer = Buffer.alloc(6);
  footer.writeUInt32LE(index.length / 4, 0);
  footer[5] = 1;
  parts.push(index, checksum(index), checksum(footer), footer, Buffer.from("YZ"));
  return Uint8Array.from(Buffer.concat(parts));
}

function checksum(bytes: Uint8Array): Uint8Array {
  const into = Buffer.alloc(4);
  into.writeUInt32LE(crc32(bytes), 0);
  return into;
}

function padded(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
}

function number(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...number(Math.floor(value / 0x80))];
}
