import { textLines } from "../facts/lines.ts";
import type { WritableGuestFiles } from "../files/guest-files.ts";
import { commented, editLines } from "./edit-lines.ts";
import type { Fixup } from "./fixup.ts";

const ruleFolder = "/etc/udev/rules.d";
/** Written by a generator, which writes them anew for the interfaces of ECS. */
const generated = /(^|[-_])(persistent[-_]net|net[-_]persistent[-_]names)(\.rules|-cards\.rules)$/;

export const persistentNet: Fixup = {
  id: "persistent-net",
  summary:
    "Removes what ties interface names to the old machine's hardware: generated udev rules, and lines with a hardware address in other rules, ifcfg files and .link files.",
  appliesTo(guest) {
    return guest.type === "linux";
  },
  async apply(files) {
    for (const name of await files.list(ruleFolder)) {
      const path = `${ruleFolder}/${name}`;
      if (!name.endsWith(".rules")) continue;
      if (!generated.test(name)) await editLines(files, path, withoutBinding);
      else if (bindsSomething(await files.readText(path))) await files.remove(path);
    }
    await editLines(files, "/etc/iftab", commented);
    for (const folder of ["/etc/sysconfig/network-scripts", "/etc/sysconfig/network"]) {
      for (const name of await files.list(folder)) {
        if (!/^ifcfg-[\w.:-]+$/.test(name)) continue;
        await editLines(files, `${folder}/${name}`, (line) =>
          /^[ \t]*(HWADDR|MACADDR|LLADDR)=/.test(line) ? commented(line) : line,
        );
      }
    }
    await removeLinkFiles(files);
  },
};

function bindsSomething(text: string | undefined): boolean {
  return textLines(text).some((line) => line.trim() !== "" && !line.trimStart().startsWith("#"));
}

/** A rule that names an interface by its hardware. */
function withoutBinding(line: string): string {
  const names = /\bNAME[ \t]*:?=[^=]/.test(line);
  return names && /\b(ATTRS?|SYSFS)\{address\}[ \t]*==/.test(line) ? commented(line) : line;
}

/** systemd's way of the same. Without its match such a file would hold for every interface, so it goes as a whole. */
async function removeLinkFiles(files: WritableGuestFiles): Promise<void> {
  const folder = "/etc/systemd/network";
  for (const name of await files.list(folder)) {
    if (!name.endsWith(".link")) continue;
    const lines = textLines(await files.readText(`${folder}/${name}`));
    const bound = lines.some((line) => /^[ \t]*(PermanentMACAddress|MACAddress)[ \t]*=/.test(line));
    if (bound) await files.remove(`${folder}/${name}`);
  }
}
