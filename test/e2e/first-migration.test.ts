import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { PatchRecord, RunEvent } from "@sampan/core";
import type { ImportResult } from "@sampan/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeFirstGuest } from "../helpers/first-guest.ts";
import { checkExt, guestFile, guestFiles, guestFileTools } from "../helpers/guest-files.ts";
import { pasteOverlay } from "../helpers/overlay-file.ts";
import { qemuCompare, qemuConvert, qemuInfo } from "../helpers/qemu-img.ts";
import { startRehearsal } from "../helpers/rehearsal.ts";
import { lacks } from "../helpers/requires.ts";
import { type SampanResult, sampan } from "../helpers/sampan.ts";
import { makeFolder } from "../helpers/temporary-folder.ts";

const example = fileURLToPath(new URL("../../examples/first-migration.migration.ts", import.meta.url));
const plan = "first-migration.migration.ts";
const home = ".sampan";
const partitionStart = 1024 ** 2;

describe.skipIf(lacks("qemu-img", ...guestFileTools))("the first migration of the README", () => {
  let folder: string;
  let source: string;
  let run: SampanResult;
  let result: ImportResult;

  beforeAll(async () => {
    folder = await makeFolder();
    await cp(example, join(folder, plan));
    source = await writeFirstGuest(join(folder, home, "demo/first-guest.qcow2"));
    run = await sampan(["run", plan, "--json"], { cwd: folder });
    result = run.events("run.finished")[0]?.result as unknown as ImportResult;
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("ends with run.finished and exit code 0", () => {
    expect(run.stderr).not.toMatch(/warning|deprecat/i);
    expect(run.exitCode, run.stderr + run.stdout.slice(-2000)).toBe(0);
    expect(run.lines().at(-1)?.type).toBe("run.finished");
  });

  it("numbers its events and gives them all one run", () => {
    const events = run.lines() as RunEvent[];
    expect(events[0]).toMatchObject({ type: "run.started", seq: 1, cloud: { rehearsal: true } });
    const numbers = events.map((event) => event.seq);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    expect(new Set(events.map((event) => event.runId)).size).toBe(1);
  });

  it("goes through every stage of the plan in order", () => {
    const stages = run.events("stage.finished").map((event) => event.stage);
    const expected = ["assess", "prepare", "capture", "upload", "import"];
    expect(stages.filter((stage) => expected.includes(stage))).toEqual(expected);
    expect(stages.filter((stage) => stage.startsWith("copy:")).sort()).toEqual([
      "copy:ap-southeast-1",
      "copy:cn-shanghai",
    ]);
  });

  it("makes an image that is Available in the import region and in both others", async () => {
    expect(result.images.map(({ region, status }) => [region, status]).sort()).toEqual([
      ["ap-southeast-1", "Available"],
      ["cn-hangzhou", "Available"],
      ["cn-shanghai", "Available"],
    ]);
    const rehearsal = await startRehearsal({ dataFolder: join(folder, home, "simulator") });
    try {
      for (const image of result.images) {
        expect(await rehearsal.images(image.region)).toEqual([
          { imageId: image.imageId, imageName: "first-guest", status: "Available" },
        ]);
      }
    } finally {
      await rehearsal.stop();
    }
  });

  describe("the object in the store, downloaded with plain ali-oss", () => {
    let vhd: string;
    let landed: string;
    let before: string;

    beforeAll(async () => {
      vhd = join(folder, "landed.vhd");
      landed = join(folder, "landed.raw");
      before = join(folder, "source.raw");
      const object = result.objects[0];
      if (object === undefined) throw new Error("the run tells of no object");
      const rehearsal = await startRehearsal({ dataFolder: join(folder, home, "simulator") });
      try {
        await rehearsal.store(object.bucket).get(object.key, vhd);
      } finally {
        await rehearsal.stop();
      }
      await qemuConvert({ path: vhd, format: "vpc" }, { path: landed, format: "raw" });
      await qemuConvert({ path: source, format: "qcow2" }, { path: before, format: "raw" });
    });

    it("is a VHD of exactly the source's size in whole MiB", async () => {
      const info = await qemuInfo(vhd, "vpc");
      const { "virtual-size": sourceSize } = await qemuInfo(source);
      expect(info.format).toBe("vpc");
      expect(info["virtual-size"]).toBe(Math.ceil(sourceSize / 1024 ** 2) * 1024 ** 2);
    });

    it("is identical to the source plus the patch, byte by byte", async () => {
      const expected = join(folder, "expected.raw");
      await cp(before, expected);
      const overlay = join(folder, home, "runs", result.runId, "system-disk.overlay");
      expect(await pasteOverlay(overlay, expected)).toBeGreaterThan(0);
      expect(await qemuCompare({ path: vhd, format: "vpc" }, { path: expected, format: "raw" })).toBe(
        "identical",
      );
      expect(await qemuCompare({ path: vhd, format: "vpc" }, { path: before, format: "raw" })).not.toBe(
        "identical",
      );
    });

    it("holds the source's files, changed as the patch says and in nothing else", async () => {
      const patch = run.events("patch").map((event) => event.patch)[0] as PatchRecord;
      expect(patch.changes.length).toBeGreaterThan(0);
      const [old, now] = await Promise.all([
        guestFiles({ disk: before, offsetBytes: partitionStart }),
        guestFiles({ disk: landed, offsetBytes: partitionStart }),
      ]);
      expect(old.size).toBeGreaterThan(10);
      const changed = [...new Set([...old.keys(), ...now.keys()])].filter(
        (path) => old.get(path) !== now.get(path),
      );
      expect(changed.sort()).toEqual(patch.changes.map((change) => change.path).sort());
    });

    it("has an fstab that names no device, and a sound file system", async () => {
      const place = { disk: landed, offsetBytes: partitionStart };
      const fstab = await guestFile(place, "/etc/fstab");
      expect(fstab).toMatch(/^UUID=[0-9a-f-]{36}\s+\/\s/m);
      expect(fstab).not.toMatch(/^\/dev\/[shv]d[a-z]/m);
      expect(await checkExt(place)).toBe("");
    });
  });

  it("is a no-op the second time", async () => {
    const again = await sampan(["run", plan, "--json"], { cwd: folder });
    expect(again.exitCode, again.stderr).toBe(0);
    const second = again.events("run.finished")[0]?.result as unknown as ImportResult;
    expect(second.runId).toBe(result.runId);
    expect(second.images).toEqual(result.images);
  });

  it("gives the very disk when nothing is mended and free space is kept", async () => {
    const done = await sampan(["convert", source, join(folder, "whole.vhd"), "--format", "vhd"], {
      cwd: folder,
    });
    expect(done.exitCode, done.stderr).toBe(0);
    expect(
      await qemuCompare(
        { path: join(folder, "whole.vhd"), format: "vpc" },
        { path: source, format: "qcow2" },
      ),
    ).toBe("identical");
  });
});
