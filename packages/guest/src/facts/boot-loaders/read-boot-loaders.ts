import type { BootLoaderFacts } from "../../facts.ts";
import type { GuestFiles } from "../../files/guest-files.ts";
import type { DiskLayout } from "../../volumes/layout.ts";
import { readBlsEntries } from "./bls.ts";
import { type BootConfiguration, bootLoaderFacts } from "./boot-entry.ts";
import { readGrubLegacy } from "./grub-legacy.ts";
import { readGrub2 } from "./grub2.ts";
import { readLilo } from "./lilo.ts";
import { readSyslinux } from "./syslinux.ts";

/** The boot loaders of a guest, and what they tell its kernel. */
export interface BootLoaders {
  readonly facts: readonly BootLoaderFacts[];
  /** Arguments that the default entry of the first loader gives the kernel; empty when there is none. */
  readonly kernelArguments: readonly string[];
  /** Where they stand; `null` when there are none. */
  readonly source: string | null;
}

/** Where the EFI system partition or its extension is mounted. */
const bootFolders = ["/boot", "/efi", "/boot/efi"];

/** Reads the configuration of every boot loader, the one most likely in use first. */
export async function readBootLoaders(files: GuestFiles, layout: DiskLayout): Promise<BootLoaders> {
  const found: BootConfiguration[] = [...(await readGrub2(files))];
  if (!found.some((one) => one.kind === "bls")) {
    for (const folder of bootFolders) found.push(...(await readBlsEntries(files, "systemd-boot", folder)));
  }
  for (const read of [readGrubLegacy, readSyslinux, readLilo]) {
    const one = await read(files);
    // An empty menu is what is left of a loader, or a placeholder for one.
    if (one !== undefined && one.entries.length > 0) found.push(one);
  }
  const standard = found.find((one) => one.defaultEntry !== undefined);
  return {
    facts: found.map((one) => bootLoaderFacts(one, layout)),
    kernelArguments: standard?.defaultEntry?.arguments ?? [],
    source: standard?.source ?? null,
  };
}
