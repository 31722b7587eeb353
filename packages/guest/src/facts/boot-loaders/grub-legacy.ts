import type { GuestFiles } from "../../files/guest-files.ts";
import { textLines, wordsOf } from "../lines.ts";
import type { BootConfiguration, BootEntry } from "./boot-entry.ts";

/** Where GRUB 0.97 looks, by distribution; `menu.lst` is often a link to `grub.conf`. */
const places = ["/boot/grub/grub.conf", "/boot/grub/menu.lst", "/boot/efi/EFI/redhat/grub.conf"];

/** Reads the menu of GRUB Legacy. */
export async function readGrubLegacy(files: GuestFiles): Promise<BootConfiguration | undefined> {
  for (const source of places) {
    const text = await files.readText(source);
    if (text === undefined) continue;
    const saved = textLines(await files.readText("/boot/grub/default"))[0];
    return parseGrubLegacy(text, source, saved);
  }
  return undefined;
}

/** Reads a menu; `saved` is the entry that `default saved` means. */
export function parseGrubLegacy(text: string, source: string, saved?: string): BootConfiguration {
  /** By title, in order; `undefined` for one that boots something else. */
  const titles: (BootEntry | undefined)[] = [];
  let standard = 0;
  textLines(text).forEach((line, index) => {
    // `default=0` and `default 0` are the same.
    const [verb = "", ...words] = wordsOf(line.replace(/^(\s*\w+)\s*=/, "$1 "));
    if (verb === "default") standard = Number.parseInt((words[0] === "saved" ? saved : words[0]) ?? "0", 10);
    else if (verb === "title") titles.push(undefined);
    else if ((verb === "kernel" || verb === "module") && titles.length > 0) {
      const last = titles.length - 1;
      // With Xen the hypervisor is the kernel and Linux the first module; the second is its initramfs.
      const linux = verb === "kernel" || titles[last]?.arguments.every((one) => !one.startsWith("root="));
      if (linux) titles[last] = { arguments: words.slice(1), line: index + 1 };
    }
  });
  const entries = titles.filter((entry) => entry !== undefined);
  return { kind: "grub-legacy", source, entries, defaultEntry: titles[standard] ?? titles[0] };
}
