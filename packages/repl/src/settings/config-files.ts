import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { userFolders } from "./config-folders.ts";

/** A file of settings, whether it is there or not. */
export interface ConfigFile {
  readonly place: "project" | "user";
  readonly path: string;
}

const projectNames = [
  "sampan.config.ts",
  "sampan.config.mts",
  "sampan.config.js",
  "sampan.config.mjs",
  "sampan.config.json",
];

/** Where the user's settings stand: `config.json` of the folder for configuration. */
export function userConfigFile(env: Readonly<Record<string, string | undefined>>, cwd: string): ConfigFile {
  return { place: "user", path: join(userFolders(env, cwd).config, "config.json") };
}

/**
 * Finds the project's settings: the first `sampan.config.…` of the working folder and those above it. The search ends at the top of a
 * repository, at the home folder and at the root; a folder above a project says nothing about it.
 */
export function findProjectConfig(
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): ConfigFile | undefined {
  const { user } = userFolders(env, cwd);
  for (let folder = cwd; ; folder = dirname(folder)) {
    const name = projectNames.find((candidate) => existsSync(join(folder, candidate)));
    if (name !== undefined) return { place: "project", path: join(folder, name) };
    if (folder === user || dirname(folder) === folder || existsSync(join(folder, ".git"))) return undefined;
  }
}
