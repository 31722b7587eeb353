import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SampanError } from "@sampan/core";
import { z } from "zod";
import { type Plan, type PlanStep, parsePlan, planFingerprint, stepOf } from "../plan/plan.ts";
import { sourceTitle } from "../plan/sources.ts";
import { foldRun, type RunRecord } from "./fold-run.ts";
import { readJournal } from "./journal.ts";
import { isRunId } from "./run-id.ts";
import { loadPlan, runFolder, writeWhole } from "./run-store.ts";

const refreshSchema = z.object({
  v: z.literal(1),
  /** The run whose objects are reused. */
  of: z.string().refine(isRunId),
  /** Counts the images of the plan: the first refresh makes the second. */
  number: z.number().int().min(2),
  /** Name of its image; `null` for the name the plan gives. */
  imageName: z.string().nullable(),
});

/** What a run that refreshes an earlier one goes by; kept in its folder, so that a resume knows. */
export type Refresh = z.infer<typeof refreshSchema>;

const fileName = "refresh.json";

/** Keeps with a new run that it is a refresh. */
export function saveRefresh(home: string, runId: string, refresh: Refresh): void {
  writeWhole(join(runFolder(home, runId), fileName), `${JSON.stringify(refresh, null, 2)}\n`);
}

/** What a run refreshes; `undefined` for one that refreshes none. */
export function loadRefresh(home: string, runId: string): Refresh | undefined {
  const path = join(runFolder(home, runId), fileName);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new SampanError("RUN_JOURNAL_CORRUPT", `reading ${path}`, { cause: error });
  }
  try {
    return refreshSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new SampanError("RUN_JOURNAL_CORRUPT", `reading ${path}`, { cause: error });
  }
}

/** How {@link chooseRefresh} is told. */
export interface RefreshQuestion {
  readonly home: string;
  readonly plan: Plan;
  /** The last run of the plan in its cloud, or of the plan before it was changed. */
  readonly last: string | undefined;
  readonly imageName: string | undefined;
}

/** Ends of a run after which what it had read of the disk is of no use for going on. */
const spoiling = ["HOST_SOURCE_CHANGED", "HOST_MOMENT_LOST"];

/**
 * Decides what a refresh of a plan is: a new run that reuses what an earlier one uploaded, or, when the last run is a refresh that
 * was interrupted, going on with that.
 *
 * @throws `RUN_NOT_FOUND` when there is nothing to refresh; `PLAN_INVALID` for a plan that uploads nothing, or an image name that
 * cannot be one; `CORE_ARGUMENT` for another image name than that of the refresh that is gone on with.
 */
export function chooseRefresh(
  question: RefreshQuestion,
): { readonly resume: string } | { readonly refresh: Refresh } {
  const { home, plan, last, imageName } = question;
  const title = sourceTitle(plan.source);
  if (stepOf(plan, "upload") === undefined) {
    throw new SampanError("PLAN_INVALID", `refreshing the plan of ${title}: it uploads nothing`, {
      hint: "Only what was uploaded can be refreshed. Leave out `refresh`, or add `upload` to the plan.",
    });
  }
  if (last === undefined) {
    throw new SampanError("RUN_NOT_FOUND", `refreshing the plan of ${title}: no run of it is in ${home}`, {
      hint: "Run it once without `refresh`, for the first copy; services may go on meanwhile.",
    });
  }
  const runs = chainOf(home, last);
  const [newest] = runs as [ChainedRun, ...ChainedRun[]];
  const isSamePlan = planFingerprint(loadPlan(home, last)) === planFingerprint(plan);
  if (
    isSamePlan &&
    newest.refresh !== undefined &&
    newest.record.end !== "finished" &&
    !isSpoiled(newest.record)
  ) {
    if (imageName !== undefined && imageName !== newest.refresh.imageName) {
      throw new SampanError(
        "CORE_ARGUMENT",
        `refreshing the plan of ${title} as ${imageName}: run ${last}, which is gone on with, makes ${newest.refresh.imageName ?? "an image of the plan's name"}`,
        { hint: "Leave out the image name, or start anew with `again`." },
      );
    }
    return { resume: last };
  }
  const uploaded = runs.find(({ record }) => record.stages.get("upload")?.state === "finished");
  const number = (newest.refresh?.number ?? 1) + 1;
  const refresh: Refresh = {
    v: 1,
    of: (uploaded ?? newest).runId,
    number,
    imageName: imageName ?? imageNameOf(home, plan, runs, number),
  };
  refreshedPlan(plan, refresh);
  return { refresh };
}

