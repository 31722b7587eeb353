import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { foldRun, type RunRecord } from "../run/fold-run.ts";
import { journalName, readJournal } from "../run/journal.ts";
import { isRunId } from "../run/run-id.ts";
import { runFolder } from "../run/run-store.ts";

/** An earlier run of a home. */
export interface PastRun {
  readonly runId: string;
  readonly record: RunRecord;
}

// As many as tell how long waiting takes; a home may hold thousands.
const mostRuns = 20;
const mostBytes = 32 * 1024 * 1024;

/** The last runs of a home, the newest first. What cannot be read is left out. */
export function pastRuns(home: string): readonly PastRun[] {
  let ids: readonly string[];
  try {
    ids = readdirSync(join(home, "runs"))
      .filter((name) => isRunId(name))
      .sort()
      .reverse()
      .slice(0, mostRuns);
  } catch {
    return [];
  }
  return ids.flatMap((runId) => {
    const record = recordOf(home, runId);
    return record === undefined ? [] : [{ runId, record }];
  });
}

/** What a run recorded; `undefined` where that cannot be read. */
export function recordOf(home: string, runId: string): RunRecord | undefined {
  try {
    const folder = runFolder(home, runId);
    if (statSync(join(folder, journalName)).size > mostBytes) return undefined;
    return foldRun(readJournal(folder));
  } catch {
    return undefined;
  }
}
