import { type Json, type JsonObject, SampanError } from "@sampan/core";
import type { HostDisk } from "@sampan/host";

/** One thing about a disk that is not what it was. Plain JSON. */
export type SourceChange = {
  readonly disk: string;
  /** What differs: `files[0].modifiedMs`, `content at 4096`. */
  readonly field: string;
  /** `null` where there was none. */
  readonly from: Json;
  /** `null` where there is none any more. */
  readonly to: Json;
};

/** What differs between a host's disks as they were and as they are. */
export function diskChanges(was: readonly HostDisk[], is: readonly HostDisk[]): readonly SourceChange[] {
  const changes: SourceChange[] = [];
  for (const name of new Set([...was, ...is].map((disk) => disk.name))) {
    const [before, now] = [was, is].map((disks) => disks.find((disk) => disk.name === name));
    if (before === undefined || now === undefined)
      changes.push({ disk: name, field: "disk", from: presence(before), to: presence(now) });
    else compare(name, "", comparable(before), comparable(now), changes);
  }
  return changes;
}

/** What differs between the identities of one disk. */
export function identityChanges(
  disk: string,
  was: JsonObject,
  is: JsonObject | undefined,
): readonly SourceChange[] {
  const changes: SourceChange[] = [];
  if (is === undefined) changes.push({ disk, field: "disk", from: "there", to: null });
  else compare(disk, "", was, is, changes);
  return changes;
}

function presence(disk: HostDisk | undefined): Json {
  return disk === undefined ? null : "there";
}

function comparable({ sizeBytes, system, identity }: HostDisk): JsonObject {
  // Most identities hold the size too: it is told once.
  return { ...(identity.sizeBytes === sizeBytes ? {} : { sizeBytes }), system, ...identity };
}

function compare(
  disk: string,
  field: string,
  was: Json | undefined,
  is: Json | undefined,
  changes: SourceChange[],
): void {
  if (JSON.stringify(was) === JSON.stringify(is)) return;
  const [before, now] = [entriesOf(was), entriesOf(is)];
  if (before === undefined || now === undefined) {
    changes.push({ disk, field, from: was ?? null, to: is ?? null });
    return;
  }
  for (const key of new Set([...before.keys(), ...now.keys()])) {
    const inner = Array.isArray(was) ? `${field}[${key}]` : `${field}${field === "" ? "" : "."}${key}`;
    compare(disk, inner, before.get(key), now.get(key), changes);
  }
}

function entriesOf(value: Json | undefined): ReadonlyMap<string, Json> | undefined {
  return typeof value === "object" && value !== null ? new Map(Object.entries(value)) : undefined;
}

const toldChanges = 4;

/**
 * Says what of a source changed, and what can be done: reuse what did not, or start anew.
 *
 * `since`: since when, as in "since run r1 began to read it".
 */
export function sourceChanged(title: string, changes: readonly SourceChange[], since: string): SampanError {
  const told = changes.slice(0, toldChanges).map(describe);
  if (changes.length > toldChanges) told.push(`${changes.length - toldChanges} more`);
  return new SampanError("HOST_SOURCE_CHANGED", `${title} changed since ${since}: ${told.join("; ")}`, {
    hint:
      "`sampan run PLAN --refresh` reads it anew, sends only what changed of an upload, and makes an image with a name of its own; " +
      "`--again` does all anew, which needs another image name in the plan where the image is there already.",
    details: { changes: changes.map((change) => ({ ...change })) },
  });
}

const fieldNames: Readonly<Record<string, string>> = {
  sizeBytes: "size",
  virtualSizeBytes: "size of the disk inside",
  modifiedMs: "changed at",
};

function describe({ disk, field, from, to }: SourceChange): string {
  if (field === "disk") return `disk ${disk} ${to === null ? "is gone" : "is new"}`;
  const last = /[^.[\]]+$/.exec(field)?.[0] ?? field;
  return `disk ${disk}, ${fieldNames[last] ?? field} ${shown(last, from)} → ${shown(last, to)}`;
}

function shown(field: string, value: Json): string {
  if (value === null) return "none";
  if (typeof value === "number" && field.endsWith("Ms") && Math.abs(value) < 8.64e15)
    return new Date(value).toISOString();
  return typeof value === "string" ? value : JSON.stringify(value);
}
