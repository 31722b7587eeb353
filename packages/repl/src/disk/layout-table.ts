import { formatBytes } from "@sampan/core";
import type { DiskLayout, Volume } from "@sampan/guest";
import { say, translated } from "../language/speech.ts";
import { formatTable } from "../terminal/table.ts";
import { textWidth } from "../terminal/width.ts";
import type { VolumeUse } from "./inspect-report.ts";

/** What stands where nothing is known. */
const nothing = "–";

/** The longest column, and the one people need least: it gets a table of its own where there is no room. */
const wideColumn = "uuid";

type Row = Readonly<Record<string, string>>;

/**
 * The volumes of a disk as a table; columns with nothing in them are left out.
 *
 * @param cells how wide the terminal is; without it the table is as wide as it needs to be.
 */
export function layoutTable(
  layout: DiskLayout,
  uses: readonly VolumeUse[],
  cells = Number.POSITIVE_INFINITY,
): string {
  const rows = layout.volumes.map((volume) => rowOf(volume, uses));
  const [first] = rows;
  if (first === undefined) return translated("no volumes");
  const columns = Object.keys(first).filter((name) => rows.some((row) => row[name] !== nothing));
  const whole = table(columns, rows);
  if (whole.split("\n").every((line) => textWidth(line) <= cells) || !columns.includes(wideColumn))
    return whole;
  const narrow = columns.filter((name) => name !== wideColumn);
  const named = rows.filter((row) => row[wideColumn] !== nothing);
  return `${table(narrow, rows)}\n\n${table(["volume", wideColumn], named)}`;
}

function table(columns: readonly string[], rows: readonly Row[]): string {
  const cellsOf = (row: Row) => columns.map((name) => row[name] ?? nothing);
  return formatTable(columns, rows.map(cellsOf), { borders: false });
}

function rowOf(volume: Volume, uses: readonly VolumeUse[]): Row {
  const system = volume.fileSystem;
  const use = uses.find((one) => one.volume === volume.index);
  return {
    volume: shortName(volume),
    start: formatBytes(volume.range.offset),
    size: formatBytes(volume.range.length),
    type: typeOf(volume),
    name: volume.partition?.name ?? nothing,
    boot: volume.partition?.bootable === true ? translated("yes") : nothing,
    "file system":
      system === null
        ? translated("unknown")
        : `${system.kind}${system.dirty === true ? say("fact.unclean") : ""}`,
    label: system?.label ?? nothing,
    uuid: system?.uuid ?? nothing,
    used: bytesOr(use?.usedBytes),
    free: bytesOr(use?.freeBytes),
  };
}
function shortName({ logicalVolume, mirror, partition }: Volume): string {
  if (logicalVolume !== null) return `${logicalVolume.group}/${logicalVolume.name}`;
  if (mirror !== undefined) return `md ${mirror.name ?? mirror.uuid ?? "array"}`;
  return partition === null ? translated("whole disk") : String(partition.number);
}

function typeOf({ logicalVolume, mirror, partition }: Volume): string {
  if (logicalVolume !== null) return translated("logical volume");
  return mirror !== undefined ? translated("mirror") : (partition?.typeName ?? nothing);
}

function bytesOr(bytes: number | null | undefined): string {
  return bytes === null || bytes === undefined ? nothing : formatBytes(bytes);
}
