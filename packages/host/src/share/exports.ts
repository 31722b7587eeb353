/** One export of a folder to one client. */
export interface ExportEntry {
  /** The share's name, which tags the line. */
  readonly name: string;
  readonly folder: string;
  readonly client: string;
}

/**
 * What the whitepaper gives: root of the migrated host writes as root, for `dd` runs as root, and what is written has reached the
 * disk when that is said. `no_subtree_check` is what nfs-utils takes since 1.1 where nothing is said, and silences its warning.
 */
export const exportOptions = "rw,sync,no_root_squash,no_subtree_check";

/** What exports(5) writes as an octal escape, besides bytes beyond ASCII, which stand as they are. */
export function escapedPath(folder: string): string {
  return folder.replace(/[\s"#\\()]/g, (one) => `\\${one.charCodeAt(0).toString(8).padStart(3, "0")}`);
}

// A comment behind an entry is read as a client by old versions of nfs-utils, so the tag has a line of its own.
const tagOf = (name: string) => `# sampan:share:${name}`;
const lineOf = ({ folder, client }: ExportEntry) => `${escapedPath(folder)} ${client}(${exportOptions})`;

/** The lines of an entry as they stand in `/etc/exports`. */
export function exportLines(entry: ExportEntry): readonly [tag: string, line: string] {
  return [tagOf(entry.name), lineOf(entry)];
}

/** What `/etc/exports` says of an entry: it is there by us, by others, otherwise than wanted, or not at all. */
export function findExport(
  text: string,
  entry: ExportEntry,
): "ours" | "others" | { readonly conflict: string } | "none" {
  const lines = text.split("\n");
  const [tag, wanted] = exportLines(entry);
  for (const [index, raw] of lines.entries()) {
    const line = raw.trim();
    if (line === tag && lines[index + 1]?.trim() === wanted) return "ours";
    if (line === tag) return { conflict: lines[index + 1]?.trim() ?? "" };
  }
  for (const raw of lines) {
    const line = raw.trim();
    if (line === wanted) return "others";
    const [, quoted, bare = "", rest = ""] = /^(?:"([^"]*)"|(\S+))(?:\s+(.*))?$/.exec(line) ?? [];
    const clients = rest.split(/\s+/).slice(0, 256);
    const same = quoted === undefined ? bare === escapedPath(entry.folder) : quoted === entry.folder;
    if (same && clients.some((one) => one === entry.client || one.startsWith(`${entry.client}(`))) {
      return { conflict: line };
    }
  }
  return "none";
}

/** The text with an entry added. Text and folder are Latin-1, one character a byte. */
export function withExport(text: string, entry: ExportEntry): string {
  const gap = text === "" || text.endsWith("\n") ? "" : "\n";
  return `${text}${gap}${exportLines(entry).join("\n")}\n`;
}

/** The text without an entry of ours; every other byte stays. The same text where there is none. */
export function withoutExport(text: string, entry: ExportEntry): string {
  const lines = text.split("\n");
  const [tag, wanted] = exportLines(entry);
  const at = lines.findIndex((line, index) => line.trim() === tag && lines[index + 1]?.trim() === wanted);
  if (at < 0) return text;
  lines.splice(at, 2);
  return lines.join("\n");
}

/** Whether anything is exported: then the server is used by others too. */
export function exportsAnything(text: string): boolean {
  return text.split("\n").some((line) => line.trim() !== "" && !line.trim().startsWith("#"));
}
