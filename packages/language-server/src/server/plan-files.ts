import type { Dirent } from "node:fs";
import { open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** Longest plan that is read, in UTF-16 units, from a client or a file, whose bytes are not more. */
export const longestPlan = 1024 ** 2;

/** A file of a size and age, by which a change is told. */
export interface FileStamp {
  readonly sizeBytes: number;
  readonly changedAtMs: number;
}

/** The plans of a workspace as files, and what lies beside them. */
export interface PlanFiles {
  /** URIs of the plan files below a folder, sorted. What cannot be read holds none. */
  find(folderUri: string, signal: AbortSignal): Promise<readonly string[]>;
  /** `undefined` for what is no file any more. */
  stampOf(uri: string): Promise<FileStamp | undefined>;
  /** `undefined` for what cannot be read, or is longer than {@link longestPlan}. */
  read(uri: string): Promise<string | undefined>;
  /** Names in the folder at a path, as a plan at `uri` writes it; folders end with a slash. What cannot be read has none. */
  list(uri: string, folder: string): Promise<readonly string[]>;
  /** Whether TypeScript finds the types of `sampan` from a plan, and so completes names and values of options by itself. */
  hasTypes(uri: string): Promise<boolean>;
}

/** True for what is analysed: no other file of the client's is looked at. */
export function isPlanUri(uri: string): boolean {
  return /\.migration\.[cm]?[jt]s$/i.test(uri.replace(/[?#].*$/, ""));
}

const skipped = new Set(["node_modules", "bower_components", "dist", "out", "target", "coverage"]);
/** More folders than this, or deeper ones, are not searched. */
const mostFolders = 20_000;
const deepest = 12;
/** Once so many are found, no further folder is searched. */
export const mostPlans = 5000;
const mostNames = 500;

/** The files of this machine. */
export function localPlanFiles(): PlanFiles {
  return {
    async find(folderUri, signal) {
      const root = pathOf(folderUri);
      return root === undefined ? [] : findPlans(root, signal);
    },
    async stampOf(uri) {
      const path = pathOf(uri);
      if (path === undefined) return undefined;
      const found = await stat(path).catch(() => undefined);
      return found?.isFile() ? { sizeBytes: found.size, changedAtMs: found.mtimeMs } : undefined;
    },
    async read(uri) {
      const path = pathOf(uri);
      return path === undefined ? undefined : readShort(path);
    },
    async list(uri, folder) {
      const base = pathOf(uri);
      if (base === undefined || isRemote(folder)) return [];
      const place = join(base, "..");
      const entries = await entriesOf(/^(?:\/|[A-Za-z]:)/.test(folder) ? folder : join(place, folder));
      return entries
        .slice(0, mostNames)
        .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
        .sort();
    },
    async hasTypes(uri) {
      const path = pathOf(uri);
      return path !== undefined && findsTypes(path);
    },
  };
}

/** Asking for a folder of another machine would log in to it. */
function isRemote(folder: string): boolean {
  return /^(?:\\\\|\/\/)/.test(folder);
}

function pathOf(uri: string): string | undefined {
  try {
    const url = new URL(uri);
    if (url.protocol !== "file:" || (url.hostname !== "" && process.platform !== "win32")) return undefined;
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}

async function findPlans(root: string, signal: AbortSignal): Promise<readonly string[]> {
  const found: string[] = [];
  const waiting = [{ path: root, depth: 0 }];
  let folders = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (signal.aborted || folders++ >= mostFolders || found.length >= mostPlans) break;
    for (const entry of await entriesOf(next.path)) {
      // Links are not followed: they may lead round.
      if (
        entry.isDirectory() &&
        next.depth < deepest &&
        !skipped.has(entry.name) &&
        !entry.name.startsWith(".")
      ) {
        waiting.push({ path: join(next.path, entry.name), depth: next.depth + 1 });
      } else if (entry.isFile() && isPlanUri(entry.name)) {
        found.push(pathToFileURL(join(next.path, entry.name)).href);
      }
    }
  }
  return found.sort();
}

async function entriesOf(path: string): Promise<readonly Dirent[]> {
  return readdir(path, { withFileTypes: true }).catch(() => []);
}

/** Reads no further than the longest plan, whatever the file says its size is. */
async function readShort(path: string): Promise<string | undefined> {
  const file = await open(path, "r").catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { size } = await file.stat();
    if (size > longestPlan) return undefined;
    const bytes = Buffer.alloc(Math.min(size, longestPlan));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    return bytes.toString("utf8", 0, bytesRead);
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}

async function findsTypes(path: string): Promise<boolean> {
  for (let folder = join(path, ".."); ; folder = join(folder, "..")) {
    for (const name of ["sampan", "@sampan/sdk"]) {
      if (await stat(join(folder, "node_modules", name, "package.json")).catch(() => undefined)) return true;
    }
    if (join(folder, "..") === folder) return false;
  }
}
