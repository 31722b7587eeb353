import { homedir } from "node:os";
import { type Clock, systemClock } from "@sampan/core";
import type { ConnectionOptions } from "../connection-options.ts";
import { type HttpPort, httpPort } from "./http-port.ts";
import { type LocalFile, readLocalFile, replaceLocalFile } from "./local-file.ts";
import { runProgram } from "./run-program.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the search for credentials touches of the world; each can be given by tests. */
export interface CredentialPorts {
  readonly env: Environment;
  /** The user's home folder. */
  readonly home: string;
  readonly clock: Clock;
  readonly http: HttpPort;
  /** Reads a small file; `undefined` when there is none. */
  readonly readFile: (path: string) => Promise<LocalFile | undefined>;
  /** Replaces a file at one stroke, readable by its owner only. */
  readonly replaceFile: (path: string, text: string) => Promise<void>;
  /** Runs a program without a shell and gives what it printed. */
  readonly runProgram: (argv: readonly string[], signal: AbortSignal) => Promise<string>;
  /** Where the machine's own role is asked for: `http://100.100.100.200`. */
  readonly metadataUrl: string;
  /** Where STS listens; by region when absent. */
  readonly stsUrl: string | undefined;
}

/** The machine itself; what `given` names takes the place of its own. */
export function systemPorts(
  given: Partial<CredentialPorts> = {},
  connection: ConnectionOptions = {},
): CredentialPorts {
  const env = given.env ?? process.env;
  return {
    env,
    home: present(env, "HOME") ?? homedir(),
    clock: systemClock,
    http: given.http ?? httpPort(connection),
    readFile: readLocalFile,
    replaceFile: replaceLocalFile,
    runProgram: (argv, signal) => runProgram(argv, env, signal),
    metadataUrl: "http://100.100.100.200",
    stsUrl: undefined,
    ...given,
  };
}

/** The value of a variable; an empty one counts as unset. */
export function present(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === undefined || value === "" ? undefined : value;
}

/** The first of several variables that is set, with its name. */
export function firstPresent(
  env: Environment,
  names: readonly string[],
): { readonly name: string; readonly value: string } | undefined {
  for (const name of names) {
    const value = present(env, name);
    if (value !== undefined) return { name, value };
  }
  return undefined;
}

/** True for `true`, `1`, `yes` and `on`, whatever their case. */
export function isSwitchedOn(env: Environment, name: string): boolean {
  return /^(true|1|yes|on)$/i.test(present(env, name) ?? "");
}
