import { isSampanError } from "@sampan/core";
import { parseFstab, volumeNamed } from "./facts/fstab.ts";
import { findKernels } from "./facts/kernel-files.ts";
import type { GuestRoot } from "./find-roots.ts";
import type { DiskLayout, Volume } from "./volumes/layout.ts";

/** A root with the volume it was found in, and what could not be told of it. */
export interface FoundRoot extends GuestRoot {
  readonly volume: Volume;
  readonly notes: string[];
}

/**
 * Orders roots as a boot loader likely would, the one that boots first.
 *
 * Which of several systems boots is in the loader's code and in the firmware's memory; here it is told by what each root
 * says of itself: its fstab must name its own volume as `/` (a copy's names the original), and it must have a kernel. Then
 * the active partition counts, then the order on the disk. A Windows has its kernel beside its registry.
 */
export async function inBootOrder(
  roots: readonly FoundRoot[],
  layout: DiskLayout,
): Promise<readonly FoundRoot[]> {
  if (roots.length < 2) return roots;
  const scored = [];
  for (const root of roots) scored.push({ root, score: await scoreOf(root, layout) });
  return scored.sort((a, b) => b.score - a.score).map(({ root }) => root);
}

async function scoreOf({ files, volume, windowsFolder }: FoundRoot, layout: DiskLayout): Promise<number> {
  let score = volume.partition?.bootable ? 1 : 0;
  if (windowsFolder !== null) return score + 2;
  try {
    if ((await findKernels(files)).length > 0) score += 2;
    const own = parseFstab((await files.readText("/etc/fstab")) ?? "", layout).find(
      ({ mountPoint }) => mountPoint === "/",
    );
    const named = own && volumeNamed(own.device, layout);
    if (named) score += named.index === volume.index ? 4 : -4;
  } catch (error) {
    if (!isSampanError(error) || !error.code.startsWith("GUEST_")) throw error;
  }
  return score;
}
