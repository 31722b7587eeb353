import { closeSync, existsSync, fsyncSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { SampanError } from "@sampan/core";
import { runFolder, writeWhole } from "./run-store.ts";

/** Name of the file in a run's folder that says so. */
const fileName = "handed-over.json";

/** Where a run of a home went. */
export interface HandedOver {
  /** The store that has it, without a secret; with its prefix where that is not the usual one. */
  readonly to: string;
  /** When, in ISO 8601. */
  readonly at: string;
}

/**
 * Writes down that a run of a home goes on in a store, so that nobody goes on with it here; on the disk when it returns. The caller holds
 * the run's lock.
 */
export function markHandedOver(home: string, runId: string, over: HandedOver): void {
  const folder = runFolder(home, runId);
  writeWhole(join(folder, fileName), `${JSON.stringify(over)}\n`);
  syncFolder(folder);
}

/** Takes the mark away where the run did not get there after all. The caller holds the run's lock. */
export function unmarkHandedOver(home: string, runId: string): void {
  rmSync(join(runFolder(home, runId), fileName), { force: true });
}

/** Where a run was handed over to; `undefined` for one that is still the home's. A mark that cannot be read counts as one to a store unknown. */
export function handedOverTo(home: string, runId: string): HandedOver | undefined {
  const path = join(runFolder(home, runId), fileName);
  if (!existsSync(path)) return undefined;
  try {
    const { to, at } = JSON.parse(readFileSync(path, "utf8")) as Partial<HandedOver>;
    return { to: String(to), at: String(at) };
  } catch {
    return { to: "a store unknown", at: "" };
  }
}

/**
 * Refuses to do something with a run that a fleet goes on with: two would do its stages at once, or one would delete what the other needs.
 *
 * @param doing What was being done, for the message: `taking run 20261126-094205-k3f8p up`.
 * @throws `RUN_HANDED_OVER`.
 */
export function assertNotHandedOver(home: string, runId: string, doing: string): void {
  const over = handedOverTo(home, runId);
  if (over === undefined) return;
  throw new SampanError("RUN_HANDED_OVER", `${doing}: it goes on in the fleet of ${over.to}`, {
    hint: `\`sampan fleet status\`, \`sampan fleet cancel ${runId}\` and \`sampan fleet resume ${runId}\` with that store and prefix are for it; where it is lost there, \`sampan fleet adopt ${runId} --lost\` takes it from where this machine left it.`,
    details: { runId, ...over },
  });
}

/** Has the disk keep the names in a folder: without that a file renamed there may be gone after a power cut. */
function syncFolder(folder: string): void {
  let handle: number;
  try {
    handle = openSync(folder, "r");
  } catch {
    return; // Some systems open no folders, and keep names by themselves.
  }
  try {
    fsyncSync(handle);
  } catch {
    // Nor do some file systems take the wish; what was written stands as well as it can.
  } finally {
    closeSync(handle);
  }
}
