import { type ByteRange, rangeEnd } from "@sampan/core";
import type { BlockSource } from "../block-source.ts";
import type { Extent } from "../extent.ts";

/** Fills `into` with the parent's bytes from `at` on; zeros past its end, and everywhere when there is no parent. */
export async function readParent(
  parent: BlockSource | undefined,
  at: number,
  into: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { offset, length } = insideParent(parent, at, at + into.length);
  into.fill(0, length);
  if (parent && length > 0) await parent.read({ offset, length }, into.subarray(0, length), signal);
}

/** Lists the parent's extents from `from` to `to`; a hole past its end, and everywhere when there is no parent. */
export async function* parentExtents(
  parent: BlockSource | undefined,
  from: number,
  to: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Extent> {
  const inside = insideParent(parent, from, to);
  if (parent && inside.length > 0) yield* parent.extents(inside, signal);
  const end = rangeEnd(inside);
  if (end < to) yield { offset: end, length: to - end, kind: "hole" };
}

function insideParent(parent: BlockSource | undefined, from: number, to: number): ByteRange {
  const end = Math.min(to, parent?.sizeBytes ?? 0);
  return { offset: from, length: Math.max(0, end - from) };
}
