/** CRC-32C (Castagnoli polynomial, reflected), as VHDX uses it. */
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value >>> 0;
});

/** The CRC-32C of a structure whose own checksum, the four bytes at `checksumAt`, counts as zero. */
export function crc32c(bytes: Uint8Array, checksumAt = -1): number {
  let crc = 0xffffffff;
  for (let index = 0; index < bytes.length; index++) {
    const byte =
      index >= checksumAt && index < checksumAt + 4 && checksumAt >= 0 ? 0 : (bytes[index] as number);
    crc = (table[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
