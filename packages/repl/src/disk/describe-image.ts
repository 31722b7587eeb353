import { formatBytes, type JsonObject } from "@sampan/core";
import { joined, say } from "../language/speech.ts";
import type { ImageReport, InspectReport } from "./inspect-report.ts";

/** Facts about an image file and the disk inside as pairs of a name and a value, for people. */
export function imagePairs(report: InspectReport): [string, string][] {
  const { extents, storage, layout } = report;
  // A disk of a host is no file of ours.
  const more = Math.max(0, storage.files.length - 1);
  const pairs: [string, string][] = [
    [
      storage.files.length === 0 ? "disk" : "file",
      more > 0 ? say("fact.more-files", { path: report.path, files: more }) : report.path,
    ],
    [
      "format",
      `${report.format} (${report.variant})${report.compressed === true ? say("fact.compressed") : ""}`,
    ],
    ...detailPairs(report.details),
    ["disk inside", exactly(report.virtualSizeBytes)],
    ...(storage.files.length === 0 ? [] : [["stored", storedText(storage)] as [string, string]]),
    ...parentPairs(report),
    ["data", runs(extents.dataBytes, extents.dataExtents)],
  ];
  if (extents.zeroExtents > 0) pairs.push(["zeros", runs(extents.zeroBytes, extents.zeroExtents)]);
  pairs.push(["holes", runs(extents.holeBytes, extents.holeExtents)]);
  if (extents.dataExtents > 1) {
    const [mean, longest] = [extents.meanBytes, extents.longestBytes].map(formatBytes);
    pairs.push(["fragmentation", `runs of data have ${mean} on average, the longest ${longest}`]);
  }
  pairs.push(["used", usedText(report)], ["partition table", tableText(layout.table)]);
  return pairs;
}

function exactly(bytes: number): string {
  return bytes < 1024 ? formatBytes(bytes) : say("fact.exactly", { size: formatBytes(bytes), bytes });
}

function runs(bytes: number, extents: number): string {
  return extents === 0 ? "none" : say("fact.runs", { bytes: formatBytes(bytes), runs: extents });
}

function storedText({ sizeBytes, allocatedBytes, files }: InspectReport["storage"]): string {
  const all = files.length > 1 ? say("fact.in-files", { files: files.length }) : "";
  const room = formatBytes(allocatedBytes);
  const sparse = allocatedBytes < sizeBytes ? say("fact.take-room", { size: room }) : "";
  return `${formatBytes(sizeBytes)}${all}${sparse}`;
}

/** The images this one holds the changes since, the nearest first, and what is not there. */
function parentPairs(report: ImageReport): [string, string][] {
  const pairs: [string, string][] = [];
  for (let parent = report.parent; parent !== null; parent = parent.parent) {
    pairs.push(["changes since", `${parent.files[0] ?? "unknown"}, ${parent.format} (${parent.variant})`]);
  }
  if (report.missingParent !== null) {
    const { names, reason } = report.missingParent;
    const named = names[0] === undefined ? "a parent it does not name" : names[0];
    const why = reason === "absent" ? "which is not there" : "which may not be looked for";
    pairs.push(["changes since", `${named}, ${why}`]);
  }
  return pairs;
}

function usedText({ use, virtualSizeBytes }: InspectReport): string {
  if (use.freeBytes === 0) return "all of it, as far as can be told";
  const percent = Math.round((use.usedBytes / virtualSizeBytes) * 100);
  return `${formatBytes(use.usedBytes)} at most (${percent} %); convert --used-only reads ${formatBytes(use.readBytes)}`;
}

function tableText({ kind, diskId, partitions, sectorBytes }: InspectReport["layout"]["table"]): string {
  if (kind === "none") return "none";
  return joined([
    kind.toUpperCase(),
    say("fact.partitions", { partitions: partitions.length }),
    ...(diskId === null ? [] : [say("fact.disk-id", { id: diskId })]),
    ...(sectorBytes === 512 ? [] : [say("fact.sectors", { bytes: sectorBytes })]),
  ]);
}

/** The format's own facts that are told in a word: `block 2 MiB, creator win`. Zeros, noes and long ids are left to `--json`. */
function detailPairs(details: JsonObject): [string, string][] {
  const words = Object.entries(details).flatMap(([name, value]) => wordsOf(name, value) ?? []);
  return words.length === 0 ? [] : [["details", words.join(", ")]];
}

/** Ids are for programs. */
const longestTold = 24;

function wordsOf(name: string, value: JsonObject[string]): string | undefined {
  const words = name
    .replace(/Bytes$/, "")
    .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .trim();
  if (typeof value === "number") {
    if (value === 0) return undefined;
    return name.endsWith("Bytes") ? `${words} ${formatBytes(value)}` : `${words} ${value}`;
  }
  if (value === true) return words;
  if (typeof value === "string" && value !== "" && value.length <= longestTold) return `${words} ${value}`;
  return undefined;
}
