import type { ObjectRecord, UploadRecord, VersionRecord } from "../records.ts";
import type { OssStore } from "../store.ts";
import { fits } from "./lifecycle-match.ts";
import { coldnessOf } from "./lifecycle-rules.ts";
import { applyToNoncurrent } from "./noncurrent-versions.ts";
import type { LifecycleMoment, LifecycleRule } from "./records.ts";

const dayMs = 86_400_000;

/**
 * Applies the lifecycle rules of all buckets once a simulated day, as the service does: what became due by the last
 * midnight UTC goes, changes its class, or is aborted. There are no timers: the run happens before the next call.
 */
export class LifecycleRuns {
  readonly #store: OssStore;
  readonly #now: () => number;
  #lastDay = -1;
  #running: Promise<void> = Promise.resolve();

  constructor(store: OssStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** Does what is due by now; resolves when it is done. Cheap when nothing is. */
  settle(): Promise<void> {
    const day = Math.floor(this.#now() / dayMs);
    if (day > this.#lastDay) {
      this.#lastDay = day;
      this.#running = this.#running.then(() => this.#run(day * dayMs));
    }
    return this.#running;
  }

  async #run(midnightMs: number): Promise<void> {
    for (const bucket of this.#store.buckets()) {
      const rules = (bucket.configuration?.lifecycle ?? []).filter((rule) => rule.enabled);
      if (rules.length === 0) continue;
      for (const upload of this.#store.uploads(bucket.name)) {
        if (rules.some((rule) => abortsUpload(rule, upload, midnightMs))) {
          await this.#store.removeUpload(upload.uploadId);
        }
      }
      for (const key of this.#store.keys(bucket.name)) {
        const object = this.#store.object(bucket.name, key);
        if (object) await this.#apply(rules, object, midnightMs);
      }
      if (bucket.versioning === undefined) continue;
      for (const key of this.#store.allKeys(bucket.name)) {
        await applyToNoncurrent(this.#store, rules, { bucket: bucket.name, key }, midnightMs);
      }
    }
  }

  async #apply(rules: readonly LifecycleRule[], object: ObjectRecord, midnightMs: number): Promise<void> {
    const own = rules.filter((rule) => fits(rule, object));
    // An object written anew meanwhile is another one, and stays.
    const isSame = (current: VersionRecord | undefined) => current === object;
    if (own.some(({ expiration }) => expiration && isDue(expiration, changedAtMs(object), midnightMs))) {
      await this.#store.removeObject(object.bucket, object.key, { atMs: midnightMs, when: isSame });
      return;
    }
    const coldest = own
      .flatMap((rule) => rule.transitions)
      .filter((transition) => isDue(transition, changedAtMs(object), midnightMs))
      .map((transition) => transition.storageClass)
      .sort((a, b) => coldnessOf(b) - coldnessOf(a))[0];
    if (coldest !== undefined && coldnessOf(coldest) > coldnessOf(object.storageClass)) {
      await this.#store.changeVersion(object, (current) =>
        isSame(current) ? { ...current, storageClass: coldest } : current,
      );
    }
  }
}

/** Whether an action is due by a midnight: days are counted to the first midnight after they are over. */
function isDue(moment: LifecycleMoment, changedMs: number, midnightMs: number): boolean {
  if (moment.days !== null) return changedMs + moment.days * dayMs <= midnightMs;
  return moment.createdBeforeDate !== null && changedMs < Date.parse(moment.createdBeforeDate);
}

function abortsUpload(rule: LifecycleRule, upload: UploadRecord, midnightMs: number): boolean {
  if (!rule.abortMultipartUpload || !upload.key.startsWith(rule.prefix)) return false;
  return isDue(rule.abortMultipartUpload, upload.simulatedAtMs ?? upload.initiatedAtMs, midnightMs);
}

function changedAtMs(object: ObjectRecord): number {
  return object.simulatedAtMs ?? object.modifiedAtMs;
}
