import type { BlockSource } from "@sampan/image";
import type { BootMode } from "../facts.ts";
import type { DiskLayout } from "../volumes/layout.ts";
import { hasBootCode } from "../volumes/mbr.ts";
import { biosBootType, efiSystemTypes } from "../volumes/partition-types.ts";
import { readBytes } from "../volumes/read-bytes.ts";

/**
 * How a disk boots: `BIOS` when a loader for it is there (boot code in the MBR; on GPT also a BIOS boot partition or a
 * legacy-bootable one), `UEFI` when only an EFI system partition is, `null` when neither can be seen.
 */
export async function readBootMode(
  source: BlockSource,
  layout: DiskLayout,
  signal?: AbortSignal,
): Promise<BootMode | null> {
  const { table } = layout;
  const bootCode = hasBootCode(await readBytes(source, 0, 512, signal));
  const bios =
    table.kind === "gpt"
      ? table.partitions.some((partition) => partition.type === biosBootType || partition.bootable)
      : table.kind === "mbr"
        ? bootCode
        : false;
  if (bios) return "BIOS";
  return table.partitions.some((partition) => efiSystemTypes.includes(partition.type)) ? "UEFI" : null;
}
