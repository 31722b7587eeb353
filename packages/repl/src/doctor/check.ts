import type { CloudChoice, SurveyedHost } from "@sampan/sdk";
import type { LoadedSettings } from "../settings/load-settings.ts";

/** What checks are about, in the order in which they are told. */
export type CheckGroup =
  | "this machine"
  | "network"
  | "account"
  | "permissions"
  | "import role"
  | "bucket"
  | "quotas"
  | "host";

/** Groups in the order in which they are told. */
export const checkGroups: readonly CheckGroup[] = [
  "this machine",
  "network",
  "account",
  "permissions",
  "import role",
  "bucket",
  "quotas",
  "host",
];

/** `note`: a fact that is neither good nor bad, or something that cannot be told. */
export type CheckState = "ok" | "note" | "warning" | "failed";

/** One thing looked at. Plain JSON. */
export interface Check {
  readonly group: CheckGroup;
  readonly name: string;
  readonly state: CheckState;
  readonly fact: string;
  /** What to do, a command where there is one; `null` when there is nothing to do. */
  readonly fix: string | null;
}

/** A check before it has its group; something on this machine may be mended by `--fix`. */
export interface Finding extends Omit<Check, "group"> {
  /** Mends it and says what was done. Only for what is on this machine, and the user's own. */
  readonly repair?: () => Promise<string>;
}

/** A check to be made: its findings, or one. */
export interface CheckTask {
  readonly group: CheckGroup;
  /** What it is called when it breaks or takes too long. */
  readonly name: string;
  readonly limitMs: number;
  readonly run: (signal: AbortSignal) => Promise<Finding | readonly Finding[]>;
}

/** Where the checks look, and at what. */
export interface DoctorWorld {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The cloud that was chosen; `undefined` stays offline. */
  readonly choice?: CloudChoice | undefined;
  readonly home: string;
  readonly region?: string | undefined;
  readonly bucket?: string | undefined;
  readonly settings?: LoadedSettings | Error | undefined;
  /** Looks at the host that was asked about. */
  readonly host?: { readonly title: string; readonly survey: (signal: AbortSignal) => Promise<SurveyedHost> };
}

/** A good fact. */
export function good(name: string, fact: string): Finding {
  return { name, state: "ok", fact, fix: null };
}

/** A fact that is neither good nor bad. */
export function note(name: string, fact: string, fix: string | null = null): Finding {
  return { name, state: "note", fact, fix };
}

/** Something that works, and should be looked at. */
export function warning(name: string, fact: string, fix: string): Finding {
  return { name, state: "warning", fact, fix };
}

/** Something that keeps a migration from working. */
export function failed(name: string, fact: string, fix: string): Finding {
  return { name, state: "failed", fact, fix };
}
