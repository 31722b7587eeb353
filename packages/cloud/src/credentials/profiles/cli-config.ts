import { join } from "node:path";
import { SampanError } from "@sampan/core";
import { type Fields, fieldsOf, jsonOf, textIn } from "../key-answer.ts";
import type { CredentialPorts } from "../ports.ts";

/** What is read of `~/.aliyun/config.json`, the file of the vendor's command line. */
export interface CliConfig {
  readonly path: string;
  /** The profile that is used when none is asked for. */
  readonly current: string;
  readonly profiles: ReadonlyMap<string, Fields>;
  readonly readableByOthers: boolean;
}

/** Where the file lies. */
export function cliConfigPath(home: string): string {
  return join(home, ".aliyun", "config.json");
}

/**
 * Reads the file; `undefined` when there is none.
 *
 * @throws `CLOUD_CREDENTIALS_INVALID` with path and line, never with a byte of what stands there.
 */
export async function readCliConfig(
  ports: Pick<CredentialPorts, "home" | "readFile">,
): Promise<CliConfig | undefined> {
  const path = cliConfigPath(ports.home);
  const file = await ports.readFile(path);
  if (file === undefined) return undefined;
  const config = fieldsOf(parsed(path, file.text));
  const list = Object.hasOwn(config, "profiles") ? config.profiles : undefined;
  if (!Array.isArray(list)) throw invalid(path, "it has no list of profiles");
  const profiles = new Map<string, Fields>();
  for (const entry of list) {
    const fields = fieldsOf(entry);
    const name = textIn(fields, "name");
    if (name !== undefined && !profiles.has(name)) profiles.set(name, fields);
  }
  return {
    path,
    current: textIn(config, "current") ?? "default",
    profiles,
    readableByOthers: file.readableByOthers,
  };
}

/**
 * Writes new values into one profile of the file, which is read anew for it: what others wrote meanwhile, and every field
 * that is not known here, stays. A profile that is gone is not made again.
 */
export async function updateCliProfile(
  ports: Pick<CredentialPorts, "home" | "readFile" | "replaceFile">,
  name: string,
  changes: Readonly<Record<string, string | number>>,
): Promise<void> {
  const path = cliConfigPath(ports.home);
  const config = jsonOf((await ports.readFile(path))?.text ?? "");
  const list = fieldsOf(config).profiles;
  if (!Array.isArray(list)) return;
  const profile: unknown = list.find((entry) => textIn(fieldsOf(entry), "name") === name);
  if (typeof profile !== "object" || profile === null) return;
  Object.assign(profile, changes);
  await ports.replaceFile(path, `${JSON.stringify(config, null, "\t")}\n`);
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The parser's own message quotes the file; only the place is taken from it.
    const offset = /position (\d{1,9})/.exec((error as Error).message)?.[1];
    const end = offset === undefined ? text.length : Number(offset);
    const line = text.slice(0, end).split("\n").length;
    throw invalid(path, `line ${line} is not JSON`, { line });
  }
}

function invalid(path: string, found: string, details: { readonly line?: number } = {}): SampanError {
  return new SampanError("CLOUD_CREDENTIALS_INVALID", `reading ${path}: ${found}`, {
    hint: "Mend the file, or write it anew with `aliyun configure`.",
    details: { path, ...details },
  });
}
