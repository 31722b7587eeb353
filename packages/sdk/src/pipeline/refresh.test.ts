import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type MemoryCloud, memoryCloud } from "@sampan/cloud/testing";
import { isSampanError, type RunEvent } from "@sampan/core";
import { openImageFileHost } from "@sampan/host";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Migration } from "../fluent/migration.ts";
import type { UploadResult } from "../fluent/results.ts";
import type { Plan } from "../plan/plan.ts";
import { createEmbeddedRunner } from "../run/embedded-runner.ts";
import type { StartOptions } from "../run/runner.ts";
import { fakeLiveHost } from "../testing/fake-live-host.ts";

const MiB = 1024 * 1024;
const partBytes = 128 * 1024;
const accept = { "GUESTOS.SystemImage": "a disk of a test" };

let home: string;
let cloud: MemoryCloud;
let path: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "sampan-refresh-"));
  cloud = memoryCloud();
  path = join(home, "web-01.raw");
  writeFileSync(path, diskBytes());
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** A disk with a partition that holds no file system anybody knows; other bytes in each of its parts. */
function diskBytes(sizeBytes = 4 * MiB): Uint8Array {
  const disk = new Uint8Array(sizeBytes);
  for (let offset = 4096; offset < disk.length; offset++)
    disk[offset] = (offset * 7 + (offset >> 11) + (offset >> 17) * 3) & 255;
  disk.set([0x55, 0xaa], 510);
  disk.set([0x80, 0, 0, 0, 0x83, 0, 0, 0, 1, 0, 0, 0, 0xff, 0x1f, 0, 0], 446);
  return disk;
}

function filePlan(more: { readonly parallel?: number } = {}): Plan {
  return Migration.from(path)
    .assess({ accept })
    .capture()
    .toRaw()
    .upload("web-images", { createBucket: true, partBytes, parallel: more.parallel ?? 1 })
    .plan();
}

const live = fakeLiveHost;
let machine: ReturnType<typeof live> | undefined;

/** Runs a plan; `stopAfterParts` cancels it once so many parts have landed. */
async function run(plan: Plan, options: StartOptions & { readonly stopAfterParts?: number } = {}) {
  const { stopAfterParts, ...start } = options;
  const runner = createEmbeddedRunner({
    home,
    cloud: { kind: "simulator" },
    clock: cloud.clock,
    random: () => 0.5,
    services: {
      openHost: async () => machine?.host ?? openImageFileHost(path),
      connect: async () => ({ ...cloud, objects: cloud.objects, close: async () => undefined }),
    },
  });
  const calls = cloud.world.calls.length;
  const handle = runner.start(plan, start);
  const events: RunEvent[] = [];
  let parts = 0;
  handle.events.subscribe((event) => {
    events.push(event);
    if (event.type === "checkpoint" && event.item !== undefined && ++parts === stopAfterParts)
      handle.cancel();
  });
  const ended = await handle.result.then(
    (result) => ({ result: result as unknown as UploadResult, error: undefined }),
    (thrown: unknown) => {
      if (!isSampanError(thrown)) throw thrown;
      return { result: undefined, error: thrown };
    },
  );
  const made = cloud.world.calls.slice(calls);
  const count = (name: string) => made.filter((call) => call === name).length;
  return { ...ended, events, runId: handle.id, sent: count("uploadPart"), copied: count("copyPart") };
}

/** What the last progress of an upload told of reading and sending. */
function travelled(events: readonly RunEvent[]) {
  const last = events.filter((event) => event.type === "stage.progress" && event.stage === "upload").at(-1);
  return last?.type === "stage.progress" ? { read: last.readBytes, sent: last.sentBytes } : undefined;
}

const stored = () => [...cloud.world.objects.values()].map(({ info, bytes }) => ({ key: info.key, bytes }));

/** Changes bytes of the disk without its size or time showing it, unless told otherwise. */
function change(
  offset: number,
  options: { readonly shows: boolean; readonly sizeBytes?: number },
): Uint8Array {
  const { atime, mtime } = statSync(path);
  const bytes = diskBytes(options.sizeBytes);
  bytes.fill(1, offset, offset + 200_000);
  writeFileSync(path, bytes);
  if (options.shows) utimesSync(path, atime, new Date(mtime.getTime() + 60_000));
  else utimesSync(path, atime, mtime);
  return bytes;
}

