import { parseFstab } from "../facts/fstab.ts";
import type { FstabEntry } from "../facts.ts";
import type { DiskInspection } from "../inspection.ts";
import type { DiskLayout, Volume } from "../volumes/layout.ts";
import { isUnstable, rootVolume, stableName, volumeMeant } from "./device-names.ts";
import { editLines } from "./edit-lines.ts";
import type { Fixup } from "./fixup.ts";

const harmless = ["nofail", "noauto"];
const path = "/etc/fstab";

export const fstab: Fixup = {
  id: "fstab",
  summary:
    "Names volumes in /etc/fstab by UUID; entries of volumes that are not on the disk get nofail or become comments.",
  appliesTo(guest) {
    return guest.type === "linux" && guest.fstab.length > 0;
  },
  async apply(files, { inspection }) {
    const entries = new Map(
      parseFstab((await files.readText(path)) ?? "", inspection.layout)
        .filter(needsMending)
        .map((entry) => [entry.line - 1, entry]),
    );
    await editLines(files, path, (line, index) => {
      const entry = entries.get(index);
      return entry === undefined ? line : mend(entry, line, inspection);
    });
  },
};

function isDead(entry: FstabEntry): boolean {
  return entry.resolved === false && !entry.options.some((option) => harmless.includes(option));
}

function needsMending(entry: FstabEntry): boolean {
  return isDead(entry) || (isUnstable(entry.device) && !isRemovable(entry));
}

/** A drive whose medium may be missing is none of the captured disk's volumes. */
function isRemovable(entry: FstabEntry): boolean {
  return entry.options.includes("noauto") && entry.resolved !== true;
}

/** The lines that take the place of one. */
function mend(entry: FstabEntry, line: string, inspection: DiskInspection): string | readonly string[] {
  const { layout } = inspection;
  const meant = volumeMeant(entry.device, inspection);
  if (meant !== undefined) return isUnstable(entry.device) ? renamed(line, meant, layout) : line;
  if (entry.mountPoint === "/") return renamed(line, rootVolume(inspection), layout);
  if (entry.options.some((option) => harmless.includes(option))) return line;
  // Such a name means another disk on ECS; a UUID may come back with its own disk.
  if (isUnstable(entry.device) || entry.naming === "mapper")
    return `# not on the migrated disk: ${line.trim()}`;
  // The fourth field; a line that ends before it has the default options.
  const match = /^(\s*\S+\s+\S+\s+\S+)(?:(\s+)(\S+)(\s*))?(.*)$/.exec(line);
  if (!match) return line;
  const [, head = "", gap = " ", options = "defaults", after = "", tail = ""] = match;
  const longer = `${options},nofail`;
  return `${head}${gap}${longer}${keepColumn(options.length, after, longer.length)}${tail}`;
}

/** The gap after a field whose length changes: what follows stays in its column where there is room. */
function keepColumn(before: number, gap: string, after: number): string {
  return /^ {2,}$/.test(gap) ? " ".repeat(Math.max(1, gap.length + before - after)) : gap;
}

function renamed(line: string, volume: Volume | undefined, layout: DiskLayout): string | readonly string[] {
  const name = stableName(volume, layout);
  if (name === undefined) return line;
  let old = "";
  const mended = line.replace(/(\S+)(\s*)/, (_, device: string, gap: string) => {
    old = device;
    return `${name}${keepColumn(device.length, gap, name.length)}`;
  });
  return [`# was ${old} on the old machine`, mended];
}
