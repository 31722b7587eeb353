import { readdir, stat } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { SampanError } from "@sampan/core";

const planName = /\.migration\.[cm]?[jt]sx?$/i;
/** Deeper, or more, is no folder of plans. */
const deepest = 32;
const mostFiles = 10_000;

/**
 * The plan files that arguments name: files as they are, in folders every `*.migration.ts` and the like, and patterns with `*`, `?` and
 * `**` for where no shell resolves them. Sorted, each once, absolute. `node_modules` and folders that begin with a dot are left out.
 *
 * @throws `PLAN_LOAD_FAILED` for a file that is not there; `COMMAND_USAGE` for a folder or pattern without any plan.
 */
export async function findPlans(given: readonly string[], cwd: string): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const argument of given) {
    const paths = await plansOf(argument, cwd);
    if (paths.length === 0) {
      throw new SampanError("COMMAND_USAGE", `checking ${argument}: there is no plan file there`, {
        hint: "Plan files are named *.migration.ts, .js, .mts or .mjs; a file of another name is given by its own path.",
      });
    }
    for (const path of paths) found.add(path);
  }
  return [...found].sort();
}

async function plansOf(argument: string, cwd: string): Promise<readonly string[]> {
  const path = resolve(cwd, argument);
  const kind = await stat(path).catch(() => undefined);
  if (kind?.isDirectory()) return plansBelow(path, (name) => planName.test(name));
  if (kind !== undefined) return [path];
  if (!/[*?]/.test(argument)) {
    throw new SampanError("PLAN_LOAD_FAILED", `checking ${argument}: there is no such file`, {
      hint: "Give the path of a plan file, such as web-01.migration.ts, or of a folder of such.",
    });
  }
  // The folder before the first part that is a pattern.
  const parts = path.split(sep);
  const first = parts.findIndex((part) => /[*?]/.test(part));
  const base = parts.slice(0, first).join(sep) || sep;
  const pattern = patternOf(parts.slice(first));
  return plansBelow(base, (name) => pattern.test(name.split(sep).join("/")));
}

async function plansBelow(folder: string, wanted: (path: string) => boolean): Promise<readonly string[]> {
  const found: string[] = [];
  const waiting = [{ path: folder, depth: 0 }];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const entries = await readdir(at.path, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = join(at.path, entry.name);
      if (entry.isDirectory()) {
        const isHidden = entry.name.startsWith(".") || entry.name === "node_modules";
        if (!isHidden && at.depth < deepest) waiting.push({ path, depth: at.depth + 1 });
      } else if (entry.isFile() && wanted(relative(folder, path)) && found.length < mostFiles) {
        found.push(path);
      }
    }
  }
  return found;
}

/** `*` and `?` stay within a name, `**` goes through folders. */
function patternOf(parts: readonly string[]): RegExp {
  const text = parts
    .map((part, index) => {
      if (part === "**") return index === parts.length - 1 ? ".*" : "(?:[^/]+/)*";
      const name = part
        .replace(/[.+^${}()|[\]\\]/g, "\\$&")
        .replace(/\*+/g, "[^/]*")
        .replaceAll("?", "[^/]");
      return index === parts.length - 1 ? name : `${name}/`;
    })
    .join("");
  return new RegExp(`^${text}$`);
}
