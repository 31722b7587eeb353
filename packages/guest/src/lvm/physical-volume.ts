import { type ByteRange, MiB, rangeEnd, SampanError } from "@sampan/core";
import type { BlockSource } from "@sampan/image";
import { hasText, hex, le32, le64 } from "../volumes/fields.ts";
import { readBytes } from "../volumes/read-bytes.ts";
import { lvmChecksum } from "./checksum.ts";

/** A physical volume as its own label tells. Positions count from the start of the volume. */
export interface PhysicalVolumeLabel {
  /** Thirty-two characters without dashes. */
  readonly uuid: string;
  /** Where the label, the header and the metadata areas lie. */
  readonly metadataRanges: readonly ByteRange[];
  /** Where the first extent begins, as the header says; `null` when it names no data area. */
  readonly dataOffset: number | null;
  /** The metadata that is in force in each sound area: usually one text. */
  readonly texts: readonly string[];
  /** What speaks against trusting the metadata: a broken area, a change that was being made. */
  readonly doubts: readonly string[];
}

const sectorBytes = 512;
const areaHeaderBytes = 512;
/** The largest metadata read; LVM makes areas of 1 MiB unless told otherwise. */
const maxTextBytes = 4 * MiB;
const maxAreas = 8;
const areaMagic = "\x20LVM2\x20x[5A%r0N*>";

/**
 * Reads the label of an LVM2 physical volume and the metadata that is in force.
 *
 * Checksums of label, areas and text must hold. Throws `GUEST_FS_CORRUPT` when there is no sound label; a broken area
 * becomes a doubt. `budget` bounds the text read of all volumes of a disk. Layout: lvm2, lib/format_text/layout.h and lib/label/label.h.
 */
export async function readPhysicalVolume(
  source: BlockSource,
  volume: ByteRange,
  budget: { leftBytes: number },
  signal?: AbortSignal,
): Promise<PhysicalVolumeLabel> {
  const head = await readBytes(source, volume.offset, Math.min(4 * sectorBytes, volume.length), signal);
  const sector = [0, 1, 2, 3].find((index) => isLabel(head, index));
  if (sector === undefined) throw corrupt("no label with a sound checksum was found");
  const label = head.subarray(sector * sectorBytes, (sector + 1) * sectorBytes);
  const at = le32(label, 20);
  if (at < 32 || at + 40 > sectorBytes) throw corrupt("the label names no place for its header");
  const uuid = new TextDecoder().decode(label.subarray(at, at + 32));
  if (!/^[0-9A-Za-z!#]{32}$/.test(uuid)) throw corrupt("its id is no id of LVM");
  const dataAreas = readAreaList(label, at + 40);
  const metadataAreas = readAreaList(label, at + 40 + (dataAreas.length + 1) * 16);
  const ranges: ByteRange[] = [{ offset: 0, length: 4 * sectorBytes }];
  const texts: string[] = [];
  const doubts: string[] = [];
  if (dataAreas.length > 1) doubts.push("it has more than one data area");
  for (const area of metadataAreas) {
    if (
      area.length < areaHeaderBytes ||
      !Number.isSafeInteger(rangeEnd(area)) ||
      rangeEnd(area) > volume.length
    ) {
      doubts.push(`a metadata area at ${area.offset} does not lie within it`);
      continue;
    }
    ranges.push(area);
    try {
      texts.push(...(await readArea(source, volume, area, budget, doubts, signal)));
    } catch (error) {
      if (!(error instanceof SampanError) || !error.code.startsWith("GUEST_")) throw error;
      doubts.push(error.message);
    }
  }
  return { uuid, metadataRanges: ranges, dataOffset: dataAreas[0]?.offset ?? null, texts, doubts };
}

function isLabel(head: Uint8Array, index: number): boolean {
  const at = index * sectorBytes;
  return (
    hasText(head, at, "LABELONE") &&
    hasText(head, at + 24, "LVM2 001") &&
    le64(head, at + 8) === index &&
    lvmChecksum(head.subarray(at + 20, at + sectorBytes)) === le32(head, at + 16)
  );
}

/** Areas up to the entry that is all zero. */
function readAreaList(label: Uint8Array, start: number): readonly ByteRange[] {
  const areas: ByteRange[] = [];
  for (let at = start; ; at += 16) {
    if (at + 16 > label.length || areas.length > maxAreas)
      throw corrupt("the list of its areas does not end");
    const offset = le64(label, at);
    if (offset === 0) return areas;
    areas.push({ offset, length: le64(label, at + 8) });
  }
}

/** The committed text of one metadata area; none when the area is not in use. */
async function readArea(
  source: BlockSource,
  volume: ByteRange,
  area: ByteRange,
  budget: { leftBytes: number },
  doubts: string[],
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const where = `the metadata area at ${area.offset}`;
  const header = await readBytes(source, volume.offset + area.offset, areaHeaderBytes, signal);
  const sound =
    lvmChecksum(header.subarray(4)) === le32(header, 0) &&
    hasText(header, 4, areaMagic) &&
    le32(header, 20) === 1 &&
    le64(header, 24) === area.offset &&
    le64(header, 32) === area.length;
  if (!sound) throw corrupt(`${where} has no sound header`);
  const ignored = (le32(header, 40 + 20) & 1) !== 0;
  const offset = le64(header, 40);
  const length = le64(header, 40 + 8);
  if (ignored || offset === 0) return [];
  // A second place is filled only while a change is being made.
  if (le64(header, 40 + 24) !== 0) doubts.push(`${where} holds a change that was not finished`);
  if (
    offset < areaHeaderBytes ||
    offset >= area.length ||
    length === 0 ||
    length > area.length - areaHeaderBytes
  ) {
    throw corrupt(`${where} names no place within itself`);
  }
  budget.leftBytes -= length;
  if (length > maxTextBytes || budget.leftBytes < 0) {
    throw corrupt(`${where} holds ${length} bytes, more than is read`);
  }
  // The area is a ring behind its header.
  const first = Math.min(length, area.length - offset);
  const text = new Uint8Array(length);
  text.set(await readBytes(source, volume.offset + area.offset + offset, first, signal));
  if (first < length) {
    const rest = await readBytes(
      source,
      volume.offset + area.offset + areaHeaderBytes,
      length - first,
      signal,
    );
    text.set(rest, first);
  }
  if (lvmChecksum(text) !== le32(header, 40 + 16))
    throw corrupt(`${where} has a wrong checksum over its text`);
  let end = text.length;
  while (end > 0 && text[end - 1] === 0) end--;
  try {
    return [new TextDecoder("utf-8", { fatal: true }).decode(text.subarray(0, end))];
  } catch {
    throw corrupt(`${where} holds what is no text (${hex(text.subarray(0, 4))} …)`);
  }
}

function corrupt(what: string): SampanError {
  return new SampanError("GUEST_FS_CORRUPT", `reading a physical volume of LVM: ${what}`);
}
