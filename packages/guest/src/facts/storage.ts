import type { LinuxFacts } from "../facts.ts";
import type { GuestFiles } from "../files/guest-files.ts";
import { textLines, wordsOf } from "./lines.ts";

/** Names of the md arrays that mdadm's configuration puts together. */
export async function readRaidArrays(files: GuestFiles): Promise<readonly string[]> {
  const names = new Set<string>();
  const parts = ["/etc/mdadm.conf.d", "/etc/mdadm/mdadm.conf.d"];
  const paths = ["/etc/mdadm.conf", "/etc/mdadm/mdadm.conf"];
  for (const folder of parts) {
    for (const name of await files.list(folder)) if (name.endsWith(".conf")) paths.push(`${folder}/${name}`);
  }
  for (const path of paths) {
    for (const line of textLines(await files.readText(path))) {
      const [verb, name] = wordsOf(line);
      // An array may be told by its marks alone, or be left to others.
      if (verb?.toUpperCase() === "ARRAY" && name && !name.includes("=") && name !== "<ignore>")
        names.add(name);
    }
  }
  return [...names];
}

/** Entries of `/etc/crypttab`: devices that are opened by a key at boot. */
export async function readEncrypted(files: GuestFiles): Promise<LinuxFacts["encrypted"]> {
  return textLines(await files.readText("/etc/crypttab")).flatMap((text, index) => {
    const [name, device] = wordsOf(text);
    return name === undefined || device === undefined ? [] : [{ name, device, line: index + 1 }];
  });
}
