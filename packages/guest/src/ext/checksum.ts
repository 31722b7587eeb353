/*
 * The two checksums of ext4: CRC-32C (Castagnoli, reflected) without final inversion, as the kernel's crc32c_le gives
 * it, and CRC-16 (reflected 0x8005) for descriptors of the older gdt_csum feature.
 */

function table(polynomial: number): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    return value >>> 0;
  });
}

const crc32cTable = /* @__PURE__ */ table(0x82f63b78);
const crc16Table = /* @__PURE__ */ table(0xa001);

/** CRC-32C of the bytes, going on from `seed`. */
export function crc32c(seed: number, bytes: Uint8Array): number {
  let crc = seed >>> 0;
  for (const byte of bytes) crc = (crc >>> 8) ^ (crc32cTable[(crc ^ byte) & 0xff] as number);
  return crc >>> 0;
}

/** CRC-16 of the bytes, going on from `seed`. */
export function crc16(seed: number, bytes: Uint8Array): number {
  let crc = seed & 0xffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (crc16Table[(crc ^ byte) & 0xff] as number);
  return crc;
}

/** A number as four little-endian bytes. */
export function le32Bytes(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24);
}