describe("a source that changed", () => {
  it("after its run was finished is told by what changed, with the choices", async () => {
    const { runId } = await run(filePlan());
    change(MiB, { shows: true, sizeBytes: 5 * MiB });
    const { error } = await run(filePlan());
    expect(error?.code).toBe("HOST_SOURCE_CHANGED");
    expect(error?.message).toContain(
      `changed since run ${runId} of this plan was finished: disk web-01.raw, size`,
    );
    expect(error?.message).toContain("size 4194304 → 5242880");
    expect(error?.message).toMatch(/changed at 20\d\d-\S+Z → 20\d\d-\S+Z/);
    expect(error?.hint).toMatch(/--refresh.*--again/);
    expect(error?.details.changes).toContainEqual({
      disk: "web-01.raw",
      field: "files[0].sizeBytes",
      from: 4 * MiB,
      to: 5 * MiB,
    });
  });

  it("shows by bytes here and there where size and time are the same", async () => {
    await run(filePlan());
    change(MiB, { shows: false });
    expect((await run(filePlan())).error).toMatchObject({
      code: "HOST_SOURCE_CHANGED",
      message: expect.stringMatching(/disk web-01\.raw, content at \d+ [0-9a-f]{16} → [0-9a-f]{16}/),
    });
  });

  it("is nothing when it did not change: the run gives its result again and does nothing", async () => {
    const first = await run(filePlan());
    const again = await run(filePlan());
    expect(again.result).toEqual(first.result);
    expect([again.sent, again.copied, again.runId]).toEqual([0, 0, first.runId]);
  });

  it.each([true, false])(
    "while its run was interrupted ends the resume (seen by its time: %s)",
    async (shows) => {
      const cut = await run(filePlan(), { stopAfterParts: 10 });
      expect(cut.error?.code).toBe("CORE_CANCELLED");
      const now = change(3 * MiB, { shows });
      const resumed = await run(filePlan());
      expect(resumed.runId).toBe(cut.runId);
      expect(resumed.error).toMatchObject({
        code: "HOST_SOURCE_CHANGED",
        message: expect.stringContaining(
          `changed since run ${cut.runId} began to read it: disk web-01.raw, `,
        ),
        hint: expect.stringContaining("--refresh"),
      });
      expect(resumed.sent).toBe(0);

      const refreshed = await run(filePlan(), { refresh: true });
      expect(refreshed.error).toBeUndefined();
      // The ten parts that had landed lie before the change.
      expect(refreshed).toMatchObject({ copied: 10, sent: 22 });
      expect(refreshed.result?.objects[0]).toMatchObject({
        reusedBytes: 10 * partBytes,
        sentBytes: 22 * partBytes,
      });
      // What is copied is read all the same: only so is it known to be the same.
      expect(travelled(refreshed.events)).toEqual({ read: 32 * partBytes, sent: 22 * partBytes });
      // The object that was made of the unfinished upload has gone again.
      expect(stored().map(({ key }) => key)).toEqual([refreshed.result?.objects[0]?.key]);
      expect(Buffer.compare(stored()[0]?.bytes ?? new Uint8Array(), now)).toBe(0);
      expect(cloud.world.uploads.size).toBe(0);
    },
  );
});

describe("the page of the journal", () => {
  const page = readFileSync(new URL("../../docs/reference/journal.md", import.meta.url), "utf8");
  const [, table = ""] = /\| file +\|.*\n([\s\S]*?)\n\n/.exec(page) ?? [];
  const files = [...table.matchAll(/^\|([^|]+)\|/gm)].flatMap(([, cell = ""]) => namesIn(cell));
  const [, beside = ""] = /^Beside `runs\/` lie (.*)$/m.exec(page) ?? [];

  it("lists every file of a run's folder, and every folder of a home", async () => {
    await run(filePlan());
    await run(filePlan(), { refresh: true });
    const made = readdirSync(join(home, "runs")).flatMap((id) => readdirSync(join(home, "runs", id)));
    expect(made).toContain("refresh.json");
    for (const name of made) expect(files).toContain(name.replace(/^disk-\d+/, "disk-N"));
    for (const entry of readdirSync(home, { withFileTypes: true }))
      if (entry.isDirectory()) expect(["runs/", ...namesIn(beside)]).toContain(`${entry.name}/`);
  });

  it("lists none that the sources do not name", () => {
    // What is there for moments, or of other plans, is looked for where the code names it: `runner-N.log` is `runner-${…}.log` there.
    const code = ["../", "../../../repl/src/detached/"].map(codeBelow).join("\n");
    const named = (name: string) =>
      new RegExp(`["\`]${name.replace(/\./g, "\\.").replace(/\bN\b/, "\\$\\{\\w+\\}")}["\`]`);
    expect(files.length).toBeGreaterThan(10);
    // The name of the picture ends with what it is.
    const [plain, endings] = [
      files.filter((name) => !/png|jpg/.test(name)),
      files.filter((name) => /png|jpg/.test(name)),
    ];
    expect(endings).toEqual(["screenshot.png", ".jpg"]);
    expect(code).toMatch(/`screenshot\.\$\{.*"png" : "jpg"\}`/);
    expect(plain.filter((name) => !named(name).test(code))).toEqual([]);
    const folders = namesIn(beside);
    expect(folders).toHaveLength(3);
    expect(folders.filter((name) => !code.includes(`join(home, "${name.slice(0, -1)}"`))).toEqual([]);
  });
});

/** What stands in a cell or a sentence as code. */
function namesIn(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
}

