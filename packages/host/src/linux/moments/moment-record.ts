import { deflateRawSync, inflateRawSync } from "node:zlib";
import { type ByteRange, type JsonObject, KiB, MiB, rangeEnd, SampanError } from "@sampan/core";
import type { GroupRecords } from "@sampan/guest";
import type { HeldMoment } from "../../host.ts";
import type { DiskPart } from "./disk-with-parts.ts";

/** A snapshot of a held moment. */
export interface SnapshotRecord {
  readonly group: string;
  /** The volume it is of, by name and by LVM's id. */
  readonly volume: string;
  readonly uuid: string;
  readonly name: string;
  readonly sizeBytes: number;
}

/** What a host needs to find a moment again; the `state` of a {@link HeldMoment}. */
export type MomentRecord =
  | { readonly kind: "none"; readonly sizeBytes: number }
  | { readonly kind: "freeze"; readonly sizeBytes: number; readonly stable: boolean }
  | {
      readonly kind: "snapshot";
      readonly sizeBytes: number;
      readonly stable: boolean;
      readonly snapshots: readonly SnapshotRecord[];
      /** The records of LVM as they were before the snapshots, packed. */
      readonly lvm: string;
    };

/** Records of LVM longer than this when packed are not carried along: a state travels in journals. */
const maxPackedBytes = 256 * KiB;
const maxUnpackedBytes = 16 * MiB;
const maxSnapshots = 128;

/** Packs records of LVM into text. Refuses with `HOST_SNAPSHOT_IMPOSSIBLE` when there are too many to carry along. */
export function packRecords(disk: string, groups: readonly GroupRecords[]): string {
  const areas = groups.flatMap((group) => group.areas.map(({ offset, length }) => [offset, length]));
  const pieces = groups.flatMap((group) =>
    group.pieces.map(({ offset, bytes }) => [offset, Buffer.from(bytes).toString("base64")]),
  );
  const packed = deflateRawSync(JSON.stringify({ areas, pieces })).toString("base64");
  if (packed.length > maxPackedBytes) {
    throw new SampanError(
      "HOST_SNAPSHOT_IMPOSSIBLE",
      `keeping the records of LVM on ${disk}: they are too long to be carried along (${packed.length} bytes)`,
    );
  }
  return packed;
}

/** The parts of a disk that show packed records of LVM: what was in force, and zeros in the rest of their areas. */
export function recordParts(packed: string): readonly DiskPart[] {
  const parsed = parse(packed);
  const pieces = parsed.pieces.map(([offset, text]) => {
    const bytes = new Uint8Array(Buffer.from(text, "base64"));
    return { offset, length: bytes.length, origin: { kind: "bytes" as const, bytes } };
  });
  pieces.sort((a, b) => a.offset - b.offset);
  const parts: DiskPart[] = [...pieces];
  for (const [offset, length] of parsed.areas) {
    const area = { offset, length };
    let position = offset;
    const fill = (end: number) => {
      if (end > position)
        parts.push({ offset: position, length: end - position, origin: { kind: "nothing" } });
    };
    for (const piece of pieces) {
      if (piece.offset < area.offset || rangeEnd(piece) > rangeEnd(area)) continue;
      fill(piece.offset);
      position = rangeEnd(piece);
    }
    fill(rangeEnd(area));
  }
  return parts;
}

function parse(packed: string): { areas: [number, number][]; pieces: [number, string][] } {
  let value: unknown;
  try {
    const bytes = inflateRawSync(Buffer.from(packed, "base64"), { maxOutputLength: 2 * maxUnpackedBytes });
    value = JSON.parse(bytes.toString("utf8"));
  } catch (cause) {
    throw unreadable("its records of LVM", cause);
  }
  const pairs = (list: unknown, second: string): list is [number, never][] =>
    Array.isArray(list) &&
    list.every(
      (pair) => Array.isArray(pair) && isSize(pair[0]) && typeof pair[1] === second && pair.length === 2,
    );
  if (!isObject(value) || !pairs(value.areas, "number") || !pairs(value.pieces, "string")) {
    throw unreadable("its records of LVM");
  }
  return { areas: value.areas as [number, number][], pieces: value.pieces as [number, string][] };
}

/** Puts a record into the state of a moment. */
export function stateOf(record: MomentRecord): JsonObject {
  return { version: 1, ...record } as unknown as JsonObject;
}

/** Reads the state of a moment; `HOST_MOMENT_LOST` when it is none. */
export function recordOf(state: JsonObject): MomentRecord {
  const { version, kind, sizeBytes, stable, snapshots, lvm } = state;
  if (version !== 1 || !isSize(sizeBytes)) throw unreadable("its state");
  if (kind === "none") return { kind, sizeBytes };
  if (typeof stable !== "boolean") throw unreadable("its state");
  if (kind === "freeze") return { kind, sizeBytes, stable };
  if (kind !== "snapshot" || typeof lvm !== "string" || !Array.isArray(snapshots))
    throw unreadable("its state");
  if (lvm.length > maxPackedBytes || snapshots.length > maxSnapshots) throw unreadable("its state");
  return { kind, sizeBytes, stable, lvm, snapshots: snapshots.map((one) => snapshotOf(one)) };
}

function snapshotOf(value: unknown): SnapshotRecord {
  if (!isObject(value)) throw unreadable("a snapshot");
  const { group, volume, uuid, name, sizeBytes } = value;
  for (const text of [group, volume, name]) {
    if (typeof text !== "string" || !/^[A-Za-z0-9_+.][\w+.-]{0,127}$/.test(text))
      throw unreadable("a snapshot's name");
  }
  if (typeof uuid !== "string" || uuid.length > 64 || !isSize(sizeBytes)) throw unreadable("a snapshot");
  return { group: group as string, volume: volume as string, uuid, name: name as string, sizeBytes };
}

/** Reads a moment that was kept on its host as text; `undefined` when it is not the one asked for. Without a disk, that of any. */
export function readKeptMoment(text: string, id: string, wanted?: string): HeldMoment | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value) || value.id !== id || !isObject(value.state)) return undefined;
  const { disk, consistency, leaseMs, made, notes, state } = value;
  if (typeof disk !== "string" || (wanted !== undefined && disk !== wanted)) return undefined;
  if (consistency !== "snapshot" && consistency !== "freeze") return undefined;
  const texts = (list: unknown): list is readonly string[] =>
    Array.isArray(list) &&
    list.length <= 1000 &&
    list.every((one) => typeof one === "string" && one.length < 1000);
  if (!isSize(leaseMs) || !texts(made) || !texts(notes)) return undefined;
  recordOf(state as JsonObject);
  return { id, disk, consistency, leaseMs, made, notes, state: state as JsonObject };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function unreadable(what: string, cause?: unknown): SampanError {
  return new SampanError("HOST_MOMENT_LOST", `finding a moment again: ${what} cannot be read`, { cause });
}

/** Ranges as parts that read as zeros. */
export function nothingAt(ranges: readonly ByteRange[]): readonly DiskPart[] {
  return ranges.map(({ offset, length }) => ({ offset, length, origin: { kind: "nothing" as const } }));
}
