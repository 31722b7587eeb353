import { type ByteStream, needed } from "../unpack/byte-stream.ts";
import { unpackLzoBlock } from "../unpack/lzo.ts";
import { be16, be32, u8 } from "../volumes/fields.ts";

/** Blocks of lzop have at most 256 KiB, the kernel takes no larger ones. */
const maxBlockBytes = 256 * 1024;

const flag = {
  adler32: 1,
  packedAdler32: 2,
  extraField: 0x40,
  crc32: 0x100,
  packedCrc32: 0x200,
  filter: 0x800,
};

/** Unpacks what lzop packed, as the kernel's lib/decompress_unlzo.c does. Checksums are not looked at. */
export async function* unlzop(stream: ByteStream): AsyncGenerator<Uint8Array> {
  const start = await needed(stream, 16);
  const recent = be16(start, 9) >= 0x940;
  // Behind the version the library's, the one needed, the method and, in newer files, the level.
  if (recent) await needed(stream, 1);
  const flags = be32(await needed(stream, 4), 0);
  await needed(stream, ((flags & flag.filter) !== 0 ? 4 : 0) + (recent ? 12 : 8));
  const nameBytes = u8(await needed(stream, 1), 0);
  await needed(stream, nameBytes + 4);
  if ((flags & flag.extraField) !== 0) throw new Error("an lzop header with an extra field");
  const count = (...bits: readonly number[]) => bits.filter((bit) => (flags & bit) !== 0).length;
  const out = new Uint8Array(maxBlockBytes);
  for (;;) {
    const unpackedBytes = be32(await needed(stream, 4), 0);
    if (unpackedBytes === 0) return;
    const packedBytes = be32(await needed(stream, 4), 0);
    if (unpackedBytes > maxBlockBytes || packedBytes > unpackedBytes)
      throw new Error("an lzop block too large");
    const stored = packedBytes === unpackedBytes;
    const sums = count(flag.adler32, flag.crc32) + (stored ? 0 : count(flag.packedAdler32, flag.packedCrc32));
    await needed(stream, sums * 4);
    const packed = await needed(stream, packedBytes);
    yield stored ? packed.slice() : out.slice(0, unpackLzoBlock(packed, out.subarray(0, unpackedBytes)));
  }
}
