import type { GuestFiles } from "../files/guest-files.ts";
import type { Volume } from "../volumes/layout.ts";
import { editKernelArguments, type KernelEntry } from "./boot/kernel-arguments.ts";
import { isUnstable, kernelName, rootVolume, stableName, volumeMeant } from "./device-names.ts";
import { editLines } from "./edit-lines.ts";
import type { Fixup, FixupContext } from "./fixup.ts";

export const grubRoot: Fixup = {
  id: "grub-root",
  summary:
    "Names the root file system by UUID to the kernel, in GRUB legacy, GRUB 2, boot loader entries and extlinux; a resume device that is gone is left out.",
  appliesTo(guest) {
    return guest.type === "linux";
  },
  async apply(files, context) {
    let renamed = false;
    await editKernelArguments(files, {
      change: (argument, entry) => {
        const [key = "", device = ""] = cutArgument(argument);
        if (!isUnstable(device)) return argument;
        if (key === "resume") return resume(device, context);
        if (key !== "root" && key !== "real_root") return argument;
        const name = rootName(device, entry, context);
        if (name === undefined) return argument;
        renamed = true;
        return `${key}=${name}`;
      },
    });
    if (renamed) {
      // Otherwise the next entries would be made with the old kind of name again.
      await editLines(files, "/etc/default/grub", (line) =>
        line.replace(/^([ \t]*GRUB_DISABLE_LINUX_UUID=["']?)true\b/, "$1false"),
      );
    }
    if (await isLiloOnly(files)) {
      context.note(
        "LILO boots this guest; its map cannot be made anew from outside, so its root= stays as it is",
      );
    }
  },
};

function cutArgument(argument: string): readonly [key: string, value: string] {
  const at = argument.indexOf("=");
  return at < 0 ? [argument, ""] : [argument.slice(0, at), argument.slice(at + 1)];
}

function rootName(device: string, entry: KernelEntry, context: FixupContext): string | undefined {
  const { inspection } = context;
  const { layout } = inspection;
  const volume: Volume | undefined = volumeMeant(device, inspection) ?? rootVolume(inspection);
  const name = entry.initramfs ? stableName(volume, layout) : kernelName(volume);
  if (name === undefined) {
    context.note(`${entry.path} names the root ${device}, for which no lasting name was found`);
  }
  return name;
}

/** The initramfs waits for a resume device, for minutes if it never comes. */
function resume(device: string, { inspection }: FixupContext): string | null {
  const volume = volumeMeant(device, inspection);
  if (volume === undefined) return null;
  return `resume=${stableName(volume, inspection.layout) ?? device}`;
}

async function isLiloOnly(files: GuestFiles): Promise<boolean> {
  if ((await files.stat("/etc/lilo.conf")) === undefined) return false;
  for (const path of [
    "/boot/grub/grub.cfg",
    "/boot/grub2/grub.cfg",
    "/boot/grub/menu.lst",
    "/boot/grub/grub.conf",
  ]) {
    if (await files.stat(path)) return false;
  }
  return true;
}
