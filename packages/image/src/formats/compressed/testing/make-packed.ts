import { deflateRawSync, gzipSync } from "node:zlib";

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
