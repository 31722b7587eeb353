import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { RunEvent, RunEventBody } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { faultOfEvent } from "../testing/fault-of-event.ts";
import { isRunEvent, runEventJsonSchema, runEventSchema } from "./event-schema.ts";

const base = { v: 1, runId: "r1", seq: 1, at: "2026-01-01T00:00:00.000Z" } as const;
const eventOf = (body: RunEventBody): RunEvent => ({ ...base, ...body }) as RunEvent;
const halfWay = {
  type: "stage.progress",
  stage: "upload",
  doneBytes: 4,
  totalBytes: 8,
  ratePerSecond: null,
  note: null,
} as const;
const log = eventOf({ type: "log", stage: null, level: "info", message: "hello" });

describe("the schema of events", () => {
  it("is published as it is checked", async () => {
    const path = fileURLToPath(new URL("../../schema/run-event.schema.json", import.meta.url));
    await expect(`${JSON.stringify(runEventJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(path);
  });

  it("is told by the page of the journal: every type, and its own fields", () => {
    const page = readFileSync(new URL("../../docs/reference/journal.md", import.meta.url), "utf8");
    const [, events = ""] = /\n## Events\n([\s\S]*?)\n## /.exec(page) ?? [];
    const told = [...events.matchAll(/^\| `([a-z.]+)` \|[^|]*\|([^|]*)\|$/gm)].map(([, type, cell = ""]) => [
      type,
      [...cell.matchAll(/`(\w+\??)`/g)].map(([, field]) => field),
    ]);
    const common = ["v", "runId", "seq", "at", "type", "stage"];
    const there = runEventSchema.options.map(({ shape }) => {
      const fields = Object.entries(shape).filter(([name]) => !common.includes(name));
      return [
        shape.type.value,
        fields.map(([name, field]) => (field.safeParse(undefined).success ? `${name}?` : name)),
      ];
    });
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(there));
  });

  it("takes what this version writes, with the codes of later ones", () => {
    const error = {
      type: "error",
      code: "CLOUD_SOMETHING_LATER" as never,
      message: "m",
      hint: "h",
      retryable: true,
      details: { deep: [{ a: null }] },
      causes: [],
    } as const;
    const events = [
      log,
      eventOf({ type: "stage.failed", stage: "upload", error }),
      eventOf({ type: "checkpoint", stage: "upload", item: { part: [1, "x", null] } }),
      eventOf({ type: "run.cancelled", reason: "by hand" }),
      eventOf({ ...halfWay, readBytes: 3, sentBytes: 0 }),
      eventOf(halfWay),
    ];
    expect(events.map(faultOfEvent)).toEqual(events.map(() => undefined));
  });

  it.each([
    ["another version", { ...log, v: 2 }],
    ["a type it does not know", { ...log, type: "stage.paused" }],
    ["a field that is missing", { ...log, message: undefined }],
    ["a time that is none", { ...log, at: "yesterday" }],
    ["fewer bytes than none", eventOf({ ...halfWay, readBytes: -1, sentBytes: 0 })],
    ["no object", null],
  ])("refuses %s", (_what, event) => {
    expect(isRunEvent(event)).toBe(false);
    expect(faultOfEvent(event)).toBeTypeOf("string");
  });

  it("names a field more than it knows, which readers leave out", () => {
    expect(isRunEvent({ ...log, extra: 1 })).toBe(true);
    expect(faultOfEvent({ ...log, extra: 1 })).toContain("a field");
  });
});
