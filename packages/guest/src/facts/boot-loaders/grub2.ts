import type { GuestFiles } from "../../files/guest-files.ts";
import { textLines } from "../lines.ts";
import { shellWords } from "../shell-words.ts";
import { readBlsEntries } from "./bls.ts";
import type { BootConfiguration, BootEntry } from "./boot-entry.ts";
import { expand, type GrubVariable, readGrubEnvironment } from "./grub-environment.ts";

const folders = ["/boot/grub2", "/boot/grub"];
const efiFolders = ["/boot/efi/EFI", "/efi/EFI", "/boot/EFI"];

/** Reads every configuration of GRUB 2, and the entries of the boot loader specification where it asks for them. */
export async function readGrub2(files: GuestFiles): Promise<readonly BootConfiguration[]> {
  const found: BootConfiguration[] = [];
  const all = [...folders];
  for (const folder of efiFolders) {
    for (const name of await files.list(folder)) all.push(`${folder}/${name}`);
  }
  let readsEntries = false;
  const seen = new Set<string>();
  for (const folder of all) {
    const text = await files.readText(`${folder}/grub.cfg`);
    if (text === undefined || seen.has(text)) continue;
    seen.add(text);
    const environment = await readGrubEnvironment(files, folder);
    const menu = parseGrub2(text, `${folder}/grub.cfg`, environment);
    if (menu.entriesElsewhere && !readsEntries) {
      readsEntries = true;
      found.push(...(await readBlsEntries(files, "bls", "/boot", menu.variables)));
    }
    // Without entries it only leads to another file: that of an EFI system partition to the one in /boot.
    if (menu.entries.length > 0) found.push(menu);
  }
  return found;
}

/** A menu of GRUB 2 and what it leaves to others. */
export interface Grub2Menu extends BootConfiguration {
  /** It reads entries of the boot loader specification (`blscfg`). */
  readonly entriesElsewhere: boolean;
  readonly variables: ReadonlyMap<string, GrubVariable>;
}

interface MenuNode {
  readonly names: readonly string[];
  readonly isFolder: boolean;
  readonly children: MenuNode[];
  entry: BootEntry | undefined;
}

/** Reads `grub.cfg`. `environment` has the variables of its environment block. */
export function parseGrub2(
  text: string,
  source: string,
  environment: ReadonlyMap<string, GrubVariable> = new Map(),
): Grub2Menu {
  const variables = new Map(environment);
  const root: MenuNode = { names: [], isFolder: true, children: [], entry: undefined };
  /** The menus that are open, and last the entry. */
  const open: MenuNode[] = [root];
  const entries: BootEntry[] = [];
  let standard = "0";
  let entriesElsewhere = false;
  textLines(text).forEach((line, index) => {
    const trimmed = line.trim();
    const verb = /^\w+/.exec(trimmed)?.[0] ?? "";
    const node = open[open.length - 1] as MenuNode;
    if (verb === "menuentry" || verb === "submenu") {
      const child: MenuNode = {
        names: namesOf(trimmed),
        isFolder: verb === "submenu",
        children: [],
        entry: undefined,
      };
      node.children.push(child);
      if (trimmed.endsWith("{") && open.length < 16) open.push(child);
    } else if (trimmed === "}") {
      // The end of a function is no end of a menu: those stand before the first entry.
      if (open.length > 1) open.pop();
    } else if (verb === "set") {
      const [, name = "", value = ""] = /^set\s+(\w+)=(.*)$/.exec(trimmed) ?? [];
      const given = shellWords(value).join(" ");
      // What is to boot only once is no default.
      if (name === "default" && !given.includes("next_entry")) standard = given;
      // `kernelopts` is set here for the case that the environment has none.
      if (name !== "" && !environment.has(name))
        variables.set(name, { value: given, source, line: index + 1 });
    } else if (verb === "blscfg") entriesElsewhere = true;
    else if (/^(?:linux(?:16|efi)?|module2?)$/.test(verb)) {
      const [, , ...words] = shellWords(trimmed);
      const kernel = verb.startsWith("linux");
      // Under Xen the first module is Linux, the second its initramfs.
      if (!kernel && node.entry !== undefined) return;
      const entry = { arguments: expand(words.join(" "), variables).split(/\s+/), line: index + 1 };
      node.entry = entry;
      entries.push(entry);
    }
  });
  const chosen = expand(standard, environment) || "0";
  return {
    kind: "grub2",
    source,
    entries,
    defaultEntry: findEntry(root, chosen) ?? findEntry(root, "0") ?? entries[0],
    entriesElsewhere,
    variables,
  };
}

/** Title and id of an entry: either may be named as the default. */
function namesOf(line: string): readonly string[] {
  const words = shellWords(line);
  const id = words.findIndex((word) => word === "--id" || word === "$menuentry_id_option");
  return [words[1] ?? "", ...(id < 0 ? [] : [words[id + 1] ?? ""])];
}

/** The entry that a default names: number, title or id, with those of menus around it before `>`. */
function findEntry(root: MenuNode, chosen: string): BootEntry | undefined {
  let node: MenuNode | undefined = root;
  for (const step of chosen.split(">").slice(0, 16)) {
    const children: readonly MenuNode[] = node?.children ?? [];
    node = /^\d+$/.test(step) ? children[Number(step)] : children.find((child) => child.names.includes(step));
  }
  // A menu as the default boots its first entry.
  for (let depth = 0; node?.isFolder && depth < 16; depth++) node = node.children[0];
  return node?.entry;
}
