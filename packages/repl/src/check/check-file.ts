import { randomBytes } from "node:crypto";
import { readFile, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { SampanError } from "@sampan/core";
import {
  type AnalysisOptions,
  analysePlan,
  applySafeFixes,
  checkConfigOf,
  type PlanChain,
  type Problem,
  type TextRange,
} from "@sampan/language-server/analysis";
import type { SettingName, SettingValues } from "@sampan/sdk/settings";
import { loadSettings, type SettingQuestion } from "../settings/load-settings.ts";

/** A plan file that was judged. */
export interface CheckedFile {
  /** Absolute, or what `--stdin-path` says. */
  readonly path: string;
  /** Relative to the working folder where it lies in it. */
  readonly title: string;
  readonly text: string;
  readonly chains: readonly PlanChain[];
  readonly problems: readonly Problem[];
  /** How many changes were made to it. */
  readonly fixed: number;
}

/** Where plans are checked. */
export interface CheckWorld {
  readonly cwd: string;
  readonly env: SettingQuestion["env"];
  /** False leaves files of settings unread. */
  readonly files: boolean;
}

/**
 * Judges a text under the settings around its path.
 *
 * @throws `CONFIG_LOAD_FAILED`, `CONFIG_SETTING_INVALID`, `CONFIG_SECRET_REFUSED`.
 */
export async function checkText(path: string, text: string, world: CheckWorld): Promise<CheckedFile> {
  const options = await optionsFor(path, world);
  const { chains, problems } = analysePlan(text, options);
  return { path, title: titleOf(path, world.cwd), text, chains, problems, fixed: 0 };
}

/**
 * Judges a plan file; with `fix` after its safe changes were written: into a new file that takes its place at once, with the same
 * permissions.
 *
 * @throws `PLAN_LOAD_FAILED` when it cannot be read, `COMMAND_WRITE_FAILED` when it cannot be replaced, and what
 * {@link checkText} throws.
 */
export async function checkFile(path: string, world: CheckWorld, fix: boolean): Promise<CheckedFile> {
  const { cwd } = world;
  const text = await readFile(path, "utf8").catch((error: Error) => {
    throw new SampanError("PLAN_LOAD_FAILED", `checking ${titleOf(path, cwd)}: ${error.message}`, {
      cause: error,
    });
  });
  if (!fix) return checkText(path, text, world);
  const mended = applySafeFixes(text, await optionsFor(path, world));
  if (mended.fixed > 0) await replace(path, text, mended.text, cwd);
  return { ...(await checkText(path, mended.text, world)), fixed: mended.fixed };
}

async function replace(path: string, before: string, after: string, cwd: string): Promise<void> {
  const doing = `mending ${titleOf(path, cwd)}`;
  try {
    // A link stays a link.
    const target = await realpath(path);
    const { mode } = await stat(target);
    const fresh = join(dirname(target), `.sampan-check-${randomBytes(6).toString("hex")}`);
    try {
      await writeFile(fresh, after, { flag: "wx", mode });
      if ((await readFile(target, "utf8")) !== before) throw new Error("it was changed meanwhile");
      await rename(fresh, target);
    } catch (error) {
      await rm(fresh, { force: true });
      throw error;
    }
  } catch (error) {
    throw new SampanError("COMMAND_WRITE_FAILED", `${doing}: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * What settings say of the check, as they are looked up from the folder of a plan on. Of a project's file that computes its settings, which is not run
 * here, that counts which stands in its text.
 */
async function optionsFor(path: string, { env, files }: CheckWorld): Promise<AnalysisOptions> {
  const { settings, passedOver } = await loadSettings({ env, cwd: dirname(path), execute: false, files });
  const valueFor = (name: SettingName) => settings.find((one) => one.name === name)?.value;
  const levels = valueFor("rules") as SettingValues["rules"];
  const extraRegions = valueFor("extraRegions") as SettingValues["extraRegions"];
  const stated = passedOver === null ? {} : checkConfigOf(passedOver.text);
  return {
    path,
    nowMs: Date.now(),
    levels: { ...levels, ...stated.levels },
    extraRegions: [...(extraRegions ?? []), ...(stated.extraRegions ?? [])],
  };
}

function titleOf(path: string, cwd: string): string {
  const inside = relative(cwd, path);
  return inside === "" || inside.startsWith("..") ? path : inside;
}

/** A place as people and other programs count it: lines and columns from 1, columns in UTF-16 units. */
export interface LinePlace {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** Gives the lines and columns of ranges of a text. */
export function linePlaces(text: string): (range: TextRange) => LinePlace {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  const placeOf = (offset: number): readonly [number, number] => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return [low + 1, offset - (starts[low] ?? 0) + 1];
  };
  return ({ start, end }) => {
    const [line, column] = placeOf(start);
    const [endLine, endColumn] = placeOf(end);
    return { line, column, endLine, endColumn };
  };
}

/** How many problems of each level files have. */
export function countLevels(files: readonly CheckedFile[]): Readonly<Record<Problem["level"], number>> {
  const counts = { error: 0, warning: 0, info: 0, hint: 0 };
  for (const { problems } of files) for (const { level } of problems) counts[level] += 1;
  return counts;
}
