import { statSync } from "node:fs";
import { join } from "node:path";
import { foldRun, type RunRecord } from "../run/fold-run.ts";
import { journalName, readJournal } from "../run/journal.ts";
import { runFolder } from "../run/run-store.ts";
import { lastRuns, mostJournalBytes } from "../run/stage-history.ts";

/** An earlier run of a home. */
export interface PastRun {
  readonly runId: string;
  readonly record: RunRecord;
}

/** The last runs of a home, the newest first. What cannot be read is left out. */
export function pastRuns(home: string): readonly PastRun[] {
  return lastRuns(home).flatMap((runId) => {
    const record = recordOf(home, runId);
    return record === undefined ? [] : [{ runId, record }];
  });
}

/** What a run recorded; `undefined` where that cannot be read. */
export function recordOf(home: string, runId: string): RunRecord | undefined {
  try {
    const folder = runFolder(home, runId);
    if (statSync(join(folder, journalName)).size > mostJournalBytes) return undefined;
    return foldRun(readJournal(folder));
  } catch {
    return undefined;
  }
}
