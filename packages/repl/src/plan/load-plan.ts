import { readFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { isSampanError, SampanError } from "@sampan/core";
import {
  isSavedPlans,
  isStage,
  type Plan,
  parsePlan,
  readSavedPlans,
  resolvePlan,
  type SavedPlan,
  type Verb,
} from "@sampan/sdk";
import { catalogue } from "@sampan/sdk/catalogue";
import { codeFrame, frameLines, placeInStack, type SourcePlace } from "./code-frame.ts";
import { marksOf, noSuchExport, readWhich } from "./which-plan.ts";

const verbNames = Object.keys(catalogue) as Verb[];

/** The plans of one file, checked, with their sources' paths made absolute. */
export interface PlanFile {
  readonly path: string;
  /** Folder that relative paths start from, and beside which runs are recorded. */
  readonly folder: string;
  /** At least one. */
  readonly plans: readonly Plan[];
  /** The same plans with the world they were written for, where `sampan plan --out` wrote the file. */
  readonly saved?: readonly SavedPlan[];
  /** What tells each plan from the others of its file, where some alone were asked for: its index, or a name. */
  readonly marks?: readonly string[];
}

/**
 * Loads a plan file: a module (TypeScript or JavaScript) whose default export is a stage, an array of them, or a function
 * that returns either; or the JSON that `sampan plan --out` writes.
 *
 * A module finds `sampan` even where nothing is installed: it gets the very package this program is made of.
 *
 * @param which of several plans that one alone: its number from 1 on, or the name of an export that need not be the default
 * @throws `PLAN_LOAD_FAILED` with the place in the file where it is known; `PLAN_INVALID` for JSON that is no plan; `PLAN_FILE_CHANGED` for
 * what `sampan plan --out` wrote and somebody edited.
 */
export async function loadPlanFile(path: string, cwd: string, which?: string): Promise<PlanFile> {
  const wanted = which === undefined ? undefined : readWhich(which);
  const file = await loadWhole(path, cwd, wanted?.kind === "name" ? wanted.name : undefined);
  if (wanted === undefined) return file;
  return wanted.kind === "name"
    ? { ...file, marks: marksOf(wanted.name, file.plans.length) }
    : onePlan(file, path, wanted.number);
}

async function loadWhole(path: string, cwd: string, name: string | undefined): Promise<PlanFile> {
  const full = resolve(cwd, path);
  const folder = dirname(full);
  const source = await sourceOf(path, full);
  const json = full.endsWith(".json") ? parseJson(path, source) : undefined;
  if (json !== undefined && name !== undefined) throw noSuchExport(path, name, []);
  if (isSavedPlans(json)) {
    const saved = readSavedPlans(json, path);
    return { path: full, folder, plans: saved.map(({ plan }) => plan), saved };
  }
  const plans = json === undefined ? await plansOfModule(path, full, source, name) : plansOfJson(path, json);
  return { path: full, folder, plans: plans.map((plan) => resolvePlan(plan, folder)) };
}

async function sourceOf(path: string, full: string): Promise<string> {
  try {
    return await readFile(full, "utf8");
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new SampanError(
      "PLAN_LOAD_FAILED",
      `loading ${path}: ${missing ? "there is no such file" : (error as Error).message}`,
      { hint: "Give the path of a plan file, such as web-01.migration.ts or plan.json.", cause: error },
    );
  }
}

function parseJson(path: string, source: string): unknown {
  try {
    return JSON.parse(source) as unknown;
  } catch (error) {
    throw new SampanError("PLAN_LOAD_FAILED", `loading ${path}: ${(error as Error).message}`, {
      hint: "Write the file with `sampan plan FILE --out plan.json`.",
      cause: error,
    });
  }
}

function plansOfJson(path: string, json: unknown): readonly Plan[] {
  const plans = (Array.isArray(json) ? json : [json]).map(parsePlan);
  if (plans.length === 0) throw emptyPlan(path);
  return plans;
}

async function plansOfModule(
  path: string,
  full: string,
  source: string,
  name: string | undefined,
): Promise<readonly Plan[]> {
  let exported: unknown;
  try {
    const module = await importModule(full, source);
    exported = name === undefined ? await defaultExport(path, module) : await namedExport(path, module, name);
    if (typeof exported === "function") exported = await (exported as () => unknown)();
  } catch (error) {
    throw loadError(path, full, source, error);
  }
  const stages = Array.isArray(exported) ? exported : [exported];
  if (stages.length === 0) throw emptyPlan(path);
  return stages.map((stage: unknown, index) => {
    if (isStage(stage)) return stage.plan();
    const what = name === undefined ? "its default export" : `its export ${name}`;
    const where = Array.isArray(exported) ? `item ${index + 1} of ${what}` : what;
    throw new SampanError(
      "PLAN_LOAD_FAILED",
      `loading ${path}: ${where} is ${kindOf(stage)}, not a stage of a plan`,
      {
        hint: hintFor(stage),
      },
    );
  });
}

/** What a module exports; `sampan` and the packages behind it are found even where nothing is installed. */
async function importModule(full: string, source: string): Promise<{ readonly default?: unknown }> {
  const [{ createJiti }, sdk] = await Promise.all([import("jiti"), import("@sampan/sdk")]);
  // Not loaded for plans, which hardly ever name it.
  const fleet = source.includes("@sampan/fleet") ? { "@sampan/fleet": await import("@sampan/fleet") } : {};
  const jiti = createJiti(full, {
    // Nothing is cached: a plan is small, and an edit must never meet yesterday's code.
    fsCache: false,
    moduleCache: false,
    // A module is taken as it is: a namespace must not pass for its own default export.
    interopDefault: false,
    virtualModules: { sampan: sdk, "@sampan/sdk": sdk, ...fleet },
  });
  return jiti.import<{ readonly default?: unknown }>(full);
}

/**
 * What the module of a fleet exports as its default, or what that gives when it is a function.
 *
 * @throws `PLAN_LOAD_FAILED` as {@link loadPlanFile} does.
 */
export async function loadDefault(path: string, cwd: string): Promise<unknown> {
  const full = resolve(cwd, path);
  const source = await sourceOf(path, full);
  try {
    const { default: exported } = await importModule(full, source);
    return typeof exported === "function" ? await (exported as () => unknown)() : await exported;
  } catch (error) {
    throw loadError(path, full, source, error);
  }
}

async function defaultExport(path: string, module: { readonly default?: unknown }): Promise<unknown> {
  if (isStage(module)) return module;
  const exported = module.default;
  if (exported !== undefined) {
    refuseStarted(path, exported, "its default export");
    return await exported;
  }
  const named = stageNames(module)[0];
  throw new SampanError("PLAN_LOAD_FAILED", `loading ${path}: it has no default export`, {
    hint:
      named === undefined
        ? 'End the file with a plan: `export default Migration.from("./web-01.vmdk").assess()…`.'
        : `Write \`export default ${named};\` at the end of the file, or run that one by \`--plan ${named}\`.`,
  });
}

async function namedExport(path: string, module: object, name: string): Promise<unknown> {
  const exported = Object.hasOwn(module, name)
    ? (module as Readonly<Record<string, unknown>>)[name]
    : undefined;
  if (exported === undefined) throw noSuchExport(path, name, stageNames(module));
  refuseStarted(path, exported, `its export ${name}`);
  return await exported;
}

/** Awaiting a run that is under way would hide that it was started behind the user's back. */
function refuseStarted(path: string, exported: unknown, what: string): void {
  if (!isRunHandle(exported)) return;
  throw new SampanError("PLAN_LOAD_FAILED", `loading ${path}: ${what} is a run, already started`, {
    hint: "Export the plan itself, without `.run()`; `sampan run` starts it.",
  });
}

/** Names by which a module exports a plan. */
function stageNames(module: object): readonly string[] {
  return Object.entries(module).flatMap(([name, value]) =>
    name !== "default" && isStage(value) ? [name] : [],
  );
}

function isRunHandle(value: unknown): boolean {
  return (
    typeof value === "object" && value !== null && "events" in value && "cancel" in value && "then" in value
  );
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (isRunHandle(value)) return "a run, already started";
  return typeof value === "object" ? "an object" : `of type ${typeof value}`;
}

function hintFor(value: unknown): string {
  return isRunHandle(value)
    ? "Export the plan itself, without `.run()`; `sampan run` starts it."
    : "Export what `Migration.from(…)` and its verbs return, an array of such, or a function returning one.";
}

function emptyPlan(path: string): SampanError {
  return new SampanError("PLAN_LOAD_FAILED", `loading ${path}: it holds no plan, only an empty list`);
}

function onePlan(file: PlanFile, path: string, number: number): PlanFile {
  const plan = file.plans[number - 1];
  const { length } = file.plans;
  if (plan === undefined) {
    throw new SampanError("PLAN_LOAD_FAILED", `loading ${path}: it has no plan ${number}`, {
      hint: length === 1 ? "It holds one." : `It holds ${length}, counted from 1 on.`,
    });
  }
  const saved = file.saved?.[number - 1];
  return {
    path: file.path,
    folder: file.folder,
    plans: [plan],
    ...(saved === undefined ? {} : { saved: [saved] }),
    marks: [String(number - 1)],
  };
}

/** Makes an error that says where in the file it went wrong, as far as the thrown one tells. */
function loadError(path: string, full: string, source: string, thrown: unknown): SampanError {
  if (isSampanError(thrown, "PLAN_LOAD_FAILED")) return thrown;
  const place = placeOf(thrown, full);
  const where =
    place === undefined ? path : `${path}:${place.line}${place.column === null ? "" : `:${place.column}`}`;
  const details = {
    ...(isSampanError(thrown) ? thrown.details : {}),
    ...(place === undefined
      ? {}
      : { file: full, line: place.line, column: place.column, frame: codeFrame(frameLines(source), place) }),
  };
  if (isSampanError(thrown)) {
    return new SampanError(thrown.code, `${where}: ${thrown.message}`, {
      hint: thrown.hint,
      details,
      cause: thrown.cause,
    });
  }
  return new SampanError("PLAN_LOAD_FAILED", `loading ${where}: ${reasonOf(thrown, full)}`, {
    hint: hintForThrown(thrown),
    details,
    cause: thrown,
  });
}

/** Where in the file it went wrong. Only a parser knows the column: compiling keeps lines, not what stands in them. */
function placeOf(thrown: unknown, full: string): SourcePlace | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const place = placeInStack(`${thrown.message}\n${thrown.stack ?? ""}`, full);
  if (place === undefined) return undefined;
  // The parser counts columns from 0.
  const column = thrown.message.startsWith("ParseError:") ? (place.column ?? 0) + 1 : null;
  return { line: place.line, column };
}

function reasonOf(thrown: unknown, full: string): string {
  const message = thrown instanceof Error ? thrown.message : `it threw ${String(thrown)}`;
  const first = message.split("\n")[0] ?? "";
  return first
    .replace(/^ParseError: /, "")
    .replaceAll(full, basename(full))
    .replace(/\s+/g, " ")
    .trim();
}

function hintForThrown(thrown: unknown): string {
  const code = (thrown as { code?: unknown } | null)?.code;
  if (code === "MODULE_NOT_FOUND" || code === "ERR_MODULE_NOT_FOUND") {
    return "Install the module it imports beside the plan, or correct its name.";
  }
  const verb = /(\w+) is not a function/.exec(
    (thrown as { message?: unknown } | null)?.message as string,
  )?.[1];
  if (verb !== undefined && Object.hasOwn(catalogue, verb)) {
    const { from } = catalogue[verb as Verb];
    const before = verbNames.filter((name) => (from as readonly string[]).includes(catalogue[name].to));
    const after = before.map((name) => `${name}()`).join(" or ");
    return `${verb}() cannot stand here: it follows ${after === "" ? "Migration.from()" : after}.`;
  }
  return "Correct the plan file at the place named; it runs as ordinary code when it is loaded.";
}
