import { MiB, SampanError, safeInteger } from "@sampan/core";
import type { BlockSource } from "../../block-source.ts";
import { viewOf } from "../../io/buffers.ts";
import { readBytes } from "../read-bytes.ts";
import type { Qcow2Header } from "./qcow2-header.ts";

/* The snapshot table: QEMU, docs/interop/qcow2.txt, section "Snapshots". Entries of different length, padded to 8 bytes. */

const maximumSnapshots = 65_536;
const maximumTableBytes = 16 * MiB;
const fixedBytes = 40;

/** One internal snapshot. */
export interface Snapshot {
  readonly id: string;
  readonly name: string;
  readonly tableOffset: number;
  readonly tableEntries: number;
  /** The disk's size when it was taken; absent in old images, where it is the image's. */
  readonly sizeBytes?: number;
}

/**
 * Finds a snapshot by its name, or else by its id.
 *
 * @throws `IMAGE_SNAPSHOT_UNKNOWN`, with the names there are.
 */
export async function findSnapshot(
  container: BlockSource,
  header: Qcow2Header,
  wanted: string,
  path: string,
  signal: AbortSignal | undefined,
): Promise<Snapshot> {
  const snapshots = await readSnapshots(container, header, path, signal);
  const found = snapshots.find(({ name }) => name === wanted) ?? snapshots.find(({ id }) => id === wanted);
  if (found) return found;
  const names = snapshots.slice(0, 20).map(({ name, id }) => printable(name || id));
  throw new SampanError(
    "IMAGE_SNAPSHOT_UNKNOWN",
    `opening the snapshot ${JSON.stringify(wanted)} of ${path}, which has ${names.length === 0 ? "none" : `${names.join(", ")}`}`,
    { details: { path, snapshots: names, count: snapshots.length } },
  );
}

async function readSnapshots(
  container: BlockSource,
  header: Qcow2Header,
  path: string,
  signal: AbortSignal | undefined,
): Promise<Snapshot[]> {
  const { snapshots: count, snapshotsOffset } = header;
  if (count === 0) return [];
  const wrong = (what: string) =>
    new SampanError("IMAGE_CORRUPT", `opening ${path}, a QCOW2 image: ${what}`, { details: { path, count } });
  if (count > maximumSnapshots) throw wrong(`it has ${count} snapshots`);
  const room = Math.min(maximumTableBytes, container.sizeBytes - snapshotsOffset);
  if (room < fixedBytes) throw wrong(`its snapshot table stands at ${snapshotsOffset}`);
  const bytes = await readBytes(container, snapshotsOffset, room, "the QCOW2 snapshot table", signal);
  const view = viewOf(bytes);
  const snapshots: Snapshot[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    if (at + fixedBytes > bytes.length) throw wrong("its snapshot table reaches past its end");
    const idBytes = view.getUint16(at + 12);
    const nameBytes = view.getUint16(at + 14);
    const extraBytes = view.getUint32(at + 36);
    const strings = at + fixedBytes + extraBytes;
    const end = strings + idBytes + nameBytes;
    if (end > bytes.length) throw wrong("its snapshot table reaches past its end");
    const text = (from: number, length: number) =>
      Buffer.from(bytes.subarray(from, from + length)).toString("utf8");
    snapshots.push({
      id: text(strings, idBytes),
      name: text(strings + idBytes, nameBytes),
      tableOffset: safeInteger(view.getBigUint64(at), "the place of a snapshot's L1 table"),
      tableEntries: view.getUint32(at + 8),
      ...(extraBytes >= 16 && {
        sizeBytes: safeInteger(view.getBigUint64(at + fixedBytes + 8), "the size of a snapshot's disk"),
      }),
    });
    at = Math.ceil(end / 8) * 8;
  }
  return snapshots;
}

function printable(name: string): string {
  return JSON.stringify(name.replace(/[^\x20-\x7e]/g, "?").slice(0, 64));
}
