import type { BlockSource } from "@sampan/image";
import type { BootMode } from "../facts.ts";
import type { FileVolume } from "../files/file-volume.ts";
import { MountedFiles } from "../files/mounted-files.ts";
import type { DiskLayout, Volume } from "../volumes/layout.ts";
import { hasBootCode } from "../volumes/mbr.ts";
import { biosBootType, efiSystemTypes } from "../volumes/partition-types.ts";
import { readBytes } from "../volumes/read-bytes.ts";

/**
 * How a disk boots. By BIOS where there is boot code in the MBR, on GPT with a BIOS boot partition or a legacy-bootable
 * one; an MBR disk without an EFI system partition can boot by nothing else. By UEFI where an EFI system partition holds
 * a loader, or cannot be looked into. Where both work, BIOS counts: it is what ECS assumes, and a note says so. `null`
 * when neither can be seen.
 */
export async function readBootMode(
  source: BlockSource,
  layout: DiskLayout,
  signal?: AbortSignal,
  volumes: ReadonlyMap<FileVolume, Volume> = new Map(),
  notes: string[] = [],
): Promise<BootMode | null> {
  const { kind, partitions } = layout.table;
  const system = partitions.filter((partition) => efiSystemTypes.includes(partition.type));
  let uefi = false;
  for (const partition of system) {
    const [files] = [...volumes].find(([, one]) => one.partition?.number === partition.number) ?? [];
    uefi ||= files === undefined || (await hasEfiLoader(new MountedFiles(files)));
  }
  const bootCode = hasBootCode(await readBytes(source, 0, 512, signal));
  const bios =
    kind === "gpt"
      ? partitions.some((partition) => partition.type === biosBootType || partition.bootable)
      : kind === "mbr" && partitions.length > 0 && (bootCode || system.length === 0);
  if (bios && uefi) notes.push("the disk boots by BIOS and by UEFI; BIOS is assumed, as ECS does");
  return bios ? "BIOS" : uefi ? "UEFI" : null;
}

/** Whether a loader is where firmware looks by itself, `/EFI/BOOT`, or where an installer registers one. */
async function hasEfiLoader(files: MountedFiles): Promise<boolean> {
  for (const top of (await files.list("/")).filter((name) => /^efi$/i.test(name))) {
    for (const vendor of (await files.list(`/${top}`)).slice(0, 64)) {
      if ((await files.list(`/${top}/${vendor}`)).some((name) => /\.efi$/i.test(name))) return true;
    }
  }
  return false;
}
