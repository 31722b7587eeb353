import type { TableSlice } from "../formats/table-pages.ts";

/** Which bit of a byte is the first. */
export type BitOrder = "highest-first" | "lowest-first";

/**
 * Finds the run of equal bits from bit `first` on in a bitmap: their value, and the bit after the last of them, which is at most
 * `last` + 1 and lies within the slice.
 */
export function bitRun(
  { view, from, length }: TableSlice,
  first: number,
  last: number,
  order: BitOrder,
): { readonly set: boolean; readonly end: number } {
  const turn = order === "highest-first" ? 7 : 0;
  const bitAt = (bit: number) => (view.getUint8(from + (bit >>> 3)) >>> ((bit & 7) ^ turn)) & 1;
  const value = bitAt(first);
  const whole = value ? 0xff : 0;
  const limit = Math.min(last + 1, length * 8);
  let bit = first + 1;
  while (bit < limit) {
    if ((bit & 7) === 0 && view.getUint8(from + (bit >>> 3)) === whole) bit += 8;
    else if (bitAt(bit) === value) bit++;
    else break;
  }
  return { set: value === 1, end: Math.min(bit, limit) };
}
