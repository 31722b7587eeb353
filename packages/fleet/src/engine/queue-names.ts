import { createHash } from "node:crypto";
import { SampanError } from "@sampan/core";
import { siteNamePattern } from "../site-name.ts";

/*
 * What lies in a store, as queues of BullMQ:
 *
 *   sampan-runs-v<n>       a job a run of version n of the pipeline; its log is the run's journal
 *   sampan-site-<site>     stages that read disks near there; `~` and a digest in place of a name that is long or not of ASCII
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

/** Whether a queue is one of those above whose events nobody waits for: what is to be heard is told in that of the signals. */
export function isUnheard(queue: string): boolean {
  return queue.startsWith("sampan-") && queue !== signalQueue;
}

/** The queue of the runs of a version of the pipeline. */
export function runQueue(version: number): string {
  return `sampan-runs-v${version}`;
}

/**
 * PostgreSQL keeps 63 bytes of ASCII of what a connection calls itself, and workers are found by that: the name of their queue, `:w:`, their
 * own. Names of sites may be longer, and of any script.
 */
const connectionNameBytes = 63;
const plainSite = /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/;

/**
 * The queue of the stages near a site's disks: another one for each name, by which it cannot always be told.
 *
 * @throws `CORE_ARGUMENT` for what cannot be the name of a site.
 */
export function siteQueue(site: string): string {
  if (!siteNamePattern.test(site)) {
    throw new SampanError("CORE_ARGUMENT", `${JSON.stringify(site)} cannot be the name of a site`, {
      hint: "A site's name has up to 64 letters, digits and `.`, `_`, `-`, and begins with a letter or digit.",
    });
  }
  // No name holds a tilde, so no other site has this queue.
  return `sampan-site-${plainSite.test(site) ? site : `~${shortDigest(site).slice(0, 20)}`}`;
}

/** What a worker of a queue calls itself to the store, so that two of them are never taken for one. */
export function workerLabel(queue: string, name: string): string {
  const room = connectionNameBytes - `${queue}:w:`.length;
  if (name.length <= room && /^[\x21-\x7e]+$/.test(name)) return name;
  const plain = name.replace(/[^\x21-\x7e]+/g, "-");
  return `${plain.slice(0, Math.max(0, room - 9))}~${shortDigest(name).slice(0, 8)}`;
}

/** The queue of the stages that use a limited resource. */
export function poolQueue(name: string): string {
  return `sampan-pool-${name}`;
}

/** Id of the job that does a stage: another one at every start of the run. */
export function stageJobId(runId: string, key: string, epoch: number): string {
  // A colon parts the store's own keys.
  return `${runId}.${key.replaceAll(":", ".")}~${epoch}`;
}

/** Queue and id of a job by the name the store gives it where it is another's child; `undefined` for one of another form. */
export function parseJobKey(key: string): { readonly queue: string; readonly id: string } | undefined {
  const [, queue, id] = /(?:^|:)(sampan-[^:]+):([^:]+)$/.exec(key) ?? [];
  return queue === undefined || id === undefined ? undefined : { queue, id };
}

/** A short name for what is long or not fit for a key. */
export function shortDigest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
