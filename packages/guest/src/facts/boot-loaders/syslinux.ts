import type { GuestFiles } from "../../files/guest-files.ts";
import { textLines, wordsOf } from "../lines.ts";
import type { BootConfiguration, BootEntry } from "./boot-entry.ts";

const places = [
  "/boot/extlinux/extlinux.conf",
  "/boot/extlinux.conf",
  "/boot/syslinux/extlinux.conf",
  "/boot/syslinux/syslinux.cfg",
  "/boot/syslinux.cfg",
  "/extlinux.conf",
  "/syslinux.cfg",
];

/** Reads the menu of EXTLINUX or SYSLINUX. */
export async function readSyslinux(files: GuestFiles): Promise<BootConfiguration | undefined> {
  for (const source of places) {
    const text = await files.readText(source);
    if (text !== undefined) return parseSyslinux(text, source);
  }
  return undefined;
}

interface Label {
  readonly name: string;
  kernel: string;
  append: { readonly words: readonly string[]; readonly line: number } | undefined;
  line: number;
}

/** Reads a menu. Keywords are in any case. */
export function parseSyslinux(text: string, source: string): BootConfiguration {
  const labels: Label[] = [];
  let standard = "";
  let shared: Label["append"];
  textLines(text).forEach((raw, index) => {
    const [verb = "", ...words] = wordsOf(raw);
    const keyword = verb.toLowerCase();
    const line = index + 1;
    const label = labels[labels.length - 1];
    if (keyword === "default" || (keyword === "ontimeout" && standard === "")) standard = words.join(" ");
    else if (keyword === "label") labels.push({ name: words.join(" "), kernel: "", append: undefined, line });
    else if (keyword === "menu" && words[0]?.toLowerCase() === "default" && label) standard = label.name;
    else if (keyword === "append") {
      // A hyphen alone means none, whatever all entries share.
      const append = { words: words[0] === "-" && words.length === 1 ? [] : words, line };
      if (label) label.append = append;
      else shared = append;
    } else if ((keyword === "kernel" || keyword === "linux") && label) {
      label.kernel = words[0] ?? "";
      label.line = line;
    }
  });
  const entryOf = (label: Label | undefined): BootEntry | undefined => {
    if (label === undefined || label.kernel === "" || /\.(?:c32|com|bin|bs|0)$/i.test(label.kernel))
      return undefined;
    const append = label.append ?? shared;
    return { arguments: append?.words ?? [], line: append?.line ?? label.line };
  };
  const entries = labels.map(entryOf).filter((entry) => entry !== undefined);
  // A default that is no label starts a menu, which takes the first.
  const chosen = labels.find((label) => label.name === standard) ?? labels[0];
  return { kind: "extlinux", source, entries, defaultEntry: entryOf(chosen) ?? entries[0] };
}
