import type { FileSystemInfo } from "../layout.ts";
import { probeExt } from "./ext.ts";
import {
  probeBtrfs,
  probeLuks,
  probeLvm,
  probeRaid,
  probeSquashfs,
  probeSwap,
  probeXfs,
  probeZfs,
} from "./linux.ts";
import { probeBitLocker, probeExfat, probeFat, probeNtfs } from "./microsoft.ts";
import type { Probe, VolumeHead } from "./probe.ts";

/** Every probe: containers first, since what they hold may look like a file system of its own. */
const probes: readonly Probe[] = [
  probeLuks,
  probeBitLocker,
  probeLvm,
  probeRaid,
  probeZfs,
  probeBtrfs,
  probeXfs,
  probeNtfs,
  probeExfat,
  probeExt,
  probeSwap,
  probeSquashfs,
  probeFat,
];

/**
 * Everything a volume looks like, likeliest first. More than one means that an older file system shines through and that
 * what is free cannot be told.
 */
export function probeVolume(head: VolumeHead): readonly FileSystemInfo[] {
  return probes.flatMap((probe) => probe(head) ?? []);
}
