import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Migration } from "@sampan/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeFirstGuest } from "../helpers/first-guest.ts";
import { writePlan } from "../helpers/plan-file.ts";
import { type QemuFormat, qemuCompare, qemuConvert } from "../helpers/qemu-img.ts";
import { type Rehearsal, startRehearsal } from "../helpers/rehearsal.ts";
import { lacks } from "../helpers/requires.ts";
import { sampan } from "../helpers/sampan.ts";
import { makeFolder } from "../helpers/temporary-folder.ts";

const kinds: readonly (readonly [name: string, format: QemuFormat, options: readonly string[]])[] = [
  ["raw", "raw", []],
  ["monolithic sparse VMDK", "vmdk", ["-o", "subformat=monolithicSparse"]],
  ["stream-optimized VMDK", "vmdk", ["-o", "subformat=streamOptimized"]],
  ["plain QCOW2", "qcow2", ["-o", "compat=1.1"]],
  ["old QCOW2", "qcow2", ["-o", "compat=0.10"]],
  ["compressed QCOW2", "qcow2", ["-c"]],
  ["dynamic VHD", "vpc", ["-o", "subformat=dynamic,force_size=on"]],
  ["fixed VHD", "vpc", ["-o", "subformat=fixed,force_size=on"]],
];

describe.skipIf(lacks("qemu-img"))("one disk in every source format", () => {
  let folder: string;
  let guest: string;
  let rehearsal: Rehearsal;

  beforeAll(async () => {
    folder = await makeFolder();
    guest = await writeFirstGuest(join(folder, "guest.qcow2"));
    rehearsal = await startRehearsal({ dataFolder: join(folder, "simulator") });
  });
  afterAll(async () => {
    await rehearsal?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it.each(kinds)("arrives in the store the same from a %s", async (name, format, options) => {
    const path = join(folder, `${name.replaceAll(" ", "-")}.disk`);
    await qemuConvert({ path: guest, format: "qcow2" }, { path, format }, options);
    const key = `${name.replaceAll(" ", "-")}.vhd`;
    const stage = Migration.from(path)
      .assess()
      .capture({ freeSpace: "keep" })
      .toVhd()
      .upload("format-images", { createBucket: true, key });
    const plan = await writePlan(folder, stage, `${key}.json`);
    const run = await sampan(["run", plan, "--json"], { cwd: folder, env: rehearsal.env });
    expect(run.exitCode, run.stderr + run.stdout.slice(-2000)).toBe(0);

    const landed = join(folder, `landed-${key}`);
    await rehearsal.store("format-images").get(key, landed);
    expect(await qemuCompare({ path: landed, format: "vpc" }, { path: guest, format: "qcow2" })).toBe(
      "identical",
    );
    await Promise.all([rm(path), rm(landed)]);
  });
});
