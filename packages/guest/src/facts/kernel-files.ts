import type { GuestFiles } from "../files/guest-files.ts";
import { fieldText, hasText, le16 } from "../volumes/fields.ts";
import { textLines, wordsOf } from "./lines.ts";

/** A kernel image with what belongs to it. */
export interface KernelFile {
  readonly path: string;
  /** As `uname -r` says it, which names its folder in `/lib/modules`. */
  readonly version: string;
  /** `null` when it has none. */
  readonly initramfs: string | null;
}

/** More entries and folders than these are not looked at. */
const maxEntries = 32;
const maxFolders = 16;
/** The text with the version lies in the setup code of a kernel image, which has at most 64 KiB behind its first block. */
const setupBytes = 66 * 1024;

/** `vmlinuz-6.1.0-18-amd64`, `kernel-genkernel-x86_64-6.6.21-gentoo`, `vmlinuz-linux`, `vmlinuz`. */
const kernelName =
  /^(?:vmlinu[xz]|bzImage|zImage|Image|kernel)(?:-(?:genkernel-[a-z0-9_]+-|generic-(?=\d)|huge-(?=\d))?(.+))?$/;
/** What package managers, signatures and rescue systems leave beside kernels. */
const noKernel = /rescue|\.(?:old|bak|hmac|sig|sha256|gz|bz2|zst|rpm\w+|dpkg-\w+)$/;
const hasVersion = /^\d+\.\d+/;

/**
 * Finds the kernels of a guest, newest first: in `/boot`, in the folders of ostree's deployments there, and as entries
 * of the boot loader specification name them.
 *
 * Where the name does not say the version, as with Arch or Alpine, it is taken from the image itself, or from the only
 * folder of modules there is.
 */
export async function findKernels(files: GuestFiles): Promise<readonly KernelFile[]> {
  const found = new Map<string, KernelFile>();
  const modules = await files.list("/lib/modules");
  const add = async (path: string, initramfs: string | null, named?: string): Promise<void> => {
    if (found.has(path) || (await files.stat(path))?.kind !== "file") return;
    const version = named ?? (await versionOf(files, path, modules));
    // Links, loaders' copies and deployments may have a kernel twice: the first counts.
    if ([...found.values()].some((one) => one.version === version)) return;
    found.set(path, { path, version, initramfs });
  };
  for (const folder of await kernelFolders(files)) {
    const names = await files.list(folder);
    // Names with a version first: others are often links to them.
    const kernels = names
      .flatMap((name) => {
        const suffix = kernelName.exec(name)?.[1] ?? "";
        return !kernelName.test(name) || noKernel.test(name) ? [] : [{ name, suffix }];
      })
      .sort((a, b) => Number(hasVersion.test(b.suffix)) - Number(hasVersion.test(a.suffix)));
    for (const { name, suffix } of kernels) {
      const initramfs = initramfsFor(name, suffix, names);
      const path = initramfs === null ? null : `${folder}/${initramfs}`;
      await add(`${folder}/${name}`, path, hasVersion.test(suffix) ? suffix : undefined);
    }
  }
  for (const { linux, initrd, version } of await bootEntries(files)) await add(linux, initrd, version);
  return [...found.values()].sort((a, b) => b.version.localeCompare(a.version, "en", { numeric: true }));
}

/** `/boot`, and the folders below it in which ostree keeps each deployment's kernel. */
async function kernelFolders(files: GuestFiles): Promise<readonly string[]> {
  const deployments = (await files.list("/boot/ostree")).slice(0, maxFolders);
  return ["/boot", ...deployments.map((name) => `/boot/ostree/${name}`)];
}

function initramfsFor(kernel: string, suffix: string, names: readonly string[]): string | null {
  const candidates =
    suffix === ""
      ? ["initrd.img", "initramfs.img", "initrd", "initramfs", "initrd.gz"]
      : [
          `initrd.img-${suffix}`,
          `initramfs-${suffix}.img`,
          `initrd-${suffix}`,
          `initrd-${suffix}.img`,
          `initramfs-${suffix}`,
          `initramfs-${suffix}.img.gz`,
          `initrd-${suffix}.gz`,
          // genkernel names both alike: `kernel-genkernel-…` and `initramfs-genkernel-…`.
          kernel.replace("kernel-", "initramfs-"),
          `initramfs-genkernel-${suffix}`,
        ];
  return candidates.find((name) => name !== kernel && names.includes(name)) ?? null;
}

/**
 * Kernels that entries of the boot loader specification name (type 1, which Fedora, systemd-boot and ostree write).
 * Paths in them count from the volume with the entries, which is mounted at `/boot`, `/efi` or `/boot/efi`.
 */
async function bootEntries(
  files: GuestFiles,
): Promise<readonly { linux: string; initrd: string | null; version: string | undefined }[]> {
  const found = [];
  for (const base of ["/boot", "/efi", "/boot/efi"]) {
    const names = (await files.list(`${base}/loader/entries`)).filter((name) => name.endsWith(".conf"));
    for (const name of names.slice(0, maxEntries)) {
      const lines = textLines(await files.readText(`${base}/loader/entries/${name}`)).map(wordsOf);
      const paths = (key: string) =>
        lines.filter((words) => words[0] === key).flatMap((words) => words.slice(1));
      const placeOf = async (path: string | undefined) => {
        // Without a volume of its own for `/boot`, the paths begin with it.
        const whole = path === undefined || path.startsWith(`${base}/`) ? path : `${base}${path}`;
        return whole !== undefined && (await files.stat(whole)) ? whole : path;
      };
      const linux = await placeOf(paths("linux")[0]);
      if (linux === undefined || noKernel.test(linux)) continue;
      // Updates of the processor's microcode may come before it.
      const initrd = await placeOf(
        paths("initrd").findLast((path) => path.startsWith("/") && !/-ucode\.img$/.test(path)),
      );
      const version = paths("version").find((one) => hasVersion.test(one));
      found.push({ linux, initrd: initrd ?? null, version });
    }
  }
  return found;
}

/** The version of a kernel whose name does not say it. */
async function versionOf(files: GuestFiles, path: string, modules: readonly string[]): Promise<string> {
  const setup = (await files.read(path, setupBytes)) ?? new Uint8Array(0);
  // The kernel's Documentation/arch/x86/boot.rst: a magic number, and where the text lies behind the first block.
  const textAt = le16(setup, 0x20e);
  const text = hasText(setup, 0x202, "HdrS") && textAt > 0 ? fieldText(setup, textAt + 0x200, 128) : null;
  const inImage = text?.split(" ", 1)[0] ?? "";
  if (hasVersion.test(inImage)) return inImage;
  const suffix = kernelName.exec(path.split("/").pop() ?? "")?.[1] ?? "";
  const sorted = [...modules].filter((name) => hasVersion.test(name));
  for (const version of sorted.slice(0, maxFolders)) {
    // Arch names the package that the modules belong to, which also names the kernel.
    const name = (await files.readText(`/lib/modules/${version}/pkgbase`))?.trim();
    if (suffix !== "" && (name === suffix || version.endsWith(`-${suffix}`))) return version;
  }
  return sorted.length === 1 ? (sorted[0] as string) : suffix;
}
