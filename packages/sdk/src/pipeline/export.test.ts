import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MemoryCloud, memoryCloud } from "@sampan/cloud/testing";
import { isSampanError, type RunEvent, SampanError } from "@sampan/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Migration } from "../fluent/migration.ts";
import type { EncodingResult } from "../fluent/results.ts";
import { createHandle } from "../run/create-handle.ts";
import { executeRun } from "../run/execute-run.ts";
import { openHost } from "../run/open-host.ts";
import { type FakeLiveHost, fakeLiveHost } from "../testing/fake-live-host.ts";
import { migrationPipeline } from "./migration-pipeline.ts";

const MiB = 1024 * 1024;
let folder: string;
let here: string;
let cloud: MemoryCloud;
let machine: FakeLiveHost;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sampan-export-"));
  here = join(folder, "share");
  mkdirSync(here);
  cloud = memoryCloud();
  machine = fakeLiveHost({ sda: new Uint8Array(MiB).fill(7, 4096), sdb: new Uint8Array(MiB).fill(8) });
  machine.share = here;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const planOf = (disks: readonly string[] = ["sda", "sdb"]) =>
  Migration.from("ssh://root@web-01")
    .assess({ accept: { "GUESTOS.SystemImage": "a disk of a test" } })
    .capture({ tool: "dd", share: { onHost: "/mnt/store", here }, disks: [...disks] })
    .toRaw()
    .upload("web-images", { createBucket: true })
    .plan();

async function run({ stopAt, plan = planOf() }: { stopAt?: string; plan?: ReturnType<typeof planOf> } = {}) {
  const controller = new AbortController();
  const environment = {
    home: join(folder, "home"),
    cloud: { kind: "simulator" } as const,
    clock: cloud.clock,
    random: () => 0.5,
    openHost: async (source: Parameters<typeof openHost>[0]) =>
      source.kind === "image-file" ? openHost(source) : machine.host,
    connect: async () => ({ ...cloud, objects: cloud.objects, close: async () => undefined }),
  };
  const handle = createHandle("r1", controller.signal, (signal) =>
    executeRun(environment, { runId: "r1", plan, through: undefined, signal }, migrationPipeline),
  );
  const events: RunEvent[] = [];
  handle.events.subscribe((event) => {
    events.push(event);
    if (event.type === "stage.started" && event.stage === stopAt) controller.abort();
  });
  const ended = await handle.result.then(
    (result) => ({ result: result as unknown as EncodingResult, error: null }),
    (error: unknown) => ({ result: null, error: isSampanError(error) ? error : null }),
  );
  return { ...ended, events };
}
const exported = () => machine.calls.filter((call) => call.startsWith("dd"));

describe("a capture by a tool of the host", () => {
  it("sends what the tool has written into the share, and holds nothing on the host", async () => {
    const { result, events } = await run();
    expect(events.flatMap((event) => (event.type === "stage.started" ? [event.stage] : []))).toEqual([
      "select",
      "assess",
      "check",
      "capture:dd",
      "capture",
      "convert",
      "upload",
    ]);
    expect(machine.calls.filter((call) => /hold|open/.test(call))).toEqual([]);
    expect(
      [...cloud.world.objects.values()].map(({ bytes }) => Buffer.compare(bytes, bytesOf("sda"))),
    ).toContain(0);
    const files = readdirSync(here).sort();
    expect(files).toEqual(["web-01-r1-0.raw", "web-01-r1-1.raw"]);
    expect(result?.disks).toMatchObject([
      { name: "sda", sizeBytes: MiB, file: join(here, "web-01-r1-0.raw") },
      { name: "sdb", sizeBytes: MiB, file: join(here, "web-01-r1-1.raw") },
    ]);
    const said = events.flatMap((event) => (event.type === "log" ? [event.message] : [])).join("\n");
    expect(said).toContain("may be torn");
    expect(said).toContain(`sda: written into ${join(here, "web-01-r1-0.raw")}`);
    expect(events).toContainEqual(expect.objectContaining({ type: "stage.progress", doneBytes: MiB / 2 }));
  });

  it("does not write again what a run that goes on has written, and reads the host no more", async () => {
    expect((await run({ stopAt: "upload" })).error?.code).toBe("CORE_CANCELLED");
    const before = machine.calls.length;
    machine.disks.get("sda")?.fill(1);
    expect((await run()).error).toBeNull();
    expect(machine.calls).toHaveLength(before);
    expect(readFileSync(join(here, "web-01-r1-0.raw"))[5000]).toBe(7);
  });

  it("goes on with the next disk after one that was written", async () => {
    machine.fail("dd sdb into /mnt/store", new SampanError("HOST_CONNECTION_LOST", "the line went down"));
    expect((await run()).error?.code).toBe("HOST_CONNECTION_LOST");
    machine.fail("dd sdb into /mnt/store", undefined as never);
    expect((await run()).error).toBeNull();
    expect(exported().filter((call) => call === "dd sda into /mnt/store")).toHaveLength(1);
    expect(readdirSync(here)).toHaveLength(2);
  });

  it("takes no file for its own that somebody else put there", async () => {
    const plan = planOf(["sda"]);
    machine.fail("dd sda into /mnt/store", new SampanError("HOST_DD_FAILED", "that file is there already"));
    expect((await run({ plan })).error?.code).toBe("HOST_DD_FAILED");
    expect(readdirSync(here)).toEqual([]);
  });

  it("finds out before it begins that the host writes into another folder", async () => {
    machine.share = folder;
    expect((await run()).error?.code).toBe("HOST_SHARE_INVALID");
    expect(readdirSync(here)).toEqual([]);
    rmSync(here, { recursive: true });
    const { error } = await run();
    expect(error).toMatchObject({ code: "HOST_SHARE_INVALID", hint: expect.stringContaining("share.here") });
  });

  it("ends when what was written was changed since", async () => {
    await run({ stopAt: "upload" });
    truncateSync(join(here, "web-01-r1-0.raw"), MiB / 2);
    expect((await run()).error?.code).toBe("HOST_SOURCE_CHANGED");
  });

  it("is refused for a host that runs no tools", async () => {
    const { exportDisk: _, ...live } = machine.host.live ?? {};
    machine = { ...machine, host: { ...machine.host, live: live as never } };
    expect((await run()).error?.code).toBe("HOST_KIND_UNSUPPORTED");
  });
});

const bytesOf = (name: string) => machine.disks.get(name) ?? new Uint8Array(0);
