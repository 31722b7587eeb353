import type { FileSystemInfo } from "../layout.ts";

/** The beginning of a volume, and its size: all that a probe sees. */
export interface VolumeHead {
  /** The first {@link headBytes} of the volume, or all of a smaller one. */
  readonly bytes: Uint8Array;
  readonly sizeBytes: number;
}

/** How much of each volume is read to tell what it holds: enough for the last of ZFS's uberblocks looked at. */
export const headBytes = 160 * 1024;

/** Tells whether a volume holds one kind of file system, and what that says about itself. */
export type Probe = (head: VolumeHead) => FileSystemInfo | undefined;

/** Facts of a file system whose allocation is not read. */
export function plainInfo(kind: string, facts: Partial<Omit<FileSystemInfo, "kind">> = {}): FileSystemInfo {
  return {
    kind,
    label: null,
    uuid: null,
    sizeBytes: null,
    usedBytes: null,
    dirty: null,
    features: [],
    ...facts,
  };
}
