import { isUtf8 } from "node:buffer";
import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { chmod, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { SampanError } from "@sampan/core";
import {
  type AnalysisOptions,
  analysePlan,
  applySafeFixes,
  checkConfigOf,
  MadeIndex,
  type MadeThing,
  type PlanChain,
  type Problem,
  type TextRange,
} from "@sampan/language-server/analysis";
import type { SettingName, SettingValues } from "@sampan/sdk/settings";
import { spokenLanguage, translated } from "../language/speech.ts";
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
  /** What its plans make, for {@link checkTogether}. */
  readonly made: readonly MadeThing[];
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

/** What settings say, by folder: kept for one round over many files, and no longer. */
export type ReadSettings = Map<string, Promise<AnalysisOptions>>;

/**
 * Judges a text under the settings around its path.
 *
 * @throws `CONFIG_LOAD_FAILED`, `CONFIG_SETTING_INVALID`, `CONFIG_SECRET_REFUSED`.
 */
export async function checkText(
  path: string,
  text: string,
  world: CheckWorld,
  read: ReadSettings = new Map(),
): Promise<CheckedFile> {
  const options = await optionsFor(path, world, read);
  const { chains, problems, made } = analysePlan(text, options);
  return { path, title: titleOf(path, world.cwd), text, chains, problems, made, fixed: 0 };
}

/**
 * Judges a plan file; with `fix` after its safe changes were written: into a new file that takes its place at once, with the same
 * permissions.
 *
 * @throws `PLAN_LOAD_FAILED` when it cannot be read, `COMMAND_WRITE_FAILED` when it cannot be replaced, and what
 * {@link checkText} throws.
 */
export async function checkFile(
  path: string,
  world: CheckWorld,
  { fix, read }: { readonly fix: boolean; readonly read: ReadSettings },
): Promise<CheckedFile> {
  const { cwd } = world;
  const bytes = await readShort(path).catch((error: Error) => {
    throw new SampanError("PLAN_LOAD_FAILED", `checking ${titleOf(path, cwd)}: ${error.message}`, {
      cause: error,
    });
  });
  const text = bytes.toString("utf8");
  if (!fix) return checkText(path, text, world, read);
  const mended = applySafeFixes(text, await optionsFor(path, world, read));
  if (mended.fixed > 0) await replace(path, bytes, mended.text, cwd);
  return { ...(await checkText(path, mended.text, world, read)), fixed: mended.fixed };
}

/**
 * Judges files that were checked by what they make together: two that make an image of one name, or write one object, are both told. Of
 * files that share nothing the judgement stays as it is.
 */
export async function checkTogether(
  files: readonly CheckedFile[],
  world: CheckWorld,
  read: ReadSettings,
): Promise<readonly CheckedFile[]> {
  const index = new MadeIndex();
  for (const { path, title, text, made } of files) {
    const places = linePlaces(text);
    index.take(
      path,
      title,
      made.map(({ key, range }) => {
        const { line, column, endLine, endColumn } = places(range);
        return {
          key,
          start: { line: line - 1, character: column - 1 },
          end: { line: endLine - 1, character: endColumn - 1 },
        };
      }),
    );
  }
  return Promise.all(
    files.map(async (file) => {
      if (index.signature(file.path) === "") return file;
      const options = {
        ...(await optionsFor(file.path, world, read)),
        elsewhere: index.elsewhere(file.path),
      };
      return { ...file, problems: analysePlan(file.text, options).problems };
    }),
  );
}

async function replace(path: string, before: Buffer, after: string, cwd: string): Promise<void> {
  const doing = `mending ${titleOf(path, cwd)}`;
  try {
    // What is no UTF-8 was read with marks in its place, and would be written with them.
    if (!isUtf8(before)) throw new Error("it is no text in UTF-8");
    // A link stays a link.
    const target = await realpath(path);
    const { mode } = await stat(target);
    const fresh = join(dirname(target), `.sampan-check-${randomBytes(6).toString("hex")}`);
    try {
      await writeFile(fresh, after, { flag: "wx", mode });
      // The mask of the process takes some away from what is made anew.
      await chmod(fresh, mode);
      if (!before.equals(await readShort(target))) throw new Error("it was changed meanwhile");
      await rename(fresh, target);
    } catch (error) {
      await rm(fresh, { force: true });
      throw error;
    }
  } catch (error) {
    throw new SampanError("COMMAND_WRITE_FAILED", `${doing}: ${(error as Error).message}`, { cause: error });
  }
}

/** More bytes are more than the 2 Mi characters that are judged, in any script. */
const mostBytes = 6 * 1024 ** 2;

/** The bytes of a file, of one that has no end, such as a device, as many as make it too long. */
async function readShort(path: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream(path, { end: mostBytes })) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** What is known besides the text of a file, with what settings say of the check. */
async function optionsFor(path: string, world: CheckWorld, read: ReadSettings): Promise<AnalysisOptions> {
  const folder = dirname(path);
  let settings = read.get(folder);
  if (settings === undefined) {
    settings = settingsAt(folder, world);
    read.set(folder, settings);
  }
  return {
    ...(await settings),
    path,
    nowMs: Date.now(),
    language: spokenLanguage() === "en" ? "en" : "zh",
    translate: translated,
  };
}

/**
 * What settings say of the check, as they are looked up from a folder on. Of a project's file that computes its settings, which is not run
 * here, that counts which stands in its text.
 */
async function settingsAt(cwd: string, { env, files }: CheckWorld): Promise<AnalysisOptions> {
  const { settings, passedOver } = await loadSettings({ env, cwd, execute: false, files });
  const valueFor = (name: SettingName) => settings.find((one) => one.name === name)?.value;
  const levels = valueFor("rules") as SettingValues["rules"];
  const extraRegions = valueFor("extraRegions") as SettingValues["extraRegions"];
  const stated = passedOver === null ? {} : checkConfigOf(passedOver.text);
  return {
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
