import { type RunEvent, SampanError } from "@sampan/core";
import { Observable } from "rxjs";
import { catalogue, type HostKind, type StageName, type Verb, verbsOf } from "../catalogue.ts";
import { checked } from "../plan/checked.ts";
import { type ContextOptions, contextOptions } from "../plan/options.ts";
import { parseSource } from "../plan/parse-source.ts";
import { appendStep, describePlan, type Plan, type PlanStep, parsePlan, planStage } from "../plan/plan.ts";
import { type EcsSource, type SourceSpec, sourceSpec, sourceTitle } from "../plan/sources.ts";
import type { RunHandle, RunOptions } from "../run/run-handle.ts";
import { runPlan } from "../run/run-plan.ts";
import type { SelectedHost, SelectedInstance, Stage } from "./stages.ts";

// A registered symbol, so that stages are recognised across two copies of this package.
const brand = Symbol.for("sampan.stage");

/** What every stage of the fluent API is at run time; the verbs are put on the prototype of each kind from the catalogue. */
class PlanStage extends Observable<RunEvent> {
  readonly #plan: Plan;

  constructor(plan: Plan) {
    super((subscriber) => {
      const handle = runPlan(plan);
      // Only the result ends the stream: a run that failed is, for a subscriber, an error like any other.
      const subscription = handle.events.subscribe((event) => subscriber.next(event));
      handle.result.then(
        () => subscriber.complete(),
        (error: unknown) => subscriber.error(error),
      );
      return () => {
        subscription.unsubscribe();
        // Whoever came to a run that was going on already may leave without ending it for the one who started it.
        if (!handle.attached) handle.cancel("because its subscriber left");
      };
    });
    this.#plan = plan;
    Object.freeze(this);
  }

  /** The plan of a value that is a stage of this package; asks by a private field, which neither getters nor proxies answer. */
  static planOf(value: object): Plan | undefined {
    return #plan in value ? value.#plan : undefined;
  }

  plan(): Plan {
    return this.#plan;
  }

  describe(): string {
    return describePlan(this.#plan);
  }

  run(options?: RunOptions): RunHandle<unknown> {
    return runPlan(this.#plan, options);
  }
}

Object.defineProperty(PlanStage.prototype, brand, { value: true });

type StageClass = new (plan: Plan) => PlanStage;
const classes = new Map<StageName, StageClass>();

/** The class of a stage: its prototype has the legal verbs and no others. */
function stageClass(name: StageName): StageClass {
  const known = classes.get(name);
  if (known) return known;
  const made = { [name]: class extends PlanStage {} }[name] as StageClass;
  classes.set(name, made);
  for (const verb of verbsOf(name)) {
    Object.defineProperty(made.prototype, verb, {
      value: function (this: PlanStage, ...args: unknown[]) {
        const step = {
          verb,
          options: checked(catalogue[verb].options, stepArguments(verb, args), `${verb}()`),
        };
        const plan = freeze(appendStep(this.plan(), step as PlanStep));
        return new (stageClass(catalogue[verb].to))(plan);
      },
    });
  }
  return made;
}

/** Turns a verb's arguments into the one object that stands in the plan. */
function stepArguments(verb: Verb, args: readonly unknown[]): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  let rest = [...args];
  for (const name of catalogue[verb].positional) {
    if (name.endsWith("...")) {
      // What is no text after the last one is the options.
      const last = rest.at(-1);
      const hasOptions = typeof last === "object" && last !== null;
      options[name.slice(0, -3)] = hasOptions ? rest.slice(0, -1) : rest;
      rest = hasOptions ? [last] : [];
    } else {
      options[name] = rest.shift();
    }
  }
  const [given, ...extra] = rest;
  if (extra.length > 0 || (given !== undefined && (typeof given !== "object" || given === null))) {
    throw new SampanError("PLAN_INVALID", `${verb}(): takes ${catalogue[verb].signature}`, {
      details: { verb, arguments: args.length },
    });
  }
  return { ...options, ...given };
}

function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) freeze(inner);
  }
  return value;
}

/** What `Migration.with` gives: the same start, with settings for all that follows. */
export interface MigrationStart {
  /** Names the host to migrate. Does no I/O: a source that does not exist fails when the plan runs. */
  from(source: `ecs://${string}` | EcsSource): SelectedInstance;
  from(source: string | SourceSpec): SelectedHost;
}

function startWith(context: ContextOptions): MigrationStart {
  return Object.freeze({
    from(source: string | SourceSpec): SelectedHost & SelectedInstance {
      const spec =
        typeof source === "string" ? parseSource(source) : checked(sourceSpec, source, "Migration.from()");
      const plan = freeze({ v: 1 as const, source: { ...spec }, context, steps: [] });
      return new (stageClass("SelectedHost"))(plan) as unknown as SelectedHost & SelectedInstance;
    },
  });
}

/**
 * Where every plan begins.
 *
 * Verbs do no I/O, start no timer and read no environment; nothing happens until the plan is subscribed to or run.
 *
 * @example
 * ```ts
 * const plan = Migration.from("./web-01.vmdk").assess().prepare().capture().toVhd()
 *   .upload("web-images", { createBucket: true })
 *   .import({ name: "web-01", createRole: true })
 *   .copyTo("cn-shanghai");
 * const result = await plan.run();
 * ```
 */
export const Migration: MigrationStart & {
  /** Sets the cloud and the default region for the plans that begin here. */
  with(context: ContextOptions): MigrationStart;
} = Object.freeze({
  ...startWith({}),
  with(context: ContextOptions): MigrationStart {
    return startWith(freeze({ ...checked(contextOptions, context, "Migration.with()") }));
  },
});

/** Tells whether a value is a stage of a plan, also one of another copy of this package. */
export function isStage(value: unknown): value is Stage<unknown> {
  return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[brand] === true;
}

/** What can be told of a stage without touching it. */
export interface StageOutline {
  readonly stage: StageName;
  readonly host: HostKind;
  /** Where the disks come from, as {@link sourceTitle} says it. */
  readonly source: string;
  /** Verbs that were called, in order. */
  readonly called: readonly Verb[];
}

/**
 * Looks at a value that may be a stage, for completion: runs no code of the value, neither getters nor traps of a proxy. `undefined`
 * for what is no stage, for a proxy around one, and for stages of another copy of this package.
 */
export function outlineOf(value: unknown): StageOutline | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const plan = PlanStage.planOf(value);
  if (plan === undefined) return undefined;
  return {
    stage: planStage(plan),
    host: plan.source.kind,
    source: sourceTitle(plan.source),
    called: plan.steps.map(({ verb }) => verb),
  };
}

/** Makes a stage of a plan that was read as JSON; `PLAN_INVALID` when it is none. */
export function stageOf(json: unknown): Stage<unknown> {
  const plan = parsePlan(json);
  return new (stageClass(planStage(plan)))(freeze(plan)) as unknown as Stage<unknown>;
}
