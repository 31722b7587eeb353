import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { errorCodes } from "@sampan/core";
import { catalogue, knownRegions } from "@sampan/sdk/catalogue";
import { cachedNames, chooseCloud } from "@sampan/sdk/names";
import type { NameKind } from "../command-options.ts";
import { type HomeQuestion, homesAround } from "../run/home-folders.ts";
import { knownProfiles, readJson } from "../run/known-profiles.ts";
import type { Candidate } from "./complete-words.ts";

/** No more ids of runs than this are offered. */
const mostRuns = 200;

/** Gives the names of a kind that lie around a folder. What cannot be read offers nothing; no secret is kept or given. */
export function knownNames(kind: NameKind, question: HomeQuestion): readonly Candidate[] {
  if (kind === "run") return runIds(question);
  if (kind === "region") return regions(question);
  if (kind === "profile") {
    return knownProfiles(question.env).map(({ name, region }) => ({ value: name, summary: region }));
  }
  if (kind === "stage") return Object.entries(catalogue).map(([value, { summary }]) => ({ value, summary }));
  return Object.entries(errorCodes).map(([value, { meaning }]) => ({ value, summary: meaning }));
}

/** Regions the account may use, as the cloud said last; without that, those there are. */
function regions({ flag, env, cwd }: HomeQuestion): readonly Candidate[] {
  const names = new Map(
    knownRegions.filter(({ closed }) => closed !== true).map(({ id, name }) => [id, name]),
  );
  const ids = cachedRegions(resolve(cwd, flag || env.SAMPAN_HOME || ".sampan"), env);
  return (ids.length > 0 ? ids : [...names.keys()]).map((value) => ({
    value,
    summary: names.get(value) ?? "",
  }));
}

function cachedRegions(home: string, env: HomeQuestion["env"]): readonly string[] {
  try {
    return cachedNames({ choice: chooseCloud({ env }), home, env })?.names.regions ?? [];
  } catch {
    // A cloud that is none has no regions.
    return [];
  }
}

/** Ids of runs, newest first, with what they move. */
function runIds(question: HomeQuestion): readonly Candidate[] {
  const folders = homesAround(question).map((home) => join(home, "runs"));
  const found = folders.flatMap((folder) =>
    namesIn(folder).map((value) => ({ value, plan: join(folder, value, "plan.json") })),
  );
  const newest = found.sort((a, b) => (a.value < b.value ? 1 : -1)).slice(0, mostRuns);
  return newest.map(({ value, plan }) => ({ value, summary: titleOf(plan) }));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name));
  } catch {
    return [];
  }
}

function titleOf(plan: string): string {
  const source = (readJson(plan) as { readonly source?: unknown } | undefined)?.source;
  const { path, host, url } = (source ?? {}) as Readonly<Record<string, unknown>>;
  return [path, host, url].find((value) => typeof value === "string") ?? "";
}
