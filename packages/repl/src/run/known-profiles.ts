import { readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** A profile of the vendor's command line: its name, and the region it is set to. */
export interface KnownProfile {
  readonly name: string;
  /** Empty where it has none. */
  readonly region: string;
  /** Whether it is the one that holds when none is asked for. */
  readonly current: boolean;
}

const mostConfigBytes = 1024 ** 2;

/** The profiles of `~/.aliyun/config.json`; none when it cannot be read. No secret is kept or given. */
export function knownProfiles(env: Readonly<Record<string, string | undefined>>): readonly KnownProfile[] {
  const path = join(env.HOME || homedir(), ".aliyun", "config.json");
  const config = readJson(path) as { readonly profiles?: unknown; readonly current?: unknown } | undefined;
  if (!Array.isArray(config?.profiles)) return [];
  return config.profiles.flatMap((profile: unknown) => {
    const { name, region_id: region } = (profile ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof name !== "string") return [];
    return [{ name, region: typeof region === "string" ? region : "", current: name === config.current }];
  });
}

/** A small file as JSON; `undefined` when it is none, or cannot be read. */
export function readJson(path: string): unknown {
  try {
    if (statSync(path).size > mostConfigBytes) return undefined;
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
