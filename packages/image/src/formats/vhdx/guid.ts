/** A GUID as Windows writes it: three little-endian numbers, then eight bytes. Lower case, no braces. */
export function guidAt(bytes: Uint8Array, offset: number): string {
  const hex = (indexes: readonly number[]) =>
    indexes.map((index) => (bytes[offset + index] ?? 0).toString(16).padStart(2, "0")).join("");
  return [hex([3, 2, 1, 0]), hex([5, 4]), hex([7, 6]), hex([8, 9]), hex([10, 11, 12, 13, 14, 15])].join("-");
}

export const zeroGuid = "00000000-0000-0000-0000-000000000000";
