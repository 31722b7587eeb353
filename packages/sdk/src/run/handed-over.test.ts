import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SampanError } from "@sampan/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Migration } from "../fluent/migration.ts";
import { createEmbeddedRunner } from "./embedded-runner.ts";
import { assertNotHandedOver, handedOverTo, markHandedOver, unmarkHandedOver } from "./handed-over.ts";
import { runFolder } from "./run-store.ts";
import type { Runner } from "./runner.ts";

const runId = "20261126-094205-k3f8p";
const over = { to: "redis://h:6379 (prefix a)", at: "2026-11-26T09:42:05.000Z" };
const plan = Migration.from("/disks/web-01.vmdk").assess().plan();

let home: string;
let runner: Runner;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "sampan-handed-"));
  const openHost = () =>
    Promise.reject(new SampanError("HOST_UNREACHABLE", "opening web-01: nobody answers"));
  runner = createEmbeddedRunner({ home, cloud: { kind: "simulator" }, services: { openHost } });
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** A run that was begun and failed. */
async function begun(options: Parameters<Runner["start"]>[1] = {}): Promise<string> {
  const handle = runner.start(plan, options);
  await expect(handle.result).rejects.toMatchObject({ code: "HOST_UNREACHABLE" });
  return handle.id;
}

/** What the pointers of the home name, by their files. */
function pointers(): readonly (readonly [string, string])[] {
  const folder = join(home, "plans");
  return readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8").trim()]);
}

describe("a run that was handed over", () => {
  it("is told from one that is still the home's by a mark, which can be taken away", () => {
    expect(handedOverTo(home, runId)).toBeUndefined();
    unmarkHandedOver(home, runId);
    markHandedOver(home, runId, over);
    expect(handedOverTo(home, runId)).toEqual(over);
    expect(readdirSync(runFolder(home, runId))).toEqual(["handed-over.json"]);
    unmarkHandedOver(home, runId);
    expect(handedOverTo(home, runId)).toBeUndefined();
    expect(() => assertNotHandedOver(home, runId, "taking it up")).not.toThrow();
  });

  it("counts as handed over also where the mark cannot be read", () => {
    mkdirSync(runFolder(home, runId), { recursive: true });
    writeFileSync(join(runFolder(home, runId), "handed-over.json"), '{"to": "redis://h');
    expect(handedOverTo(home, runId)).toEqual({ to: "a store unknown", at: "" });
    expect(() => assertNotHandedOver(home, runId, "taking it up")).toThrow(
      expect.objectContaining({ code: "RUN_HANDED_OVER", hint: expect.stringContaining("--lost") }),
    );
  });

  it("is not resumed, nor gone on with by a start of its plan", async () => {
    const id = await begun();
    markHandedOver(home, id, over);
    const before = await runner.recorded(id);
    const refused = {
      code: "RUN_HANDED_OVER",
      message: expect.stringContaining("the fleet of redis://h:6379 (prefix a)"),
      details: { runId: id, ...over },
    };
    await expect(runner.resume(id).result).rejects.toMatchObject(refused);
    await expect(runner.start(plan).result).rejects.toMatchObject(refused);
    expect(await runner.recorded(id)).toEqual(before);
    // Nothing of it stays locked.
    unmarkHandedOver(home, id);
    await expect(runner.resume(id).result).rejects.toMatchObject({ code: "HOST_UNREACHABLE" });
  });

  it("leaves the pointers to a later run of its plan when it is refused", async () => {
    const first = await begun();
    const second = await begun({ again: true });
    markHandedOver(home, first, over);
    const before = pointers();
    expect(before.map(([, named]) => named)).toEqual([second]);
    await expect(runner.resume(first).result).rejects.toMatchObject({ code: "RUN_HANDED_OVER" });
    expect(pointers()).toEqual(before);
  });
});
