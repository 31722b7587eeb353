import type { PolicyDocument, StageActions } from "./permissions.ts";

/*
 * What a plan would do to the world as it is: plain JSON, printed by `sampan plan --json`. Described in the manual's page `plan.md`; a
 * change that breaks readers raises `v`.
 */

export const forecastVersion = 1;

/** What would be done to one thing. `skip`: it is there already, by an earlier run of this plan. */
export type Deed = "read" | "create" | "overwrite" | "change" | "delete" | "skip";

/** What a number rests on. */
export type Basis =
  /** Measured on the source, or told by the cloud. */
  | { readonly kind: "measured" }
  /** The median of earlier runs in this home. */
  | { readonly kind: "earlier-runs"; readonly runs: number; readonly sameHost: boolean }
  /** A limit the plan sets. */
  | { readonly kind: "plan" }
  /** Nobody knows: the number is one to plan with, and which is told. */
  | { readonly kind: "assumption"; readonly text: string };

/** A number and what it rests on. */
export interface Estimate {
  readonly value: number;
  readonly basis: Basis;
}

/** One thing a stage does something to. */
export interface ForecastAct {
  readonly deed: Deed;
  /** `disk`, `object`, `image`, `bucket`, `role`, `snapshot`, `instance`, `host`, `file` … */
  readonly kind: string;
  readonly name: string;
  /** `null` for what has no region. */
  readonly region: string | null;
  readonly bytes: Estimate | null;
  /** What else is worth knowing, in a few words; empty for nothing. */
  readonly note: string;
}

/** One stage of the run. */
export interface ForecastStep {
  /** Key of the stage, as runs tell it. */
  readonly stage: string;
  /** True when nothing is done any more: an earlier run of this plan did it. */
  readonly done: boolean;
  readonly acts: readonly ForecastAct[];
  /** Milliseconds; `null` for what takes a moment, and for what is done. */
  readonly time: Estimate | null;
}

/** Something billed by the vendor. No price is named: it depends on region and contract. */
export interface CostItem {
  readonly kind: "storage" | "requests" | "snapshots" | "traffic" | "instance";
  readonly text: string;
  readonly region: string | null;
  /** Bytes, or for requests their number; `null` where it cannot be told. */
  readonly amount: number | null;
}

/** Something that would stop the run, or might. */
export interface ForecastProblem {
  /** `stops`: the run would fail; `may-stop`: it could not be looked at. */
  readonly severity: "stops" | "may-stop";
  /** The stage it would stop at. */
  readonly stage: string;
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** What a plan would do. */
export interface Forecast {
  readonly v: typeof forecastVersion;
  readonly title: string;
  /** Fingerprint of the plan. */
  readonly plan: string;
  readonly cloud: { readonly name: string; readonly rehearsal: boolean };
  readonly account: { readonly accountId: string; readonly arn: string } | null;
  /** When the world was looked at; `null` when it was not. */
  readonly lookedAt: string | null;
  /** The run of this plan that would be gone on with; `null` when a new one would start. */
  readonly run: { readonly runId: string; readonly state: string } | null;
  readonly steps: readonly ForecastStep[];
  readonly totals: {
    /** Bytes read from the source; `null` where it was not measured. */
    readonly readBytes: number | null;
    /** Bytes sent to the store that are not there yet. */
    readonly sendBytes: number | null;
    /** Milliseconds of all steps; copies count once, as they go on together. */
    readonly timeMs: number | null;
  };
  readonly costs: readonly CostItem[];
  readonly permissions: readonly StageActions[];
  /** A policy that allows this and nothing else. */
  readonly policy: PolicyDocument;
  readonly problems: readonly ForecastProblem[];
}
