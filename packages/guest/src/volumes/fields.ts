/*
 * Numbers in foreign bytes. A field past the end of the buffer reads as zero: buffers hold what a disk had to give, and
 * zero is no magic number of anything. 64-bit values beyond 2^53 lose their low bits, which no comparison with a disk's
 * size can notice.
 */

export function u8(bytes: Uint8Array, offset: number): number {
  return bytes[offset] ?? 0;
}

export function le16(bytes: Uint8Array, offset: number): number {
  return u8(bytes, offset) | (u8(bytes, offset + 1) << 8);
}

export function le32(bytes: Uint8Array, offset: number): number {
  return (le16(bytes, offset) | (le16(bytes, offset + 2) << 16)) >>> 0;
}

export function le64(bytes: Uint8Array, offset: number): number {
  return le32(bytes, offset) + le32(bytes, offset + 4) * 0x1_0000_0000;
}

export function be16(bytes: Uint8Array, offset: number): number {
  return (u8(bytes, offset) << 8) | u8(bytes, offset + 1);
}

export function be32(bytes: Uint8Array, offset: number): number {
  return ((be16(bytes, offset) << 16) | be16(bytes, offset + 2)) >>> 0;
}

export function be64(bytes: Uint8Array, offset: number): number {
  return be32(bytes, offset) * 0x1_0000_0000 + be32(bytes, offset + 4);
}

/** True when the bytes at `offset` are exactly the characters of `text`, each one byte. */
export function hasText(bytes: Uint8Array, offset: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (u8(bytes, offset + i) !== text.charCodeAt(i)) return false;
  }
  return true;
}

/** Text of a fixed field up to its first NUL, without spaces around it; `null` when nothing is left. */
export function fieldText(bytes: Uint8Array, offset: number, length: number): string | null {
  const field = bytes.subarray(offset, offset + length);
  const end = field.indexOf(0);
  const text = new TextDecoder().decode(end < 0 ? field : field.subarray(0, end)).trim();
  return text === "" ? null : text;
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Sixteen bytes in writing order as a UUID; `null` when all are zero. */
export function uuidText(bytes: Uint8Array, offset: number): string | null {
  const digits = hex(bytes.subarray(offset, offset + 16));
  if (digits.length < 32 || /^0+$/.test(digits)) return null;
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Sixteen bytes as a Microsoft GUID, whose first three groups are little-endian; `null` when all are zero. */
export function guidText(bytes: Uint8Array, offset: number): string | null {
  const swapped = Uint8Array.from([3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15], (i) =>
    u8(bytes, offset + i),
  );
  return uuidText(swapped, 0);
}

/** True when every byte is zero. */
export function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}
