import type { Json } from "@sampan/core";
import { artifactFolder } from "./artifact-folder.ts";
import { checkpointOf, foldRun, type RunRecord } from "./fold-run.ts";
import { readJournal } from "./journal.ts";
import { runFolder } from "./run-store.ts";
import type { EarlierRun } from "./stage-definition.ts";

/** Opens the record of a run for the one that refreshes it; read when it is first asked for. */
export function openEarlierRun(home: string, runId: string): EarlierRun {
  const folder = runFolder(home, runId);
  let record: RunRecord | undefined;
  return {
    runId,
    artifacts: artifactFolder(folder),
    stage(key) {
      record ??= foldRun(readJournal(folder));
      const stage = record.stages.get(key);
      if (stage === undefined) return undefined;
      return { output: stage.output ?? (null as Json), checkpoint: checkpointOf(stage) };
    },
  };
}
