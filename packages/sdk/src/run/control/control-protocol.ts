import type { RunEvent } from "@sampan/core";
import { z } from "zod";
import { isRunEvent } from "../event-schema.ts";
import type { StageStatus } from "../runner.ts";

/*
 * What is said over the control socket of a run: one JSON value a line, both ways, told in docs/control-socket.md. The runner says
 * hello; whoever connected asks, giving each question a number, and every reply carries the number of its question.
 */

/** Version of what is said. Fields are only ever added to it; a request of another version is refused. */
export const controlVersion = 1;

/** What may be asked, and how much of it. */
export interface ControlLimits {
  /** Connections at a time; one more is told so and closed. */
  readonly clients: number;
  /** Bytes of a request's line. */
  readonly lineBytes: number;
  /** Lines that are no requests, after which a connection is closed. */
  readonly faults: number;
  /** How long a connection may be silent that follows nothing, in milliseconds. */
  readonly idleMs: number;
  /** How long a reader may take nothing of what waits for it, in milliseconds. */
  readonly stuckMs: number;
}

export const controlLimits: ControlLimits = {
  clients: 32,
  lineBytes: 8192,
  faults: 8,
  idleMs: 60_000,
  stuckMs: 30_000,
};

const base = { v: z.literal(controlVersion), id: z.int().min(0) };
const request = z.discriminatedUnion("kind", [
  z.object({ ...base, kind: z.literal("ping") }),
  z.object({ ...base, kind: z.literal("status") }),
  z.object({ ...base, kind: z.literal("follow"), after: z.int().min(0).default(0) }),
  z.object({ ...base, kind: z.literal("cancel"), reason: z.string().max(500).default("on request") }),
]);

/** One question to a runner. */
export type ControlRequest = z.output<typeof request>;

type Without<R, K extends string> = R extends unknown ? Omit<R, K> : never;

/** A question before it is numbered. */
export type ControlQuestion = Without<ControlRequest, "v" | "id">;

/** Why something was refused. */
export type ControlProblem =
  | "malformed"
  | "version"
  | "line-too-long"
  | "too-many-clients"
  | "follows-already";

/** How far a stage is, of which only the runner knows. */
export type ControlProgress = Pick<
  Extract<RunEvent, { type: "stage.progress" }>,
  "stage" | "doneBytes" | "totalBytes" | "ratePerSecond" | "note"
>;

/** Where a run stands, as its runner knows it. */
export interface ControlStatus {
  readonly runId: string;
  readonly title: string;
  readonly attempt: number;
  readonly stages: readonly StageStatus[];
  /** The last progress of the stages that are going on. */
  readonly progress: readonly ControlProgress[];
  /** Why it is being cancelled; `null` when it is not. */
  readonly cancelling: string | null;
}

/** What a runner says, less the version that stands in each line. */
export type ControlReply =
  | { readonly kind: "hello"; readonly runId: string; readonly pid: number }
  | { readonly kind: "pong"; readonly id: number }
  | { readonly kind: "status"; readonly id: number; readonly status: ControlStatus }
  | { readonly kind: "cancelling"; readonly id: number }
  | { readonly kind: "event"; readonly id: number; readonly event: RunEvent }
  | { readonly kind: "end"; readonly id: number }
  | {
      readonly kind: "refused";
      readonly id: number | null;
      readonly problem: ControlProblem;
      readonly message: string;
    };

/** Reads a line as a request, or says what is wrong with it. */
export function parseRequest(line: string): ControlRequest | Extract<ControlReply, { kind: "refused" }> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return refusal(null, "malformed", "the line is no JSON");
  }
  const parsed = request.safeParse(value);
  if (parsed.success) return parsed.data;
  const { v, id } = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  const known = Number.isSafeInteger(id) && (id as number) >= 0 ? (id as number) : null;
  return v === controlVersion
    ? refusal(known, "malformed", "the line is no request: ping, status, follow or cancel")
    : refusal(known, "version", `requests carry "v": ${controlVersion}`);
}

/** Makes the reply that refuses a question. */
export function refusal(
  id: number | null,
  problem: ControlProblem,
  message: string,
): Extract<ControlReply, { kind: "refused" }> {
  return { kind: "refused", id, problem, message };
}

/** A reply, or a request, as the line that is sent. */
export function controlLine(said: ControlReply | Without<ControlRequest, "v">): string {
  return `${JSON.stringify({ v: controlVersion, ...said })}\n`;
}

const kinds: ReadonlySet<unknown> = new Set<ControlReply["kind"]>([
  "hello",
  "pong",
  "status",
  "cancelling",
  "event",
  "end",
  "refused",
]);

/** Reads a line of a runner; `undefined` for one of a kind that is not known, or with an event that is none. */
export function parseReply(line: string): ControlReply | undefined {
  try {
    const value = JSON.parse(line) as {
      readonly v?: unknown;
      readonly kind?: unknown;
      readonly event?: unknown;
    };
    if (value?.v !== controlVersion || !kinds.has(value.kind)) return undefined;
    if (value.kind === "event" && !isRunEvent(value.event)) return undefined;
    return value as unknown as ControlReply;
  } catch {
    return undefined;
  }
}
