import { SampanError } from "@sampan/core";
import type { OvfDisk } from "./ovf.ts";

/**
 * Finds the disk the user means: by its place, its file or its id; without a choice the only one that has a file.
 *
 * @throws `IMAGE_DISK_CHOICE`, with the names of all disks in its hint.
 */
export function chooseDisk(
  disks: readonly OvfDisk[],
  choice: string | number | undefined,
  path: string,
): OvfDisk & { readonly file: string } {
  const full = disks.filter((disk) => disk.file !== null);
  const found =
    choice === undefined
      ? full.length === 1
        ? full[0]
        : undefined
      : (disks.find((disk) => disk.file === choice || disk.id === choice) ??
        disks.find((disk) => String(disk.index) === String(choice)));
  if (found?.file) return { ...found, file: found.file };
  const what =
    choice === undefined
      ? `it holds ${full.length} disks`
      : found
        ? `its disk ${JSON.stringify(choice)} is empty and has no file`
        : `it holds no disk ${JSON.stringify(choice)}`;
  const names = full.map((disk) => `${disk.index}: ${shown(disk.file ?? "")}`);
  throw new SampanError("IMAGE_DISK_CHOICE", `opening ${path}: ${what}`, {
    hint: `Choose one by its number or name: ${names.slice(0, 16).join(", ") || "none has a file"}.`,
    details: { path, disks: full.map((disk) => shown(disk.file ?? "")).slice(0, 64) },
  });
}

function shown(name: string): string {
  return name.replace(/[^\x20-\x7e]/g, "?").slice(0, 128);
}
