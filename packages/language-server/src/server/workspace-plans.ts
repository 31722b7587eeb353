import type { Diagnostic } from "vscode-languageserver";
import { diagnostics } from "../features/diagnostics.ts";
import { type PlanName, planNames } from "../features/plan-names.ts";
import { PlanText, type PositionUnit } from "../features/plan-text.ts";
import { type PlanSymbol, planSymbols } from "../features/workspace-symbols.ts";
import { type OpenPlans, resultIdOf } from "./open-plans.ts";
import type { FileStamp, PlanFiles } from "./plan-files.ts";

/** What is kept of a plan that is not open: no text and no tree, so that hundreds cost little. */
export interface PlanSummary {
  readonly uri: string;
  /** Version of the document while it is open; `null` for a file. */
  readonly version: number | null;
  readonly diagnostics: readonly Diagnostic[];
  readonly resultId: string;
  readonly symbols: readonly PlanSymbol[];
  readonly names: readonly PlanName[];
}

interface KeptSummary {
  readonly stamp: FileStamp;
  readonly generation: number;
  readonly others: string;
  readonly summary: PlanSummary;
}

/** The plans of the workspace's folders, one file in memory at a time. A file is read again only when its size or date has changed. */
export class WorkspacePlans {
  readonly #files: PlanFiles;
  readonly #open: OpenPlans;
  readonly #unit: PositionUnit;
  readonly #kept = new Map<string, KeptSummary>();

  constructor(files: PlanFiles, open: OpenPlans, unit: PositionUnit) {
    this.#files = files;
    this.#open = open;
    this.#unit = unit;
  }

  /** URIs of all plans in the folders, and of those that are open elsewhere. */
  async find(folders: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
    const found = new Set<string>();
    for (const folder of folders) for (const uri of await this.#files.find(folder, signal)) found.add(uri);
    for (const uri of this.#kept.keys()) if (!found.has(uri) && !signal.aborted) this.#kept.delete(uri);
    for (const uri of this.#open.uris) found.add(uri);
    return [...found];
  }

  /** Reads a file again when it is next asked for: its text in the editor counts no more. */
  forget(uri: string): void {
    this.#kept.delete(uri);
  }

  /** What one plan holds, as it is in the editor or else on the disk; `undefined` for a file that is gone. */
  async summaryOf(uri: string): Promise<PlanSummary | undefined> {
    const version = this.#open.versionOf(uri);
    const document = this.#open.get(uri);
    if (document !== undefined && version !== undefined) return summarise(document, version);
    const stamp = await this.#files.stampOf(uri);
    if (stamp === undefined) return undefined;
    const generation = this.#open.generation;
    const kept = this.#kept.get(uri);
    if (
      kept?.generation === generation &&
      kept.others === this.#open.othersOf(uri) &&
      sameStamp(kept.stamp, stamp)
    )
      return kept.summary;
    const text = await this.#files.read(uri);
    if (text === undefined) return undefined;
    // It was opened meanwhile: what the editor has counts.
    if (this.#open.versionOf(uri) !== undefined) return this.summaryOf(uri);
    const summary = summarise(this.#open.readText(uri, new PlanText(text, this.#unit)), null);
    this.#kept.set(uri, { stamp, generation, others: this.#open.othersOf(uri), summary });
    return summary;
  }
}

function summarise(document: Parameters<typeof diagnostics>[0], version: number | null): PlanSummary {
  const list = diagnostics(document);
  return {
    uri: document.uri,
    version,
    diagnostics: list,
    resultId: resultIdOf(list),
    symbols: planSymbols(document),
    names: planNames(document),
  };
}

function sameStamp(one: FileStamp, other: FileStamp): boolean {
  return one.sizeBytes === other.sizeBytes && one.changedAtMs === other.changedAtMs;
}
