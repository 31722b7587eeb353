import {
  type ErrorCode,
  type ErrorRecord,
  eventVersion,
  type Finding,
  type PatchRecord,
  type Resource,
  type RunEvent,
} from "@sampan/core";
import { z } from "zod";

/*
 * Events as they stand in journals and in the output of `--json`: what a reader checks before it believes a line, and what
 * `schema/run-event.schema.json` is made from for readers of other languages.
 */

const json = z.json().meta({ id: "Json" });
const object = z.record(z.string(), json);
const text = z.string();
const count = z.int().min(0);
const bytes = z.int().min(0);
// Written by this version or a later one: a code that is not known here is still a code.
const code = z.string().regex(/^[A-Z0-9]+(_[A-Z0-9]+)+$/) as unknown as z.ZodType<ErrorCode, ErrorCode>;

const error = z
  .object({
    type: z.literal("error"),
    code,
    message: text,
    hint: text,
    retryable: z.boolean(),
    details: object,
    causes: z.array(text),
  })
  .meta({ id: "ErrorRecord" });

const resource = z
  .object({
    kind: z.enum([
      "bucket",
      "upload",
      "object",
      "role",
      "task",
      "image",
      "snapshot",
      "instance",
      "file",
      "moment",
    ]),
    id: text,
    name: text.nullable(),
    region: text.nullable(),
    billed: z.boolean(),
    profile: text.optional(),
    leaseMs: z.number().min(0).optional(),
  })
  .meta({ id: "Resource" });

const evidence = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("file"), path: text, line: count.nullable(), text }),
  z.object({ kind: z.literal("disk"), offset: bytes, text }),
  z.object({ kind: z.literal("fact"), name: text, text }),
]);

const finding = z
  .object({
    rule: text,
    severity: z.enum(["blocker", "warning", "info"]),
    message: text,
    hint: text,
    evidence: z.array(evidence),
    fixup: text.nullable(),
    source: z.object({ title: text, url: text.nullable(), date: text }),
    accepted: text.nullable(),
  })
  .meta({ id: "Finding" });

const patch = z
  .object({
    changes: z.array(
      z.object({
        path: text,
        kind: z.enum(["modify", "create", "remove"]),
        fixups: z.array(text),
        link: z.object({ before: text.nullable(), after: text.nullable() }).nullable(),
      }),
    ),
    diff: text,
    notes: z.array(z.object({ fixup: text, text })),
  })
  .meta({ id: "PatchRecord" });

const base = { v: z.literal(eventVersion), runId: text, seq: z.int().min(1), at: z.iso.datetime() };
const ofStage = { ...base, stage: text };
const left = z.array(resource).optional();

/** One event of a run. Fields it does not know are left out of what it gives, as readers should leave them. */
export const runEventSchema = z.discriminatedUnion("type", [
  z.object({
    ...base,
    type: z.literal("run.started"),
    plan: text,
    title: text,
    stages: z.array(text),
    cloud: z.object({ name: text, rehearsal: z.boolean(), endpoint: text.nullable() }),
    folder: text.nullable(),
    attempt: z.int().min(1),
  }),
  z.object({ ...ofStage, type: z.literal("stage.started"), summary: text, attempt: z.int().min(1) }),
  z.object({
    ...ofStage,
    type: z.literal("stage.progress"),
    doneBytes: bytes,
    totalBytes: bytes.nullable(),
    ratePerSecond: z.number().min(0).nullable(),
    note: text.nullable(),
    etaMs: z.number().min(0).nullable().optional(),
    etaRuns: z.int().min(1).optional(),
    readBytes: bytes.optional(),
    sentBytes: bytes.optional(),
  }),
  z.object({
    ...ofStage,
    type: z.literal("stage.retrying"),
    attempt: z.int().min(1),
    waitMs: z.number().min(0),
    error,
  }),
  z.object({ ...ofStage, type: z.literal("stage.stalled"), sinceMs: z.number().min(0), note: text }),
  z.object({ ...ofStage, type: z.literal("finding"), finding }),
  z.object({ ...ofStage, type: z.literal("patch"), patch }),
  z.object({ ...ofStage, type: z.literal("checkpoint"), state: json.optional(), item: json.optional() }),
  z.object({ ...ofStage, type: z.literal("resource.created"), resource }),
  z.object({ ...ofStage, type: z.literal("resource.removed"), id: text }),
  z.object({
    ...base,
    type: z.literal("log"),
    stage: text.nullable(),
    level: z.enum(["debug", "info", "warning"]),
    message: text,
  }),
  z.object({ ...ofStage, type: z.literal("stage.finished"), output: json, tookMs: z.number() }),
  z.object({ ...ofStage, type: z.literal("stage.failed"), error }),
  z.object({ ...base, type: z.literal("run.finished"), result: object, warnings: count }),
  z.object({ ...base, type: z.literal("run.failed"), error, left }),
  z.object({ ...base, type: z.literal("run.cancelled"), reason: text, left }),
]);

type Written = z.input<typeof runEventSchema>;
/** A field more here or there does not compile. */
type Keys<T> = T extends { readonly type: infer N } ? readonly [N, keyof T] : never;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
const isComplete: {
  readonly events: Same<Keys<Written>, Keys<RunEvent>>;
  readonly error: Same<keyof z.input<typeof error>, keyof ErrorRecord>;
  readonly finding: Same<keyof z.input<typeof finding>, keyof Finding>;
  readonly patch: Same<keyof z.input<typeof patch>, keyof PatchRecord>;
  readonly resource: Same<keyof z.input<typeof resource>, keyof Resource>;
  readonly kinds: Same<z.input<typeof resource>["kind"], Resource["kind"]>;
} = { events: true, error: true, finding: true, patch: true, resource: true, kinds: true };
void isComplete;
/** Whether a value is an event as this version writes it. */
export function isRunEvent(value: unknown): value is RunEvent {
  return runEventSchema.safeParse(value).success;
}

/** The schema for readers of other languages, JSON Schema of 2020-12. */
export function runEventJsonSchema(): object {
  const schema = z.toJSONSchema(runEventSchema, { io: "input", reused: "inline" });
  return {
    ...schema,
    title: "RunEvent",
    description: "One line of a run's journal, and of the output of `sampan run --json`.",
  };
}
