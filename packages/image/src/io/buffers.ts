/** A view of the same memory with which numbers are read and written. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Bytes of an ASCII or Latin-1 text. */
export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Text of a part of a buffer, one character a byte. */
export function textAt(bytes: Uint8Array, offset: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + length));
}

/**
 * Copies what `[start, start + bytes.length)` and the wanted range share into `into`, which holds the wanted range.
 * For the small fixed parts of a computed file.
 */
export function copyShared(bytes: Uint8Array, start: number, wantedOffset: number, into: Uint8Array): void {
  const from = Math.max(start, wantedOffset);
  const to = Math.min(start + bytes.length, wantedOffset + into.length);
  if (to > from) into.set(bytes.subarray(from - start, to - start), from - wantedOffset);
}
