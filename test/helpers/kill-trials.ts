import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RunEvent } from "@sampan/core";
import type { UploadResult } from "@sampan/sdk";
import type { Kill, KilledRun, KillLane, PlanInCloud, ProcessEnd } from "./kill-lane.ts";

/** What there is after a run was killed and gone on with to its end. */
export interface Aftermath {
  /** How the processes ended that were to be killed. */
  readonly killed: readonly ProcessEnd[];
  readonly last: ProcessEnd;
  readonly events: readonly RunEvent[];
  readonly state: Awaited<ReturnType<KilledRun["simulator"]["state"]>>;
}

/** One trial: says before each start when to kill it, and `undefined` to let it end. */
export interface Trial {
  readonly name: string;
  next(start: number, events: readonly RunEvent[]): Kill | undefined;
}

/** Kills the first process, and lets the second end. */
export function once(kill: Kill): Trial {
  return { name: JSON.stringify(kill), next: (start) => (start === 0 ? kill : undefined) };
}

/** Kills one process after the other, each a few records after its start. */
export function again(seed: number, times: number): Trial {
  const next = (start: number, events: readonly RunEvent[]): Kill | undefined => {
    if (start >= times) return undefined;
    // A start alone takes two records: the run's and the stage's.
    return { atRecord: (events.at(-1)?.seq ?? -1) + 1 + Math.floor(share(seed * 1000 + start) * 12) };
  };
  return { name: `again and again, seed ${seed}`, next };
}

/** A number from 0 to 1 that looks random and is the same each time. */
export function share(seed: number): number {
  return Math.abs(Math.sin(seed + 1) * 10_000) % 1;
}

/** Runs a plan that nobody kills, or kills it as the trial says. */
export async function tryOne(lane: KillLane, plan: PlanInCloud, trial?: Trial): Promise<Aftermath> {
  const run = await lane.begin(plan);
  const killed: ProcessEnd[] = [];
  try {
    for (;;) {
      const kill = trial?.next(killed.length, journalOf(run));
      const end = await run.start(kill);
      if (kill !== undefined) killed.push(end);
      if (kill === undefined || !end.killed)
        return { killed, last: end, events: journalOf(run), state: await run.simulator.state() };
    }
  } finally {
    await run.stop();
  }
}

/** Makes every trial, one in each lane at a time, and says what ended badly. */
export async function tryAll(
  lanes: readonly KillLane[],
  plan: PlanInCloud,
  peace: Aftermath,
  trials: readonly Trial[],
): Promise<{ readonly bad: readonly string[]; readonly killed: number }> {
  const bad: string[] = [];
  const waiting = [...trials];
  let killed = 0;
  await Promise.all(
    lanes.map(async (lane) => {
      for (let trial = waiting.shift(); trial !== undefined; trial = waiting.shift()) {
        const after = await tryOne(lane, plan, trial);
        killed += after.killed.filter((end) => end.killed).length;
        bad.push(...faultsOf(after, peace).map((fault) => `killed ${trial?.name}: ${fault}`));
      }
    }),
  );
  return { bad, killed };
}

/** What is wrong after a run was killed; empty when all is as after a run that was left in peace. */
function faultsOf(after: Aftermath, peace: Aftermath): string[] {
  const faults: string[] = [];
  if (after.last.error) faults.push(`it ended with ${after.last.error.code}: ${after.last.error.message}`);
  const finished = new Set<string>();
  for (const event of after.events) {
    if (event.type === "stage.started" && finished.has(event.stage)) faults.push(`${event.stage} ran again`);
    if (event.type === "stage.finished") finished.add(event.stage);
  }
  if (seen(after) !== seen(peace)) faults.push(`the cloud holds ${seen(after)} instead of ${seen(peace)}`);
  if (digests(after) !== digests(peace)) faults.push(`other bytes: ${digests(after)}`);
  return faults;
}

/** What the cloud holds, ids left out. */
function seen({ state }: Aftermath): string {
  return JSON.stringify({
    images: state.images.map(({ region, name, status }) => `${region} ${name} ${status}`).sort(),
    buckets: state.buckets.map(({ name, objects, uploads }) => ({ name, objects, uploads })),
    left: state.left,
  });
}

function digests({ last }: Aftermath): string {
  return JSON.stringify(
    (last.result as unknown as UploadResult | undefined)?.objects?.map(({ crc64 }) => crc64),
  );
}

function journalOf({ home }: KilledRun): RunEvent[] {
  const journal = join(home, "runs/r1/journal.ndjson");
  if (!existsSync(journal)) return [];
  return (
    readFileSync(journal, "utf8")
      .split("\n")
      // What is after the last line break was being written when its process was killed.
      .slice(0, -1)
      .map((line) => JSON.parse(line) as RunEvent)
  );
}
