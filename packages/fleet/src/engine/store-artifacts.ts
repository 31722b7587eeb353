import { createHash, randomBytes } from "node:crypto";
import { formatBytes, MiB, SampanError } from "@sampan/core";
import type { Artifacts } from "@sampan/sdk/engine";
import { addRow } from "./add-row.ts";
import { artifactQueue } from "./queue-names.ts";
import type { FleetStore } from "./store/store.ts";

/*
 * An artifact is a job whose log has a row for each time it was saved, of which the last counts; the bytes of each save are the log of
 * another job, piece by piece. So whoever reads finds either all of a save or knows that it is gone, and what a later one replaces can be
 * removed as a whole.
 */

/** What of an artifact is kept at most: a store is memory. */
const mostBytes = 64 * MiB;
const pieceBytes = 256 * 1024;
const piecesAtOnce = 32;
// So often what was read is read anew, when it was replaced meanwhile.
const mostTurns = 20;

// No name has such a sign.
const ofSave = "~";

/** Whether a job of the artifacts' queue holds the bytes of a save, and is not an artifact itself. */
export function holdsPieces(job: string): boolean {
  return job.includes(ofSave);
}

/** One time an artifact was saved. */
interface Save {
  readonly save: string;
  readonly pieces: number;
  readonly sha256: string;
}

/** A piece by its number: one whose answer was lost is added twice. */
interface Piece {
  readonly n: number;
  readonly piece: string;
}

/**
 * Keeps a run's artifacts in the fleet's store, in pieces, so that whichever worker goes on has them. The last save of a name is kept; one
 * of the same bytes changes nothing.
 *
 * A name is one path segment, and an artifact has up to 64 MiB; anything else is refused with `CORE_ARGUMENT`.
 */
export function storeArtifacts(store: FleetStore, runId: string): Artifacts {
  const queue = store.queue(artifactQueue);
  const jobOf = (name: string): string => {
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name))
      throw new SampanError("CORE_ARGUMENT", `an artifact cannot be called ${JSON.stringify(name)}`);
    return `${runId}.${name}`;
  };
  const piecesOf = (job: string, save: string): string => `${job}${ofSave}${save}`;
  const add = async (job: string, row: Save | Piece): Promise<void> => {
    await addRow(queue, job, JSON.stringify(row));
  };
  const savesOf = async (job: string): Promise<readonly Save[]> => {
    const { logs } = await queue.getJobLogs(job, 0, -1, true);
    return logs.map((row) => JSON.parse(row) as Save);
  };
  /** The bytes of a save; `undefined` where they are not what was saved, or not there any more. */
  const bytesOf = async (job: string, { save, pieces, sha256 }: Save): Promise<Buffer | undefined> => {
    const found: Buffer[] = [];
    for (let from = 0; ; from += piecesAtOnce) {
      const { logs } = await queue.getJobLogs(piecesOf(job, save), from, from + piecesAtOnce - 1, true);
      for (const text of logs) {
        const { n, piece } = JSON.parse(text) as Piece;
        found[n] = Buffer.from(piece, "base64");
      }
      if (logs.length < piecesAtOnce) break;
    }
    const bytes = Buffer.concat(found.filter((piece) => piece !== undefined).slice(0, pieces));
    return digestOf(bytes) === sha256 ? bytes : undefined;
  };
  return {
    pathOf: (name) => `${store.address}#${jobOf(name)}`,
    async save(name, bytes) {
      if (bytes.length > mostBytes) {
        throw new SampanError(
          "CORE_ARGUMENT",
          `keeping ${name} of run ${runId} in the fleet's store: it has ${formatBytes(bytes.length)}, and ${formatBytes(mostBytes)} is the most`,
          { hint: "Migrate this host by `sampan run` on a machine near it." },
        );
      }
      const job = jobOf(name);
      const sha256 = digestOf(bytes);
      const before = await savesOf(job);
      const last = before.at(-1);
      if (last?.sha256 === sha256 && (await queue.getJob(piecesOf(job, last.save))) !== undefined) return;
      const save = randomBytes(8).toString("hex");
      await queue.add("pieces", {}, { jobId: piecesOf(job, save) });
      let pieces = 0;
      for (let offset = 0; offset < bytes.length; offset += pieceBytes) {
        const piece = Buffer.from(bytes.subarray(offset, offset + pieceBytes)).toString("base64");
        await add(piecesOf(job, save), { n: pieces++, piece });
      }
      await queue.add("artifact", {}, { jobId: job });
      await add(job, { save, pieces, sha256 });
      for (const old of before) await queue.remove(piecesOf(job, old.save));
    },
    async load(name) {
      const job = jobOf(name);
      let tried: string | undefined;
      for (let turn = 0; turn < mostTurns; turn++) {
        const last = (await savesOf(job)).at(-1);
        if (last === undefined) return undefined;
        if (last.save === tried) break;
        const bytes = await bytesOf(job, last);
        if (bytes !== undefined) return bytes;
        tried = last.save;
      }
      throw new SampanError("RUN_JOURNAL_CORRUPT", `reading ${name} of run ${runId} in the fleet's store`);
    },
  };
}

function digestOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
