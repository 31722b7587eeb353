import type { Cloud } from "@sampan/cloud";
import { formatBytes, type Resource } from "@sampan/core";
import { type CloudChoice, connectCloud } from "@sampan/sdk";
import { say, translated } from "../language/speech.ts";
import { oneLine } from "../terminal/plain-text.ts";
import type { LeftMoment } from "./collect-host.ts";
import { inOrderOfDeletion, type Leftover, removeLeftover, stillThere } from "./leftovers.ts";

/**
 * Does something with what a run left, in the order in which it is deleted; `remove` deletes one of it. `missing` is what it made too and
 * the account that was asked does not have: it was deleted since, or is another account's.
 */
export type LeftWork = (
  present: readonly Leftover[],
  remove: (one: Leftover) => Promise<void>,
  missing: readonly Leftover[],
) => Promise<readonly Leftover[]>;

/** What a run made, and where. */
export interface MadeByRun {
  readonly cloud: CloudChoice;
  /** Where settings and profiles are looked up from. */
  readonly home: string;
  readonly resources: readonly Resource[];
  /** Whether it did all of its plan: then its images are what it was for. */
  readonly isComplete: boolean;
}

/** Hands `work` what a run left that costs money and is still there, by the cloud's own word; gives what that gives. */
export async function leftInCloud(made: MadeByRun, work: LeftWork): Promise<readonly Leftover[]> {
  const { cloud: choice, home, resources, isComplete } = made;
  // The images of a run that reached its end are what it was for; the objects they were made of have served.
  const kept: readonly string[] = isComplete ? ["image", "snapshot", "instance"] : [];
  const billed = resources.filter(({ billed: costs, kind }) => costs && !kept.includes(kind));
  if (billed.length === 0) return work([], async () => undefined, []);
  const clouds = new Map<Leftover, Cloud>();
  const open: Cloud[] = [];
  try {
    // What was launched in another account is looked for there.
    for (const profile of new Set(billed.map((one) => one.profile))) {
      const cloud = await connectCloud(choice, home, profile === undefined ? {} : { profile });
      open.push(cloud);
      const there = await stillThere(
        cloud,
        billed.filter((one) => one.profile === profile),
      );
      for (const one of there) clouds.set(one, cloud);
    }
    const present = inOrderOfDeletion([...clouds.keys()]);
    const missing = billed
      .filter(({ kind, id }) => !present.some((one) => one.kind === kind && one.id === id))
      .map(({ kind, id, name, region }) => ({ kind, id, name, region, sizeBytes: null }));
    const remove = async (one: Leftover): Promise<void> => {
      const cloud = clouds.get(one);
      if (cloud !== undefined) await removeLeftover(cloud, one);
    };
    return await work(present, remove, missing);
  } finally {
    for (const cloud of open) await cloud.close();
  }
}

/** What was left, in one line: what it is, where, and how much of it. */
export function describeLeft({ kind, id, name, region, sizeBytes }: Leftover | LeftMoment): string {
  const named = name === null || id.endsWith(name) ? id : `${id} (${name})`;
  const thing = `${translated(kind)} ${named}`;
  const placed = region === null ? thing : say("left.in", { what: thing, region });
  return oneLine(
    sizeBytes === null ? placed : say("left.sized", { what: placed, size: formatBytes(sizeBytes) }),
  );
}
