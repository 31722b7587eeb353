import { SampanError } from "@sampan/core";
import type { HostView } from "./host-view.ts";
import { canFreeze, freezerOf, mountsToHold, neverFrozen } from "./plan-snapshots.ts";

/** What holding a disk by freezing takes. */
export interface FreezePlan {
  readonly freezer: string;
  /** Mount points in the order in which they are frozen: deeper ones first, the root last. */
  readonly points: readonly string[];
  readonly notes: readonly string[];
  /** False when something that is mounted for writing is not frozen. */
  readonly stable: boolean;
}

/** Where the programs lie that thaw. */
const programPlaces: ReadonlySet<string> = new Set([
  "/",
  "/usr",
  "/bin",
  "/sbin",
  "/lib",
  "/lib64",
  "/usr/lib",
]);

/**
 * Decides which file systems of a disk are frozen, in which order; changes nothing.
 *
 * The file system of the programs is frozen only on kernels from 3.6 on. Since then reading a file there does not wait for its
 * time of access to be written (Linux 3.6, fs/inode.c, `touch_atime`), which would stop the very watchdog that thaws.
 *
 * @throws `HOST_FREEZE_IMPOSSIBLE` naming what stands against it.
 */
export function planFreeze(disk: string, view: HostView): FreezePlan {
  const refuse = (what: string): never => {
    throw new SampanError("HOST_FREEZE_IMPOSSIBLE", `planning to freeze ${disk}: ${what}`);
  };
  const mounts = mountsToHold(view);
  const freezer =
    freezerOf(view, mounts) ?? refuse("the host has neither fsfreeze nor an xfs_freeze that fits");
  const notes: string[] = [];
  const points: string[] = [];
  for (const mount of mounts) {
    const { point, kind } = mount;
    if (neverFrozen.has(kind)) {
      notes.push(`${point} (${kind}) cannot be frozen: it was flushed to the disk, and is read as it is`);
      continue;
    }
    if (!canFreeze(mount))
      return refuse(`${JSON.stringify(point)} (${kind}) cannot be reached by its mount point`);
    const { major, minor } = view.kernel;
    if (programPlaces.has(point) && (major < 3 || (major === 3 && minor < 6))) {
      return refuse(
        `${point} holds the programs that thaw, and kernels before 3.6 may wait for a write there`,
      );
    }
    points.push(point);
  }
  const depth = (point: string) => (point === "/" ? 0 : point.split("/").length);
  points.sort((a, b) => depth(b) - depth(a) || (a < b ? -1 : 1));
  if (points.length === 0)
    notes.push("nothing of this disk is mounted for writing, so that nothing was frozen");
  else {
    notes.push(
      `everything that writes to ${points.join(", ")} waits until the capture lets go; the host thaws by itself when nothing is heard of us`,
    );
  }
  return { freezer, points, notes, stable: !mounts.some(({ kind }) => neverFrozen.has(kind)) };
}
