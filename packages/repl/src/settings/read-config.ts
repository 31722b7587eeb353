import { readFile, stat } from "node:fs/promises";
import { SampanError } from "@sampan/core";
import { checkSettings, type StatedSettings } from "./check-settings.ts";
import type { ConfigFile } from "./config-files.ts";
import { readLiteral } from "./literal.ts";

/** What became of reading a file. */
export type ConfigReading =
  | StatedSettings
  | { readonly file: ConfigFile; readonly computed: true; readonly text: string };

const mostBytes = 1024 * 1024;

/**
 * Reads a file of settings; `undefined` when there is none. One that is plain data is read, not run. One that computes is code of the
 * project, and is run only where `execute` says so.
 *
 * @throws `CONFIG_LOAD_FAILED`, `CONFIG_SETTING_INVALID`, `CONFIG_SECRET_REFUSED`.
 */
export async function readConfig(file: ConfigFile, execute: boolean): Promise<ConfigReading | undefined> {
  let text: string;
  try {
    const { size } = await fileAt(file.path);
    if (size > mostBytes) throw new Error(`${size} bytes are no settings`);
    text = await readFile(file.path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new SampanError("CONFIG_LOAD_FAILED", `reading ${file.path}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  if (file.path.endsWith(".json") && text.trim() === "") return { file, values: new Map() };
  const read = readLiteral(text);
  if (read.kind === "literal") return checkSettings(file, read.value, read.lines);
  if (file.path.endsWith(".json")) {
    throw new SampanError(
      "CONFIG_LOAD_FAILED",
      `reading ${file.path}:${read.line}: it is no JSON from there on`,
    );
  }
  if (!execute) return { file, computed: true, text };
  return checkSettings(file, await exportOf(file.path), new Map());
}

/** A pipe or a device under that name would be read for ever. */
async function fileAt(path: string): Promise<{ readonly size: number }> {
  const found = await stat(path);
  if (!found.isFile()) throw new Error("it is no file");
  return found;
}

async function exportOf(path: string): Promise<unknown> {
  const [{ createJiti }, sdk] = await Promise.all([import("jiti"), import("@sampan/sdk")]);
  const jiti = createJiti(path, {
    fsCache: false,
    moduleCache: false,
    interopDefault: false,
    // It finds `sampan` even where nothing is installed, as plans do.
    virtualModules: { sampan: sdk, "@sampan/sdk": sdk },
  });
  try {
    const module = await jiti.import<{ readonly default?: unknown }>(path);
    const exported = await module.default;
    return typeof exported === "function" ? await (exported as () => unknown)() : exported;
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
    throw new SampanError("CONFIG_LOAD_FAILED", `running ${path}: ${reason}`, { cause: error });
  }
}
