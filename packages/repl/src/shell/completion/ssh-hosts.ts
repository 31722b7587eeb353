import { readdir, readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import type { KnownName } from "./world.ts";

const mostBytes = 1024 ** 2;
const mostFiles = 100;
const mostHosts = 5_000;

/**
 * Hosts that the user's configuration of OpenSSH names, with the address of each, files it includes looked through too. Patterns are no
 * hosts. What cannot be read names none.
 */
export async function sshHosts(
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly KnownName[]> {
  const folder = join(env.HOME || homedir(), ".ssh");
  const hosts = new Map<string, KnownName>();
  const seen = new Set<string>();
  const read = async (path: string): Promise<void> => {
    if (seen.has(path) || seen.size >= mostFiles || hosts.size >= mostHosts) return;
    seen.add(path);
    const text = await readSmall(path);
    let current: readonly string[] = [];
    for (const line of text.split(/\r?\n/)) {
      const found = /^\s*(\w+)\s*(?:=|\s)\s*(.*?)\s*$/.exec(line);
      const [, keyword = "", value = ""] = found ?? [];
      const words = value.split(/\s+/).map((word) => word.replace(/^"(.*)"$/, "$1"));
      if (/^host$/i.test(keyword)) {
        current = words.filter((word) => /^[\p{L}\p{N}_][\p{L}\p{N}_.:-]*$/u.test(word));
        for (const name of current) {
          if (!hosts.has(name)) hosts.set(name, { value: name, summary: "of your SSH configuration" });
        }
      } else if (/^match$/i.test(keyword)) {
        current = [];
      } else if (/^hostname$/i.test(keyword)) {
        for (const name of current) hosts.set(name, { value: name, summary: words[0] ?? "" });
      } else if (/^include$/i.test(keyword)) {
        for (const word of words) for (const file of await filesOf(word, folder, env)) await read(file);
      }
    }
  };
  await read(join(folder, "config"));
  return [...hosts.values()];
}

/** Files that an `Include` names; of patterns only those in the last part of a path. */
async function filesOf(
  word: string,
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly string[]> {
  const path = word.startsWith("~/")
    ? join(env.HOME || homedir(), word.slice(2))
    : isAbsolute(word)
      ? word
      : join(folder, word);
  if (!/[*?]/.test(path)) return [path];
  const last = path.slice(path.lastIndexOf("/") + 1);
  const escaped = last
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", "[^/]*")
    .replaceAll("?", "[^/]");
  try {
    const names = await readdir(dirname(path));
    return names
      .filter((name) => new RegExp(`^${escaped}$`).test(name))
      .map((name) => join(dirname(path), name));
  } catch {
    return [];
  }
}

async function readSmall(path: string): Promise<string> {
  try {
    const found = await stat(path);
    return found.isFile() && found.size <= mostBytes ? await readFile(path, "utf8") : "";
  } catch {
    return "";
  }
}
