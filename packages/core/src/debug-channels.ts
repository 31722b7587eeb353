import type { RunEventBody } from "./events.ts";

/**
 * Names of the channels of `node:diagnostics_channel` on which Sampan tells what it does, for whoever looks for what went wrong. Nothing is
 * made or told while nobody listens.
 *
 * Requests of HTTP and programs of this machine are told by Node.js itself, on `http.client.*` and `child_process`.
 */
export const debugChannels = {
  /** {@link RunEventNote}: each event of a run, before it is recorded; progress too. */
  runEvent: "sampan:run:event",
  /** {@link ErrorNote}: an error, with its stack and what caused it, where it ends an attempt at a stage or a command. */
  error: "sampan:error",
  /** {@link HostCommandNote}: a program on a host, when it is started and when it has ended. */
  hostCommand: "sampan:host:command",
  /** {@link SettingsNote}: which settings count, and where each was said. */
  settings: "sampan:settings",
} as const;

/** What is told on `sampan:run:event`. */
export interface RunEventNote {
  readonly runId: string;
  readonly event: RunEventBody;
}

/** What is told on `sampan:error`. */
export interface ErrorNote {
  /** What the error ended. */
  readonly where: Readonly<Record<string, string | number>>;
  readonly error: unknown;
}

/** What is told on `sampan:host:command`. */
export interface HostCommandNote {
  /** The same in both notes of a command. */
  readonly id: number;
  /** What people call the host: `ssh://root@web-01`. */
  readonly host: string;
  readonly argv: readonly string[];
  /** Absent when it is started. `failed`: it did not come about, or its connection was lost. */
  readonly end?:
    | { readonly kind: "ended"; readonly exitCode: number; readonly tookMs: number }
    | { readonly kind: "failed"; readonly error: unknown; readonly tookMs: number };
}

/** What is told on `sampan:settings`. */
export interface SettingsNote {
  readonly settings: readonly {
    readonly name: string;
    readonly value: unknown;
    readonly origin: { readonly kind: string; readonly name: string; readonly line: number | null };
  }[];
}

/** Property of a `ClientRequest` whose path may not be shown: the address that hands out credentials may be the secret itself. */
export const hiddenPath: unique symbol = Symbol.for("sampan.hidden-path") as never;

/**
 * Property of a `ChildProcess` whose arguments may be shown, since Sampan wrote them. Those of other programs may be secrets: a program for
 * credentials has the arguments that its user gave it.
 */
export const shownArguments: unique symbol = Symbol.for("sampan.shown-arguments") as never;
