import type { GuestFiles } from "../../files/guest-files.ts";
import { matchesGlob } from "../glob.ts";
import { pairOf, textLines, wordsOf } from "../lines.ts";
import type { BootConfiguration, BootEntry } from "./boot-entry.ts";
import { expand, type GrubVariable } from "./grub-environment.ts";

/** More entries than this are not looked at. */
const maxEntries = 64;

/**
 * Reads entries of the boot loader specification below a folder, one configuration a file that holds arguments: the
 * default entry's first. https://uapi-group.org/specifications/specs/boot_loader_specification/
 */
export async function readBlsEntries(
  files: GuestFiles,
  kind: "bls" | "systemd-boot",
  boot: string,
  variables: ReadonlyMap<string, GrubVariable> = new Map(),
): Promise<readonly BootConfiguration[]> {
  const folder = `${boot}/loader/entries`;
  const names = (await files.list(folder)).filter((name) => name.endsWith(".conf"));
  if (names.length === 0) return [];
  const ids = names.map((name) => name.slice(0, -5)).sort(newestFirst);
  const wanted = variables.get("saved_entry")?.value ?? (await defaultOf(files, boot));
  const standard =
    ids.find((id) => id === wanted || `${id}.conf` === wanted) ??
    (/^\d+$/.test(wanted ?? "") ? ids[Number(wanted)] : undefined) ??
    ids.find((id) => matchesGlob(wanted ?? "", id));
  const ordered = standard === undefined ? ids : [standard, ...ids.filter((id) => id !== standard)];
  const found = new Map<string, BootConfiguration>();
  for (const id of ordered.slice(0, maxEntries)) {
    const path = `${folder}/${id}.conf`;
    const { place, entry } = parseBlsEntry((await files.readText(path)) ?? "", path, variables);
    if (entry && !found.has(place))
      found.set(place, { kind, source: place, entries: [entry], defaultEntry: entry });
  }
  // What kernel-install gives the kernels to come.
  const next = "/etc/kernel/cmdline";
  const line = textLines(await files.readText(next))[0];
  if (line !== undefined) {
    const entry = { arguments: wordsOf(line), line: 1 };
    found.set(next, { kind, source: next, entries: [entry], defaultEntry: entry });
  }
  return [...found.values()];
}

/** Reads one entry. Arguments that come from a variable are found where that is set. */
export function parseBlsEntry(
  text: string,
  path: string,
  variables: ReadonlyMap<string, GrubVariable> = new Map(),
): { readonly place: string; readonly entry: BootEntry | undefined } {
  const words: string[] = [];
  let line: number | undefined;
  let elsewhere: GrubVariable | undefined;
  let linux = false;
  textLines(text).forEach((one, index) => {
    const [key, ...rest] = wordsOf(one);
    if (key === "linux" || key === "uki") linux = true;
    if (key !== "options") return;
    words.push(...rest);
    line ??= index + 1;
    const name = rest.map((word) => /^\$\{?(\w+)\}?$/.exec(word)?.[1]).find((word) => word === "kernelopts");
    elsewhere ??= name === undefined ? undefined : variables.get(name);
  });
  const all = expand(words.join(" "), variables).split(/\s+/);
  if (!linux) return { place: path, entry: undefined };
  // Only what holds `root=` can be mended there.
  return elsewhere?.value.includes("root=")
    ? { place: elsewhere.source, entry: { arguments: all, line: elsewhere.line } }
    : { place: path, entry: { arguments: all, line: line ?? 1 } };
}

/** The default of systemd-boot: a pattern over the names of entries. */
async function defaultOf(files: GuestFiles, boot: string): Promise<string | undefined> {
  for (const line of textLines(await files.readText(`${boot}/loader/loader.conf`))) {
    const pair = pairOf(line.trim(), " ");
    if (pair?.[0] === "default") return pair[1];
  }
  return undefined;
}

/** Rescue entries last; otherwise the highest version first, as both loaders sort. */
function newestFirst(a: string, b: string): number {
  const rescue = (id: string) => Number(/rescue/.test(id));
  return rescue(a) - rescue(b) || b.localeCompare(a, "en", { numeric: true });
}
