import { rangeEnd } from "@sampan/core";
import type { Extent } from "../extent.ts";

/** Passes extents on with neighbours of one kind joined and empty ones dropped. */
export async function* joinExtents(
  extents: AsyncIterable<Extent> | Iterable<Extent>,
): AsyncGenerator<Extent> {
  let held: Extent | undefined;
  for await (const extent of extents) {
    if (extent.length === 0) continue;
    if (held && held.kind === extent.kind && rangeEnd(held) === extent.offset) {
      held = { offset: held.offset, length: held.length + extent.length, kind: held.kind };
    } else {
      if (held) yield held;
      held = extent;
    }
  }
  if (held) yield held;
}
