import { resolve } from "node:path";
import { SampanError } from "@sampan/core";
import type { SecretSource, SourceSpec } from "@sampan/sdk";
import { type CommandCall, optionText } from "../command-call.ts";

/** What the options of the command line say of a host; all of it is optional. */
const optionNames = ["identityFile", "sshConfig", "sudo", "passwordFrom", "caFile"] as const;

/**
 * Reads a target that is an address (`ssh://…`, `local://`, `https://…`) as a source, with what the options say about logging in;
 * `undefined` for the path of a file.
 *
 * @throws `HOST_SOURCE_INVALID`, `PLAN_INVALID`, and `COMMAND_USAGE` for options that this kind of host does not have.
 */
export async function hostSource(call: CommandCall, target: string): Promise<SourceSpec | undefined> {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(target)) return undefined;
  // Who works on a file loads nothing of plans.
  const { parseSource, resolveSource } = await import("@sampan/sdk");
  const source = parseSource(target);
  if (source.kind === "image-file") return undefined;
  const options = hostOptions(call);
  for (const name of optionNames) {
    if (options[name] === undefined || takes[source.kind]?.includes(name)) continue;
    const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new SampanError("COMMAND_USAGE", `--${flag} says nothing of ${source.kind}:// hosts`, {
      hint: "Leave it out.",
    });
  }
  const { sshConfig, ...rest } = options;
  const given = { ...rest, ...(sshConfig === undefined ? {} : { configFile: sshConfig }) };
  return resolveSource({ ...source, ...given } as SourceSpec, call.cwd);
}

const takes: Partial<Record<SourceSpec["kind"], readonly (typeof optionNames)[number][]>> = {
  ssh: ["identityFile", "sshConfig", "sudo", "passwordFrom"],
  esxi: ["identityFile", "sshConfig"],
  local: ["sudo"],
  winrm: ["passwordFrom", "caFile"],
  "image-url": ["passwordFrom", "caFile"],
};

function hostOptions({ options, cwd }: CommandCall) {
  const identityFile = optionText(options, "identityFile");
  const sshConfig = optionText(options, "sshConfig");
  const sudo = optionText(options, "sudo") as "auto" | "never" | undefined;
  const passwordFrom = optionText(options, "passwordFrom");
  const caFile = optionText(options, "caFile");
  return {
    ...(identityFile === undefined ? {} : { identityFile }),
    ...(sshConfig === undefined ? {} : { sshConfig }),
    ...(sudo === undefined ? {} : { sudo }),
    ...(caFile === undefined ? {} : { caFile }),
    ...(passwordFrom === undefined ? {} : { passwordFrom: secretSourceOf(passwordFrom, cwd) }),
  };
}

/** `env:NAME`, `file:PATH` or `ask`. */
function secretSourceOf(text: string, cwd: string): SecretSource {
  if (text === "ask") return "ask";
  const found = /^(env|file):(.+)$/s.exec(text);
  if (found?.[1] === "env" && /^[A-Za-z_][A-Za-z0-9_]*$/.test(found[2] ?? "")) return { env: found[2] ?? "" };
  if (found?.[1] === "file") return { file: resolve(cwd, found[2] ?? "") };
  // What was given is not repeated: it may be the password itself.
  throw new SampanError(
    "COMMAND_USAGE",
    "--password-from says where a password is found, and names no place",
    {
      hint: "Write `--password-from env:NAME`, `--password-from file:PATH`, or `--password-from ask`.",
    },
  );
}
