import type { BlobStore } from "../state/blob-store.ts";
import type { MachineHost } from "./machine.ts";
import { createQemuHost } from "./qemu-host.ts";

/**
 * The host of a simulator's machines: none, QEMU where it is installed, or one that is given. What QEMU needs is kept below
 * `folder` while machines run.
 */
export async function openMachineHost(
  choice: "auto" | "none" | MachineHost,
  blobs: BlobStore,
  folder: string,
): Promise<MachineHost | null> {
  if (choice === "none") return null;
  return choice === "auto" ? createQemuHost(blobs, folder) : choice;
}
