import { readdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** Where runs may lie. */
export interface HomeQuestion {
  /** `--home DIR`. */
  readonly flag?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

// A folder of plans has few subfolders; one that has thousands is no place to search.
const mostSubfolders = 500;

/**
 * Folders that hold runs, nearest first. `--home` or `SAMPAN_HOME` names the only one; otherwise `.sampan` of the working
 * folder, of the folders above it, and of its direct subfolders, since runs lie beside their plans.
 */
export function homesAround(question: HomeQuestion): readonly string[] {
  const named = question.flag || question.env.SAMPAN_HOME;
  const candidates = named ? [resolve(question.cwd, named)] : [...foldersAround(question.cwd)].map(homeIn);
  return candidates.flatMap((home) => [home, demoHome(home)]).filter((home) => isFolder(join(home, "runs")));
}

/** Where `sampan demo` keeps its run. */
export function demoHome(home: string): string {
  return join(home, "demo", "home");
}

/** ` --home DIR` for a command that is to find a run from the working folder; empty where it finds it without. */
export function homeOption(where: Pick<HomeQuestion, "env" | "cwd">, home: string): string {
  return homesAround({ env: where.env, cwd: where.cwd }).includes(home)
    ? ""
    : ` --home ${JSON.stringify(home)}`;
}

function homeIn(folder: string): string {
  return join(folder, ".sampan");
}

function* foldersAround(cwd: string): Generator<string> {
  for (let folder = cwd; ; folder = dirname(folder)) {
    yield folder;
    if (dirname(folder) === folder) break;
  }
  let seen = 0;
  try {
    for (const entry of readdirSync(cwd, { withFileTypes: true })) {
      if (!entry.isDirectory() || entry.name.startsWith(".") || entry.name === "node_modules") continue;
      if (++seen > mostSubfolders) return;
      yield join(cwd, entry.name);
    }
  } catch {
    // A folder that cannot be listed has no runs to offer.
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
