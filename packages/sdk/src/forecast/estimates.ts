import { GiB, MiB } from "@sampan/core";
import type { CloudWait } from "../run/stage-definition.ts";
import { expectedTime, type StageSample } from "../run/stage-history.ts";
import type { PastRun } from "./earlier.ts";
import type { Estimate } from "./forecast.ts";

/*
 * How long stages will take. In this order: what earlier runs of the host took, what those of other hosts took, what the plan limits,
 * an assumption that is told.
 */

/** What is assumed where nothing is known, in bytes a second. One table; the manual names them. */
export const assumedRates = {
  /** A line of 100 Mbit/s. */
  upload: 12.5e6,
  /** What ECS makes of an object, a snapshot or an image in a second. */
  cloud: 40 * MiB,
} as const;

/** What earlier runs tell of a plan's stages. */
export interface Experience {
  /** The host, as runs title it. */
  readonly title: string;
  /** Runs in the same cloud, the newest first. */
  readonly runs: readonly PastRun[];
  /** How long stages took that wait for the cloud. */
  readonly samples: readonly StageSample[];
}

interface SentRate {
  readonly bytesPerSecond: number;
  readonly sameHost: boolean;
}

/** Time to send so many bytes to the store. */
export function sendingTime(bytes: number, limit: number | undefined, { title, runs }: Experience): Estimate {
  const rates = runs.flatMap(({ record }): SentRate[] => {
    const upload = record.stages.get("upload");
    if (upload?.state !== "finished" || upload.attempts !== 1 || !upload.tookMs) return [];
    const sent = sentBytes(upload.output);
    if (sent === null || sent < MiB) return [];
    return [{ bytesPerSecond: (sent * 1000) / upload.tookMs, sameHost: record.started?.title === title }];
  });
  const same = rates.filter(({ sameHost }) => sameHost);
  const used = same.length > 0 ? same : rates;
  const measured = median(used.map(({ bytesPerSecond }) => bytesPerSecond));
  if (limit !== undefined && (measured === undefined || limit < measured))
    return { value: timeAt(bytes, limit), basis: { kind: "plan" } };
  if (measured !== undefined) {
    const basis = { kind: "earlier-runs", runs: used.length, sameHost: same.length > 0 } as const;
    return { value: timeAt(bytes, measured), basis };
  }
  return {
    value: timeAt(bytes, assumedRates.upload),
    basis: { kind: "assumption", text: "a line of 100 Mbit/s" },
  };
}

/** Time that ECS takes for a stage of this name. */
export function waitingTime(stage: string, wait: CloudWait, { samples }: Experience): Estimate {
  const expected = expectedTime(samples, stage, wait);
  if (expected !== undefined) {
    const basis = { kind: "earlier-runs", runs: expected.runs, sameHost: false } as const;
    return { value: Math.round(expected.tookMs), basis };
  }
  return {
    value: timeAt(wait.sizeBytes ?? 40 * GiB, assumedRates.cloud),
    basis: {
      kind: "assumption",
      text: `40 MiB of disk a second in the cloud${wait.sizeBytes === null ? ", for 40 GiB of it" : ""}`,
    },
  };
}

/** Time a stage took that reads the host: known only from earlier runs of the same one. */
export function readingTime(stage: string, { title, runs }: Experience): Estimate | null {
  const times = runs.flatMap(({ record }) => {
    const done = record.stages.get(stage);
    const counts = record.started?.title === title && done?.state === "finished" && done.attempts === 1;
    return counts && done.tookMs ? [done.tookMs] : [];
  });
  const value = median(times);
  return value === undefined
    ? null
    : { value: Math.round(value), basis: { kind: "earlier-runs", runs: times.length, sameHost: true } };
}

function sentBytes(output: unknown): number | null {
  const { objects } = (output ?? {}) as {
    readonly objects?: readonly { readonly sentBytes?: unknown; readonly sizeBytes?: unknown }[];
  };
  if (!Array.isArray(objects)) return null;
  return objects.reduce((sum, { sentBytes: sent, sizeBytes }) => sum + Number(sent ?? sizeBytes ?? 0), 0);
}

function timeAt(bytes: number, bytesPerSecond: number): number {
  return Math.round((bytes / bytesPerSecond) * 1000);
}

function median(numbers: readonly number[]): number | undefined {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined || sorted.length % 2 === 1) return upper;
  return ((sorted[middle - 1] ?? upper) + upper) / 2;
}
