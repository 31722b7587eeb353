import { execa } from "execa";

/** Format names as qemu-img spells them. */
export type QemuFormat = "raw" | "vpc" | "vmdk" | "qcow2" | "vhdx";

export interface QemuImageInfo {
  readonly format: string;
  readonly "virtual-size": number;
  readonly "actual-size": number;
}

/** What qemu-img reads from an image's header. */
export async function qemuInfo(path: string, format?: QemuFormat): Promise<QemuImageInfo> {
  const { stdout } = await execa("qemu-img", [
    "info",
    "--output=json",
    ...(format ? ["-f", format] : []),
    path,
  ]);
  return JSON.parse(stdout) as QemuImageInfo;
}

/**
 * Compares two disks byte by byte. Bytes past the end of the shorter one must be zero, so a VHD of whole MiB equals the
 * raw disk it was made from. Gives `"identical"`, or what qemu-img says of the first difference.
 */
export async function qemuCompare(
  left: { readonly path: string; readonly format: QemuFormat },
  right: { readonly path: string; readonly format: QemuFormat },
): Promise<string> {
  const result = await execa(
    "qemu-img",
    ["compare", "-f", left.format, "-F", right.format, left.path, right.path],
    { reject: false },
  );
  return result.exitCode === 0 ? "identical" : `${result.stdout}\n${result.stderr}`.trim();
}

/** Converts a disk with qemu-img; `options` go before the paths (`-c`, `-o …`). */
export async function qemuConvert(
  source: { readonly path: string; readonly format: QemuFormat },
  target: { readonly path: string; readonly format: QemuFormat },
  options: readonly string[] = [],
): Promise<void> {
  await execa("qemu-img", [
    ...["convert", "-f", source.format, "-O", target.format, ...options],
    ...[source.path, target.path],
  ]);
}
