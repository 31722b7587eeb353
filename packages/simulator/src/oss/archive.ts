import { ossError } from "./errors.ts";
import type { ObjectRecord, Thawing } from "./records.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** How long an object takes to thaw, by class and tier. Source: vendor page "Restore objects", 2025-03. */
const thawingMs: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  Archive: { Standard: minuteMs, Expedited: minuteMs, Bulk: minuteMs },
  ColdArchive: { Expedited: hourMs, Standard: 3 * hourMs, Bulk: 8 * hourMs },
  DeepColdArchive: { Expedited: 12 * hourMs, Standard: 48 * hourMs },
};

/** Longest time an object may stay thawed, in days, by class. */
const longestDays: Readonly<Record<string, number>> = { Archive: 7, ColdArchive: 365, DeepColdArchive: 365 };

/** Whether objects of a class must be restored before they can be read. */
export function isArchiveClass(storageClass: string): boolean {
  return Object.hasOwn(thawingMs, storageClass);
}

/** What may be asked when an object of a class is restored. */
export function restoreLimits(storageClass: string): {
  readonly tiers: readonly string[];
  readonly longestDays: number;
} {
  return {
    tiers: Object.keys(thawingMs[storageClass] ?? {}),
    longestDays: longestDays[storageClass] ?? 0,
  };
}

/** Where an archived object stands; `nowMs` is simulated time. */
export function thawingState(object: ObjectRecord, nowMs: number): "frozen" | "thawing" | "thawed" {
  const { thawing } = object;
  if (!thawing || nowMs >= thawing.expiresAtMs) return "frozen";
  return nowMs < thawing.readyAtMs ? "thawing" : "thawed";
}

/** The thawing that begins now and lasts so many days once it is done. */
export function beginThawing(storageClass: string, tier: string, days: number, nowMs: number): Thawing {
  const readyAtMs = nowMs + (thawingMs[storageClass]?.[tier] ?? 0);
  return { askedAtMs: nowMs, readyAtMs, expiresAtMs: readyAtMs + days * dayMs };
}

/** A thawed object stays so for so many days from now. */
export function extendThawing(thawing: Thawing, days: number, nowMs: number): Thawing {
  return { ...thawing, expiresAtMs: Math.max(thawing.expiresAtMs, nowMs + days * dayMs) };
}

/** Refuses to read what is archived and not restored, as OSS does: `InvalidObjectState`. */
export function requireThawed(object: ObjectRecord, nowMs: number): void {
  if (!isArchiveClass(object.storageClass) || thawingState(object, nowMs) === "thawed") return;
  throw ossError("InvalidObjectState", { elements: { ObjectName: object.key } });
}

/** The text of `x-oss-restore` and `RestoreInfo`; `undefined` when nobody asked for the object. */
export function restoreText(object: ObjectRecord, nowMs: number): string | undefined {
  const state = thawingState(object, nowMs);
  if (state === "frozen" || !object.thawing) return undefined;
  if (state === "thawing") return 'ongoing-request="true"';
  return `ongoing-request="false", expiry-date="${new Date(object.thawing.expiresAtMs).toUTCString()}"`;
}
