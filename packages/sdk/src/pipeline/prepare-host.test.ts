import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MemoryCloud, memoryCloud } from "@sampan/cloud/testing";
import { isSampanError, type RunEvent, SampanError } from "@sampan/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Migration } from "../fluent/migration.ts";
import type { CaptureResult } from "../fluent/results.ts";
import type { CaptureOptions, PrepareOptions } from "../plan/options.ts";
import { createHandle } from "../run/create-handle.ts";
import { executeRun } from "../run/execute-run.ts";
import { type FakeLiveHost, fakeLiveHost } from "../testing/fake-live-host.ts";
import { migrationPipeline } from "./migration-pipeline.ts";

let home: string;
let cloud: MemoryCloud;
let machine: FakeLiveHost;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "sampan-prepare-host-"));
  cloud = memoryCloud();
  machine = fakeLiveHost({ sda: new Uint8Array(1024 * 1024).fill(0x11, 4096) });
  for (const path of ["/etc/selinux/config", "/etc/fstab"]) machine.unprepared.add(path);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const accept = { "GUESTOS.SystemImage": "a disk of a test" };
const onHost = { on: "host", confirm: true } as const satisfies PrepareOptions;
const planOf = (options: PrepareOptions = onHost, capture: CaptureOptions = {}) =>
  Migration.from("ssh://root@web-01").assess({ accept }).prepare(options).capture(capture).plan();

/** Runs a plan as `r1`, or goes on with it; `stopAt` cancels it when that stage starts. */
async function run(plan = planOf(), { stopAt, through }: { stopAt?: string; through?: string } = {}) {
  const controller = new AbortController();
  const environment = {
    home,
    cloud: { kind: "simulator" } as const,
    clock: cloud.clock,
    random: () => 0.5,
    openHost: async () => machine.host,
    connect: async () => ({ ...cloud, objects: cloud.objects, close: async () => undefined }),
  };
  const handle = createHandle("r1", controller.signal, (signal) =>
    executeRun(environment, { runId: "r1", plan, through, signal }, migrationPipeline),
  );
  const events: RunEvent[] = [];
  handle.events.subscribe((event) => {
    events.push(event);
    if (event.type === "stage.started" && event.stage === stopAt) controller.abort();
  });
  const ended = await handle.result.then(
    (result) => ({ result: result as unknown as CaptureResult, code: null }),
    (error: unknown) => ({ result: null, code: isSampanError(error) ? error.code : String(error) }),
  );
  return { ...ended, events };
}
const logs = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.type === "log" ? [event.message] : []));

describe("preparing the machine itself", () => {
  it("happens after it was judged and before a moment is held, and nothing is mended in the copy", async () => {
    const { result, events } = await run();
    expect(machine.unprepared.size).toBe(0);
    const done = machine.calls.filter((call) => !call.startsWith("open"));
    expect(done).toEqual(["inspect", "look what to prepare", "prepare r1", "hold sda", "release sda"]);
    expect(events.flatMap((event) => (event.type === "stage.started" ? [event.stage] : []))).toEqual([
      "select",
      "assess",
      "prepare:host",
      "hold",
      "capture",
      "release",
    ]);
    expect(result).toMatchObject({
      prepared: { changes: ["modify /etc/selinux/config", "modify /etc/fstab"], undo: "sh undo-r1.sh" },
      patch: { changes: [{ path: "/etc/selinux/config" }, { path: "/etc/fstab" }] },
    });
    expect(logs(events)).toContain("on the host: modify /etc/fstab");
    expect(logs(events).join("\n")).toContain("`sampan prepare ssh://root@web-01 r1 --undo` takes it back");
  });

  it("is not done twice when the run is resumed", async () => {
    expect((await run(planOf(), { stopAt: "hold" })).code).toBe("CORE_CANCELLED");
    const { result } = await run();
    expect(result?.prepared?.changes).toHaveLength(2);
    expect(machine.calls.filter((call) => call.startsWith("prepare"))).toEqual(["prepare r1"]);
  });

  it("tells of all that was changed, though an attempt broke off right after it had changed it", async () => {
    machine.fail("prepare r1", new SampanError("HOST_CONNECTION_LOST", "the line went down"));
    expect((await run()).code).toBe("HOST_CONNECTION_LOST");
    machine.unprepared.add("/etc/ufw/ufw.conf");
    const { result, events } = await run();
    expect(machine.calls).toContain("prepare r1-2");
    expect(result?.prepared?.changes).toEqual([
      "modify /etc/selinux/config",
      "modify /etc/fstab",
      "modify /etc/ufw/ufw.conf",
    ]);
    expect(result?.patch?.diff).toBe("--- /etc/selinux/config\n--- /etc/fstab\n--- /etc/ufw/ufw.conf\n");
    expect(logs(events).join("\n")).toContain("r1-2 --undo");
  });

  it("changes nothing where nothing has to be changed, or the run stops before", async () => {
    await run(planOf({ ...onHost, only: ["nothing"] }), { through: "assess" });
    expect(machine.calls).toEqual(["inspect"]);
    const { result } = await run(planOf({ ...onHost, only: ["nothing"] }), { through: "prepare" });
    expect(result?.prepared).toEqual({ changes: [], undo: null });
    expect(machine.unprepared.size).toBe(2);
  });

  it("is refused where the system that runs cannot be reached", async () => {
    const { prepare: _, ...live } = machine.host.live ?? {};
    machine = { ...machine, host: { ...machine.host, live: live as never } };
    expect((await run()).code).toBe("HOST_KIND_UNSUPPORTED");
  });
});

describe("a plan that prepares the machine itself", () => {
  const refusal = (work: () => unknown) => {
    try {
      return work() === undefined ? "" : "not refused";
    } catch (error) {
      return isSampanError(error) ? `${error.code} ${error.message}` : String(error);
    }
  };
  const from = (source: string) => Migration.from(source).assess();

  it("says so itself: nothing is changed because somebody mistyped", () => {
    expect(refusal(() => from("ssh://web-01").prepare({ on: "host" }))).toMatch(
      /PLAN_INVALID .*confirm: true/,
    );
    expect(refusal(() => from("ssh://web-01").prepare({ confirm: true }))).toContain("PLAN_INVALID");
    const options = { ...onHost, permitRootLogin: "yes" } as const;
    expect(refusal(() => from("ssh://web-01").prepare(options))).toContain("permitRootLogin");
  });

  it("is for hosts whose running system is reached", () => {
    expect(refusal(() => from("web-01.vmdk").prepare(onHost))).toContain("a disk image");
    expect(refusal(() => from("esxi://esx-01/web-01").prepare(onHost))).toContain("ESXi");
    expect(refusal(() => from("winrm://admin@web-01").prepare())).toContain("no fix-up writes into a copy");
    expect(from("winrm://admin@web-01").prepare(onHost).describe()).toContain('on: "host"');
    expect(from("local://").prepare(onHost).describe()).toContain('on: "host"');
  });
});
