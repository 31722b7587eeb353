import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunEvent, SampanError } from "@sampan/core";
import type { Host } from "@sampan/host";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Migration } from "../fluent/migration.ts";
import type { Plan } from "../plan/plan.ts";
import { askControl } from "./control/control-client.ts";
import { createEmbeddedRunner } from "./embedded-runner.ts";
import type { RunHandle } from "./run-handle.ts";
import { cancelPath, hostLockPath, runFolder } from "./run-store.ts";
import type { Runner } from "./runner.ts";

/*
 * Runs whose host opens only when the test says so, and then cannot be reached: they go on for as long as is needed.
 */

let home: string;
let open: () => void;
let runner: Runner;
const started: RunHandle<unknown>[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "sampan-second-"));
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const openHost = async (): Promise<Host> => {
    await opened;
    throw new SampanError("HOST_UNREACHABLE", "opening web-01: nobody answers");
  };
  runner = createEmbeddedRunner({ home, cloud: { kind: "simulator" }, services: { openHost } });
});
afterEach(async () => {
  open();
  await Promise.allSettled(started.splice(0).map(({ result }) => result));
  rmSync(home, { recursive: true, force: true });
});

const plan: Plan = Migration.from("/disks/web-01.vmdk").assess().plan();

function start(...given: Parameters<Runner["start"]>) {
  const handle = runner.start(...given);
  started.push(handle);
  const events: RunEvent[] = [];
  handle.events.subscribe((event) => events.push(event));
  return { handle, types: () => events.map(({ type }) => type), events };
}

const stageStarted = (run: ReturnType<typeof start>) =>
  vi.waitFor(() => expect(run.types()).toContain("stage.started"), { timeout: 5000 });

describe("a second start of a plan that is being worked on", () => {
  it("gives that run: its id, its events, and how it ends", async () => {
    const first = start(plan);
    const second = start(plan);
    expect([first.handle.attached, second.handle.attached]).toEqual([false, true]);
    expect(second.handle.id).toBe(first.handle.id);
    await stageStarted(second);
    const third = start(plan, { runId: first.handle.id });
    expect(third.handle.attached).toBe(true);
    open();
    for (const { handle } of [first, second, third]) {
      await expect(handle.result).rejects.toMatchObject({ code: "HOST_UNREACHABLE" });
    }
    await vi.waitFor(() => expect(third.types().at(-1)).toBe("run.failed"));
    expect(second.events).toEqual(first.events);
    expect(third.events).toEqual(first.events);
    expect(await runner.list()).toHaveLength(1);
  });

  it("by `resume` gives that run as well", async () => {
    const first = start(plan);
    await stageStarted(first);
    const second = runner.resume(first.handle.id);
    started.push(second);
    expect(second.attached).toBe(true);
  });

  it("reaches it when it cancels", async () => {
    const first = start(plan);
    const second = start(plan);
    await stageStarted(second);
    second.handle.cancel("by the second");
    open();
    await expect(first.handle.result).rejects.toMatchObject({ message: "cancelled by the second" });
    await expect(second.handle.result).rejects.toMatchObject({
      code: "CORE_CANCELLED",
      message: "cancelled by the second",
    });
  });

  it("is refused where a new run is asked for, and where the plan or the cloud is another", async () => {
    const first = start(plan);
    const { id } = first.handle;
    const refused = {
      code: "RUN_LOCKED",
      hint: `\`sampan attach ${id}\` follows it, \`sampan cancel ${id}\` stops it.`,
      details: { runId: id, pid: process.pid },
    };
    await expect(start(plan, { again: true }).handle.result).rejects.toMatchObject(refused);
    await expect(start(plan, { runId: "another" }).handle.result).rejects.toMatchObject(refused);
    const other = Migration.from("/disks/web-01.vmdk").assess().prepare().plan();
    await expect(start(other).handle.result).rejects.toMatchObject(refused);
    const elsewhere = createEmbeddedRunner({
      home,
      cloud: { kind: "simulator", endpoint: "http://localhost:1" },
    });
    await expect(elsewhere.start(plan).result).rejects.toMatchObject(refused);
    await stageStarted(first);
    expect((await runner.list()).map(({ runId }) => runId)).toEqual([id]);
  });
});

describe("a run that goes on in a process", () => {
  it("listens, and is cancelled at once over its socket", async () => {
    const first = start(plan);
    await stageStarted(first);
    const folder = runFolder(home, first.handle.id);
    expect(await askControl(folder, { kind: "status" })).toMatchObject({
      status: { runId: first.handle.id, title: "/disks/web-01.vmdk" },
    });
    await runner.cancel(first.handle.id, "by a colleague");
    expect(await askControl(folder, { kind: "status" })).toMatchObject({
      status: { cancelling: "by a colleague" },
    });
    open();
    await expect(first.handle.result).rejects.toMatchObject({ message: "cancelled by a colleague" });
    expect(await askControl(folder, { kind: "ping" })).toBeUndefined();
  });

  it("is followed by others from its first event to its last", async () => {
    const first = start(plan);
    await stageStarted(first);
    const seen: RunEvent[] = [];
    const following = (async () => {
      for await (const event of runner.events(first.handle.id)) seen.push(event);
    })();
    await vi.waitFor(() => expect(seen.length).toBeGreaterThan(1));
    open();
    await first.handle.result.catch(() => undefined);
    await following;
    expect(seen).toEqual(first.events);
  });

  it("whose socket is gone is followed by its journal and cancelled by a file", async () => {
    const first = start(plan);
    await stageStarted(first);
    const { id } = first.handle;
    rmSync(join(runFolder(home, id), "control.sock"));
    const second = start(plan);
    await stageStarted(second);
    await runner.cancel(id, "by a file");
    expect(readFileSync(cancelPath(home, id), "utf8")).toBe("by a file");
    // The run looks for the file three times a second, on this very loop; its stage ends only when the host opens.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    open();
    await expect(second.handle.result).rejects.toMatchObject({ message: "cancelled by a file" });
    expect(second.events).toEqual(first.events);
  });

  it("whose process is gone before it has ended is told to who followed it", async () => {
    const first = start(plan);
    await stageStarted(first);
    const { id } = first.handle;
    rmSync(join(runFolder(home, id), "control.sock"));
    const second = start(plan);
    await stageStarted(second);
    // As if another process had held them, and were no more.
    for (const lock of [join(runFolder(home, id), "lock"), hostLockPath(home, plan)]) {
      writeFileSync(lock, JSON.stringify({ pid: process.pid, started: "1", boot: null }));
    }
    await expect(second.handle.result).rejects.toMatchObject({
      code: "RUN_INTERRUPTED",
      details: { runId: id },
    });
  });
});
