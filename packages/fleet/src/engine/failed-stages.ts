import { fromErrorRecord, type SampanError } from "@sampan/core";
import type { RunJournal } from "./run-journal.ts";

/** Stages whose last attempt since the run was last started failed, by their keys. */
export function failedStages(journal: RunJournal, epoch: number): ReadonlyMap<string, SampanError> {
  if (journal.record.started?.attempt !== epoch) return new Map();
  return new Map([...journal.failures].map(([key, error]) => [key, fromErrorRecord(error)]));
}
