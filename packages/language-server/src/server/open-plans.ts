import { createHash } from "node:crypto";
import type { Diagnostic } from "vscode-languageserver";
import type { AnalysisOptions, PlanAnalysis } from "../analysis/plan-analysis.ts";
import type { PlanDocument } from "../features/plan-document.ts";
import { PlanText, type PositionUnit, type TextChange } from "../features/plan-text.ts";
import { isPlanUri, longestPlan } from "./plan-files.ts";

/** Reads a text; {@link PlanAnalysis} of exactly that text. */
export type Analyse = (text: string, options: AnalysisOptions) => PlanAnalysis;

/** What other plans make, as far as it is known. */
export interface MadeByOthers {
  /** Takes what a file makes now. */
  take(document: PlanDocument): void;
  /** What tells one answer about a file from another. */
  signature(uri: string): string;
}

interface OpenPlan {
  readonly version: number;
  readonly text: PlanText;
  /** What was read of this text, and which facts it was read with. */
  read?: { readonly generation: number; readonly others: string; readonly document: PlanDocument };
}

const nothing: PlanAnalysis = { chains: [], problems: [], made: [] };

/**
 * Plans that are open in the editor, as it has told of them. Each text is read once, when something first asks about it, whatever asks
 * afterwards.
 */
export class OpenPlans {
  readonly #plans = new Map<string, OpenPlan>();
  readonly #unit: PositionUnit;
  readonly #analyse: Analyse;
  readonly #optionsOf: (uri: string) => AnalysisOptions;
  readonly #others: MadeByOthers;
  #generation = 0;

  /** @param optionsOf what is known besides the text; call {@link OpenPlans.forget} when it changes */
  constructor(
    unit: PositionUnit,
    analyse: Analyse,
    optionsOf: (uri: string) => AnalysisOptions,
    others: MadeByOthers,
  ) {
    this.#unit = unit;
    this.#analyse = analyse;
    this.#optionsOf = optionsOf;
    this.#others = others;
  }

  /** URIs of the plans that are open. */
  get uris(): readonly string[] {
    return [...this.#plans.keys()];
  }

  /** Takes a document that was opened. Other files than plans are not kept. */
  open(uri: string, version: number, text: string): void {
    if (isPlanUri(uri)) this.#plans.set(uri, { version, text: new PlanText(text, this.#unit) });
  }

  /** Takes changes of a document; those of one that is not open are none of ours. */
  change(uri: string, version: number, changes: readonly TextChange[]): void {
    const plan = this.#plans.get(uri);
    if (plan !== undefined) this.#plans.set(uri, { version, text: plan.text.changed(changes) });
  }

  close(uri: string): void {
    this.#plans.delete(uri);
  }

  versionOf(uri: string): number | undefined {
    return this.#plans.get(uri)?.version;
  }

  /** The text as it is now, without reading it. */
  textOf(uri: string): PlanText | undefined {
    return this.#plans.get(uri)?.text;
  }

  /** The document as it is now; `undefined` when it is not open. */
  get(uri: string): PlanDocument | undefined {
    const plan = this.#plans.get(uri);
    if (plan === undefined) return undefined;
    const { read } = plan;
    if (read?.generation === this.#generation && read.others === this.#others.signature(uri))
      return read.document;
    const document = this.readText(uri, plan.text);
    plan.read = { generation: this.#generation, others: this.#others.signature(uri), document };
    return document;
  }

  /** Reads any text as if it were open. */
  readText(uri: string, text: PlanText): PlanDocument {
    const read = (): PlanDocument => {
      const tooLong = text.text.length > longestPlan;
      return { uri, text, analysis: tooLong ? nothing : this.#analyse(text.text, this.#optionsOf(uri)) };
    };
    const before = this.#others.signature(uri);
    const document = read();
    this.#others.take(document);
    // What others make counts for what this text makes, which is known only now.
    return this.#others.signature(uri) === before ? document : read();
  }

  /** What tells one answer about what others make from another. */
  othersOf(uri: string): string {
    return this.#others.signature(uri);
  }

  /** Reads everything again when it is next asked for: settings, runs or names have changed. */
  forget(): void {
    this.#generation++;
  }

  /** Counts how often {@link OpenPlans.forget} was called. */
  get generation(): number {
    return this.#generation;
  }
}

/** What tells a list of diagnostics from another: the same for the same list, whatever made it. */
export function resultIdOf(list: readonly Diagnostic[]): string {
  return createHash("sha256").update(JSON.stringify(list)).digest("base64url").slice(0, 22);
}
