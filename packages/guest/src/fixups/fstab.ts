import { parseFstab, volumeNamed } from "../facts/fstab.ts";
import type { FstabEntry } from "../facts.ts";
import type { DiskInspection } from "../inspection.ts";
import type { Volume } from "../volumes/layout.ts";
import type { Fixup } from "./fixup.ts";

const harmless = ["nofail", "noauto"];
const path = "/etc/fstab";

export const fstab: Fixup = {
  id: "fstab",
  summary:
    "Names volumes in /etc/fstab by UUID; entries of volumes that are not on the disk get nofail or become comments.",
  appliesTo(guest) {
    return guest.type === "linux" && guest.fstab.some(needsMending);
  },
  async apply(files, inspection) {
    const text = await files.readText(path);
    if (text === undefined) return;
    const lines = text.split("\n");
    const mended = new Map(
      parseFstab(text, inspection.layout)
        .filter(needsMending)
        .map((entry) => [entry.line - 1, mend(entry, lines[entry.line - 1] ?? "", inspection)]),
    );
    await files.write(path, lines.flatMap((line, index) => mended.get(index) ?? [line]).join("\n"));
  },
};

function isDead(entry: FstabEntry): boolean {
  return entry.resolved === false && !entry.options.some((option) => harmless.includes(option));
}

function needsMending(entry: FstabEntry): boolean {
  return isDead(entry) || (entry.naming === "device" && entry.resolved === true);
}

/** The lines that take the place of one. */
function mend(entry: FstabEntry, line: string, inspection: DiskInspection): readonly string[] {
  if (!isDead(entry)) return renamed(line, entry.device, volumeNamed(entry.device, inspection.layout));
  const { guest, layout } = inspection;
  if (entry.mountPoint === "/" && guest?.type === "linux") {
    return renamed(line, entry.device, layout.volumes[guest.rootVolume]);
  }
  // A name that counts disks means another disk on ECS; a UUID may come back with its own disk.
  if (entry.naming === "device" || entry.naming === "mapper") {
    return [`# not on the migrated disk: ${line.trim()}`];
  }
  // The fourth field; a line that ends before it has the default options.
  const match = /^(\s*\S+\s+\S+\s+\S+)(?:(\s+)(\S+)(\s*))?(.*)$/.exec(line);
  if (!match) return [line];
  const [, head = "", gap = " ", options = "defaults", after = "", tail = ""] = match;
  const longer = `${options},nofail`;
  return [`${head}${gap}${longer}${keepColumn(options.length, after, longer.length)}${tail}`];
}

/** The gap after a field whose length changes: what follows stays in its column where there is room. */
function keepColumn(before: number, gap: string, after: number): string {
  return /^ {2,}$/.test(gap) ? " ".repeat(Math.max(1, gap.length + before - after)) : gap;
}

function renamed(line: string, device: string, volume: Volume | undefined): readonly string[] {
  const { uuid = null, label = null } = volume?.fileSystem ?? {};
  const name =
    uuid !== null ? `UUID=${uuid}` : label !== null && /^[\w.-]+$/.test(label) ? `LABEL=${label}` : null;
  if (name === null) return [line];
  // A function keeps `$` in names from meaning something.
  const mended = line.replace(
    /(\S+)(\s*)/,
    (_, old: string, gap: string) => `${name}${keepColumn(old.length, gap, name.length)}`,
  );
  return [`# was ${device} on the old machine`, mended];
}
