import type { Json, SampanError } from "@sampan/core";
import { Migration } from "../fluent/migration.ts";
import type { Plan } from "../plan/plan.ts";
import type { Pipeline, StageContext, StageDefinition } from "../run/stage-definition.ts";

/** What a stage of a test does. */
export type StageWork = (input: Json, context: StageContext) => Promise<Json>;

/** A stage of a test, which counts how often it was begun. */
export interface CountedStage extends StageDefinition<Json, Json> {
  calls: number;
  work: StageWork;
}

/** A pipeline of a test, whose stages do what the test says. */
export interface StagedPipeline extends Pipeline<Plan, unknown> {
  readonly one: CountedStage;
  readonly two: CountedStage;
  /** Runs once for each of `copies`, all at once. */
  readonly copy: CountedStage;
  /** What `leave` was called with. */
  readonly left: { readonly outputs: readonly string[]; readonly error: string | null }[];
}

function counted(name: string, retry?: StageDefinition<Json, Json>["retry"]): CountedStage {
  const stage: CountedStage = {
    name,
    calls: 0,
    work: async () => name,
    ...(retry === undefined ? {} : { retry }),
    summary: () => `doing ${name}`,
    run(input, context) {
      stage.calls++;
      return stage.work(input, context);
    },
  };
  return stage;
}

/** Makes a pipeline of two stages after each other and copies at once. */
export function stagedPipeline(copies: readonly string[] = []): StagedPipeline {
  const one = counted("one");
  const two = counted("two", { attempts: 3, backoffMs: 10 });
  const copy = counted("copy");
  copy.work = async (input) => input;
  const left: { outputs: readonly string[]; error: string | null }[] = [];
  return {
    name: "staged",
    version: 1,
    aliases: { copyTo: "copy" },
    one,
    two,
    copy,
    left,
    keys: () => ["one", "two", ...copies.map((region) => `copy:${region}`)],
    async run(p) {
      const input = await p.stage(one, "in");
      await p.stage(two, input);
      await p.all(copies.map((region) => p.stage(copy, region, region)));
    },
    async leave(_plan, outputs, _services, error: SampanError | null) {
      const finished = [...outputs].filter(([, output]) => output !== undefined).map(([key]) => key);
      left.push({ outputs: finished, error: error?.code ?? null });
      return ["held-1"];
    },
  };
}

let hosts = 0;

/** A plan of a host no other test has. */
export function newHostPlan(): Plan {
  return Migration.from(`/disks/host-${process.pid}-${++hosts}.vmdk`).plan();
}

/** A promise and what settles it. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

/** Waits until the signal of a stage aborts, and fails by what it says. */
export function untilAborted({ signal }: StageContext): Promise<never> {
  return new Promise((_, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
}