/** The sources below a folder, without tests and comments. */
function codeBelow(folder: string): string {
  const top = fileURLToPath(new URL(folder, import.meta.url));
  return readdirSync(top, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
    .map((path) => readFileSync(join(top, path), "utf8").replace(/^ *(\/?\*|\/\/).*$/gm, ""))
    .join("\n");
}

describe("a refresh of an upload that was cut off", () => {
  it("goes on where it was itself cut off, with the parts of both", async () => {
    await run(filePlan(), { stopAfterParts: 10 });
    const now = change(3 * MiB, { shows: true });
    await run(filePlan());
    const cut = await run(filePlan(), { refresh: true, stopAfterParts: 5 });
    expect(cut.error?.code).toBe("CORE_CANCELLED");
    const resumed = await run(filePlan());
    expect(resumed.runId).toBe(cut.runId);
    expect(resumed).toMatchObject({ copied: 5, sent: 22 });
    // The five parts it had are not read again.
    expect(travelled(resumed.events)).toEqual({ read: 27 * partBytes, sent: 22 * partBytes });
    expect(stored()).toHaveLength(1);
    expect(Buffer.compare(stored()[0]?.bytes ?? new Uint8Array(), now)).toBe(0);
  });

  it("begins anew when the source changes once more", async () => {
    await run(filePlan());
    change(3 * MiB, { shows: true });
    const cut = await run(filePlan(), { refresh: true, stopAfterParts: 5 });
    const now = change(2 * MiB, { shows: true, sizeBytes: 4 * MiB });
    writeFileSync(path, now);
    const failed = await run(filePlan(), { refresh: true });
    expect(failed).toMatchObject({ runId: cut.runId, error: { code: "HOST_SOURCE_CHANGED" } });
    const last = await run(filePlan(), { refresh: true });
    expect(last.runId).not.toBe(cut.runId);
    expect(last.error).toBeUndefined();
    expect(last.sent).toBeLessThanOrEqual(3);
    expect(stored().some(({ bytes }) => Buffer.compare(bytes, now) === 0)).toBe(true);
  });
});

describe("a refresh of a machine that runs, with two disks", () => {
  afterEach(() => {
    machine = undefined;
  });

  it("compares each disk with its own earlier object", async () => {
    machine = live({ sda: diskBytes(), sdb: diskBytes(3 * MiB).fill(9, 2 * MiB, 2 * MiB + 50) });
    const plan = Migration.from("ssh://root@web-01")
      .assess({ accept })
      .prepare()
      .capture({ disks: ["sda", "sdb"] })
      .toVhd()
      .upload("web-images", { createBucket: true, partBytes, key: "web-01.vhd" })
      .plan();
    const first = await run(plan);
    machine.disks.get("sdb")?.fill(3, MiB, MiB + 10);
    const { result, error, events } = await run(plan, { refresh: true });
    expect(error).toBeUndefined();
    // This machine writes to the beginning of each disk whenever it is looked at.
    expect(result?.objects).toMatchObject([
      { disk: "sda", key: "web-01-2.vhd", sentBytes: partBytes },
      { disk: "sdb", key: "web-01-2-disk1.vhd", sentBytes: 2 * partBytes },
    ]);
    expect(travelled(events)?.sent).toBe(3 * partBytes);
    expect(first.result?.objects[1]?.key).toBe("web-01-disk1.vhd");
    expect(events).toContainEqual(
      expect.objectContaining({
        type: "log",
        message: expect.stringMatching(/^sdb: 256 KiB sent, .* unchanged/),
      }),
    );
  });
});

describe("a plan that changed", () => {
  const origin = "/plans/web-01.migration.ts#0";
  const notes = (events: readonly RunEvent[]) =>
    events.flatMap((event) => (event.type === "log" && event.stage === null ? [event.message] : []));

  it("is a new run that says what changed since the last one", async () => {
    const first = await run(filePlan(), { origin });
    const next = await run(filePlan({ parallel: 2 }), { origin });
    expect(next.runId).not.toBe(first.runId);
    expect(notes(next.events)).toEqual([
      `the plan changed since run ${first.runId}, which finished: upload parallel 1 → 2. This is a new run; ` +
        "`--refresh` would have reused what that one sent.",
    ]);
    expect(next.events[0]?.type).toBe("run.started");
    expect(next.copied).toBe(0);
  });

  it("reuses what the last one sent when it is told to", async () => {
    const first = await run(filePlan(), { origin });
    change(3 * MiB, { shows: true });
    const next = await run(filePlan({ parallel: 2 }), { origin, refresh: true });
    expect(next.error).toBeUndefined();
    expect(notes(next.events)[0]).toMatch(
      new RegExp(`^the plan changed since run ${first.runId}, .*This run refreshes what that one sent\\.$`),
    );
    expect(next).toMatchObject({ copied: 30, sent: 2 });
  });

  it("says nothing for the same plan, for a plan from elsewhere, and for one that cannot be read", async () => {
    await run(filePlan(), { origin });
    const last = await run(filePlan(), { origin, again: true });
    expect(notes(last.events)).toEqual([]);
    expect(notes((await run(filePlan({ parallel: 2 }), { origin: "/plans/other.ts#0" })).events)).toEqual([]);
    writeFileSync(join(home, "runs", last.runId, "plan.json"), "{");
    expect(notes((await run(filePlan({ parallel: 3 }), { origin })).events)).toEqual([]);
  });
});
