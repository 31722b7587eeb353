import { createHash } from "node:crypto";
import { SampanError } from "@sampan/core";

/*
 * What lies in a store, as queues of BullMQ:
 *
 *   sampan-runs-v<n>       a job a run of version n of the pipeline; its log is the run's journal
 *   sampan-site-<site>     stages that read disks near there
 *   sampan-any             stages any worker may do
 *   sampan-pool-<name>     stages that use a limited resource, so many at once
 *   sampan-index           worked on by nobody: which host and plan has which run, and which sites, versions and pools there are
 *   sampan-artifacts       worked on by nobody: what stages keep, such as an overlay
 *   sampan-signals         no jobs: what is told to whoever listens
 */

export const anyQueue = "sampan-any";
export const indexQueue = "sampan-index";
export const artifactQueue = "sampan-artifacts";
export const signalQueue = "sampan-signals";

/** The queue of the runs of a version of the pipeline. */
export function runQueue(version: number): string {
  return `sampan-runs-v${version}`;
}

/**
 * The queue of the stages near a site's disks.
 *
 * @throws `CORE_ARGUMENT` for what cannot be the name of a site.
 */
export function siteQueue(site: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(site)) {
    throw new SampanError("CORE_ARGUMENT", `${JSON.stringify(site)} cannot be the name of a site`, {
      hint: "A site's name has up to 64 letters, digits and `.`, `_`, `-`, and begins with a letter or digit.",
    });
  }
  return `sampan-site-${site}`;
}

/** The queue of the stages that use a limited resource. */
export function poolQueue(name: string): string {
  return `sampan-pool-${name}`;
}

/** Id of the job that does a stage: another one at every start of the run, and where an earlier one was lost. */
export function stageJobId(runId: string, key: string, epoch: number, turn: number): string {
  // A colon parts the store's own keys.
  return `${runId}.${key.replaceAll(":", ".")}~${epoch}${turn === 1 ? "" : `-${turn}`}`;
}

/** A short name for what is long or not fit for a key. */
export function shortDigest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
