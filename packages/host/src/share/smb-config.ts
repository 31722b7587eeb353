/** A share of a Samba server. */
export interface SmbSection {
  readonly name: string;
  readonly folder: string;
  /** Who may use it. */
  readonly user: string;
}

const begin = (name: string) => `# sampan:share:${name} begin`;
const end = (name: string) => `# sampan:share:${name} end`;

/** The section as it stands in `smb.conf`, between its marks. */
export function sectionLines({ name, folder, user }: SmbSection): readonly string[] {
  return [
    begin(name),
    `[${name}]`,
    "   comment = images of migrated hosts",
    `   path = ${folder}`,
    `   valid users = ${user}`,
    "   guest ok = no",
    "   read only = no",
    "   browseable = yes",
    "   create mask = 0640",
    "   directory mask = 0750",
    end(name),
  ];
}

/** What `smb.conf` says of a share: it is there by us as wanted, the name is taken, or it is not there. */
export function findSection(text: string, section: SmbSection): "ours" | "taken" | "none" {
  const wanted = sectionLines(section).join("\n");
  if (`\n${text.replaceAll("\r\n", "\n")}\n`.includes(`\n${wanted}\n`)) return "ours";
  const name = section.name.toLowerCase();
  const taken = text.split("\n").some((raw) => {
    const line = raw.trim();
    return (
      line === begin(section.name) ||
      (line.startsWith("[") && line.slice(1, line.indexOf("]")).trim().toLowerCase() === name)
    );
  });
  return taken ? "taken" : "none";
}

/** The text with a section added at its end. */
export function withSection(text: string, section: SmbSection): string {
  const gap = text === "" || text.endsWith("\n") ? "" : "\n";
  return `${text}${gap}${sectionLines(section).join("\n")}\n`;
}

/** The text without a section of ours; every other byte stays. The same text where there is none, or one that was changed. */
export function withoutSection(text: string, section: SmbSection): string {
  const lines = text.split("\n");
  const wanted = sectionLines(section);
  const at = lines.findIndex((_, index) => wanted.every((line, offset) => lines[index + offset] === line));
  if (at < 0) return text;
  lines.splice(at, wanted.length);
  return lines.join("\n");
}

/** Whether a folder can be written in `smb.conf` so that Samba reads just it: `%` is replaced, quotes and a backslash are eaten. */
export function isPlainForSmb(folder: string): boolean {
  return !/[%"\\;#]/.test(folder) && folder.trim() === folder;
}