interface ChainedRun {
  readonly runId: string;
  readonly record: RunRecord;
  readonly refresh: Refresh | undefined;
}

/** A run, the one it refreshes, the one that refreshes, and so on; the newest first. Stops where one is gone. */
function chainOf(home: string, last: string): readonly ChainedRun[] {
  const runs: ChainedRun[] = [];
  for (let runId: string | undefined = last; runId !== undefined && runs.length < 1000; ) {
    const refresh: Refresh | undefined = loadRefresh(home, runId);
    runs.push({ runId, record: foldRun(readJournal(runFolder(home, runId))), refresh });
    runId = runs.some((run) => run.runId === refresh?.of) ? undefined : refresh?.of;
  }
  return runs;
}

function isSpoiled({ end, error }: RunRecord): boolean {
  return end === "failed" && error !== null && spoiling.includes(error.code);
}

const longestImageName = 128;

/** The name an earlier image would have, with a number behind; `null` while no image has the plan's own. */
function imageNameOf(home: string, plan: Plan, runs: readonly ChainedRun[], number: number): string | null {
  const selected = runs.map(({ record }) => record.stages.get("select")?.output).find((output) => output);
  const host = (selected as { readonly name?: unknown } | undefined)?.name;
  const nameIn = (of: Plan) =>
    stepOf(of, "import")?.options.name ?? (typeof host === "string" ? host : undefined);
  const name = nameIn(plan);
  // The plan may have been changed meanwhile: a name no run has used is free.
  const isTaken = runs.some(
    ({ runId, record }) => record.stages.has("import") && nameIn(loadPlan(home, runId)) === name,
  );
  return stepOf(plan, "import") !== undefined && isTaken && name !== undefined
    ? numbered(name, number)
    : null;
}

/** `web-01` and 2 give `web-01-2`, within the length an image name may have. */
function numbered(name: string, number: number): string {
  const suffix = `-${number}`;
  return `${name.slice(0, longestImageName - suffix.length)}${suffix}`;
}

/** `images/web-01.vhd` and 2 give `images/web-01-2.vhd`. */
function numberedKey(key: string, number: number): string {
  const [, stem = key, ending = ""] = /^(.*?)(\.[A-Za-z0-9]+)?$/s.exec(key) ?? [];
  return `${stem}-${number}${ending}`;
}

/**
 * The plan as a refresh of it does it: the image, its copies and the object get names of their own, so that those of the earlier run
 * stay. An object key the plan does not name is that of the run anyway.
 */
export function refreshedPlan(plan: Plan, refresh: Refresh | undefined): Plan {
  if (refresh === undefined) return plan;
  const { number, imageName } = refresh;
  const steps = plan.steps.map((step): PlanStep => {
    if (step.verb === "upload" && step.options.key !== undefined)
      return { ...step, options: { ...step.options, key: numberedKey(step.options.key, number) } };
    if (imageName === null) return step;
    if (step.verb === "import") return { ...step, options: { ...step.options, name: imageName } };
    if (step.verb === "copyTo" && step.options.name !== undefined)
      return { ...step, options: { ...step.options, name: numbered(step.options.name, number) } };
    return step;
  });
  return parsePlan({ ...plan, steps });
}
