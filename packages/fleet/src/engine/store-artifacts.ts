import { createHash, randomBytes } from "node:crypto";
import { formatBytes, MiB, SampanError } from "@sampan/core";
import type { Artifacts } from "@sampan/sdk/engine";
import { addRow } from "./add-row.ts";
import { artifactQueue } from "./queue-names.ts";
import type { FleetStore } from "./store/store.ts";

/** What of an artifact is kept at most: a store is memory. */
const mostBytes = 64 * MiB;
const pieceBytes = 256 * 1024;

type Row =
  | { readonly save: string; readonly piece: string }
  | { readonly save: string; readonly pieces: number; readonly sha256: string };

/**
 * Keeps a run's artifacts in the fleet's store, in pieces, so that whichever worker goes on has them.
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
      await queue.add("artifact", {}, { jobId: job });
      const save = randomBytes(8).toString("hex");
      const add = (row: Row) => addRow(queue, job, JSON.stringify(row));
      let pieces = 0;
      for (let offset = 0; offset < bytes.length; offset += pieceBytes) {
        const piece = Buffer.from(bytes.subarray(offset, offset + pieceBytes)).toString("base64");
        await add({ save, piece });
        pieces++;
      }
      await add({ save, pieces, sha256: sha256(bytes) });
    },
    async load(name) {
      const job = jobOf(name);
      const pieces = new Map<string, Buffer[]>();
      let whole: { readonly bytes: Buffer; readonly sha256: string } | undefined;
      for (let from = 0; ; from += 32) {
        const { logs } = await queue.getJobLogs(job, from, from + 31, true);
        for (const text of logs) {
          const row = JSON.parse(text) as Row;
          const known = pieces.get(row.save) ?? [];
          if ("piece" in row) pieces.set(row.save, [...known, Buffer.from(row.piece, "base64")]);
          else if (known.length === row.pieces) {
            // The one saved last counts; what it replaces is let go of.
            pieces.delete(row.save);
            whole = { bytes: Buffer.concat(known), sha256: row.sha256 };
          }
        }
        if (logs.length < 32) break;
      }
      if (whole === undefined) return undefined;
      if (sha256(whole.bytes) !== whole.sha256)
        throw new SampanError("RUN_JOURNAL_CORRUPT", `reading ${name} of run ${runId} in the fleet's store`);
      return whole.bytes;
    },
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
