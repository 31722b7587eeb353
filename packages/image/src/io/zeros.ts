/**
 * Tells whether every byte is zero.
 *
 * Looks at 64 bytes a step through 32-bit words where the buffer's alignment allows it; data that is not zero is usually
 * told by its first words.
 */
export function isZero(bytes: Uint8Array): boolean {
  let index = 0;
  const { length } = bytes;
  const lead = Math.min(length, (4 - (bytes.byteOffset & 3)) & 3);
  for (; index < lead; index++) if (bytes[index] !== 0) return false;
  if (length - index < 4) {
    for (; index < length; index++) if (bytes[index] !== 0) return false;
    return true;
  }
  const wordCount = (length - index) >>> 2;
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset + index, wordCount);
  let word = 0;
  for (; word + 16 <= wordCount; word += 16) {
    let sum = 0;
    for (let lane = 0; lane < 16; lane++) sum |= words[word + lane] as number;
    if (sum !== 0) return false;
  }
  for (; word < wordCount; word++) if (words[word] !== 0) return false;
  for (index += wordCount * 4; index < length; index++) if (bytes[index] !== 0) return false;
  return true;
}
