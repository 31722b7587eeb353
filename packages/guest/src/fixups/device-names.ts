import { deviceNaming, volumeNamed } from "../facts/fstab.ts";
import type { DiskInspection } from "../inspection.ts";
import type { DiskLayout, Volume } from "../volumes/layout.ts";

/** Links named after a disk's model, serial number or slot, and the partition; those of LVM and md name no disk. */
const hardwareLink = /^(\/dev\/disk\/by-(?:id\/(?!dm-|lvm-|md-)|path\/)[^/]+?)(?:-part(\d{1,3}))?$/;

/**
 * Whether a device is named by what is different on ECS: by counting disks (`/dev/sda1`), or by the old disk's model,
 * serial number or slot (`/dev/disk/by-id/…`, `by-path`).
 */
export function isUnstable(device: string): boolean {
  return deviceNaming(device, "auto") === "device" || hardwareLink.test(device);
}

/** The volume an unstable name means; `undefined` when none on this disk can be meant. */
export function volumeMeant(device: string, inspection: DiskInspection): Volume | undefined {
  const { guest, layout } = inspection;
  const [, disk, number] = hardwareLink.exec(device) ?? [];
  if (disk === undefined) return volumeNamed(device, layout);
  // What the link of the captured disk is called, only the entry of the root tells.
  const root = guest?.type === "linux" ? guest.fstab.find((entry) => entry.mountPoint === "/") : undefined;
  if (hardwareLink.exec(root?.device ?? "")?.[1] !== disk) return undefined;
  return layout.volumes.find(
    (volume) => volume.partition !== null && volume.partition.number === Number(number),
  );
}

/** A name for a volume that stays the same on every machine; `undefined` when it has none. */
export function stableName(volume: Volume | undefined, layout: DiskLayout): string | undefined {
  const { uuid = null, label = null } = volume?.fileSystem ?? {};
  const only = (same: (other: Volume) => boolean) => layout.volumes.filter(same).length === 1;
  if (uuid !== null && only((other) => other.fileSystem?.uuid === uuid)) return `UUID=${uuid}`;
  if (label !== null && /^[\w.-]+$/.test(label) && only((other) => other.fileSystem?.label === label)) {
    return `LABEL=${label}`;
  }
  return undefined;
}

/** The name by which a kernel without initramfs finds a partition; `undefined` when it has none. */
export function kernelName(volume: Volume | undefined): string | undefined {
  const partUuid = volume?.partition?.partUuid ?? null;
  return partUuid === null ? undefined : `PARTUUID=${partUuid}`;
}

/** The volume that holds the root of the guest. */
export function rootVolume({ guest, layout }: DiskInspection): Volume | undefined {
  return guest?.type === "linux" ? layout.volumes[guest.rootVolume] : undefined;
}
