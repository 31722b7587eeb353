import { isSampanError } from "@sampan/core";
import type { BootMode } from "../../facts.ts";
import { MountedFiles } from "../../files/mounted-files.ts";
import type { OpenedGuest } from "../../open-guest.ts";
import type { DiskLayout } from "../../volumes/layout.ts";

/** Where Windows keeps what its boot loader reads, and how the disk then boots. */
const configurations: readonly { readonly path: string; readonly mode: BootMode }[] = [
  { path: "/EFI/Microsoft/Boot/BCD", mode: "UEFI" },
  { path: "/Boot/BCD", mode: "BIOS" },
  { path: "/boot.ini", mode: "BIOS" },
];

/**
 * The boot configuration of a Windows, on whichever volume of the disk it lies: the EFI system partition, "System
 * Reserved", or the system volume itself. `null` when there is none.
 */
export async function findBootConfiguration(
  opened: OpenedGuest,
  layout: DiskLayout,
): Promise<{ readonly path: string; readonly mode: BootMode } | null> {
  // Only a GPT disk has firmware of the UEFI kind look at it first; an MBR disk may carry both kinds, for installation.
  const order = layout.table.kind === "gpt" ? configurations : [...configurations].reverse();
  for (const configuration of order) {
    for (const volume of opened.volumes.keys()) {
      try {
        const found = await new MountedFiles(volume).stat(configuration.path);
        if (found?.kind === "file") return configuration;
      } catch (error) {
        if (!isSampanError(error) || !error.code.startsWith("GUEST_")) throw error;
      }
    }
  }
  return null;
}
