import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Migration } from "@sampan/sdk";
import { Simulator } from "@sampan/simulator";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { unpackDemoDisk } from "../demo/demo-disk.ts";
import { runProgram } from "../testing/run-program.ts";

let folder: string;
let simulator: Simulator;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-gc-"));
  await unpackDemoDisk(join(folder, "guest.qcow2"));
  const plan = Migration.from("guest.qcow2")
    .assess()
    .capture()
    .toVhd()
    .upload("gc-images", { createBucket: true })
    .import({ name: "web-01" })
    .plan();
  await writeFile(join(folder, "plan.json"), JSON.stringify(plan));
  simulator = await Simulator.start({ timeScale: 10_000, switches: { importRole: "ready" } });
});
afterEach(async () => {
  await simulator.stop();
  await rm(folder, { recursive: true, force: true });
});

async function sampan(...argv: string[]) {
  return runProgram(argv, { env: { SAMPAN_SIMULATOR: simulator.endpoint }, cwd: folder });
}
const left = async () => {
  const { images, buckets } = await simulator.state();
  return { images: images.length, objects: buckets.flatMap(({ objects }) => objects).length };
};

describe("gc", () => {
  it("lists what a failed run left, and deletes it when it is named", async () => {
    simulator.faults.add({
      match: { operation: "ImportImage" },
      effect: { kind: "jobFails", atPercent: 60 },
    });
    const failed = await sampan("run", "plan.json");
    expect(failed.exitCode, failed.err).toBe(1);
    expect(failed.err).toMatch(/left in the simulator: object oss:\/\/gc-images\/\S+ in cn-hangzhou/);
    expect(failed.err).toContain("sampan gc");
    expect(await left()).toEqual({ images: 1, objects: 1 });

    const listed = await sampan("gc");
    expect(listed.exitCode, listed.err).toBe(0);
    expect(listed.out).toMatch(/^run \S+ · .*guest\.qcow2$/m);
    expect(listed.out).toMatch(/image m-\S+ \(web-01\) in cn-hangzhou, \d+ GiB$/m);
    expect(listed.out).toMatch(/object oss:\/\/\S+ in cn-hangzhou, [\d.]+ [KM]iB$/m);
    expect(await left()).toEqual({ images: 1, objects: 1 });
    const [found] = JSON.parse((await sampan("gc", "--json")).out) as { readonly runId: string }[];
    const runId = found?.runId ?? "";

    const dry = await sampan("gc", runId, "--dry-run");
    expect(dry.out).toContain("would delete object oss://gc-images/");
    expect(await left()).toEqual({ images: 1, objects: 1 });

    const deleting = sampan("gc", runId);
    // Nobody takes the run up while what it needs is deleted.
    const lock = join(folder, ".sampan", "runs", runId, "lock");
    await vi.waitFor(() => expect(existsSync(lock)).toBe(true), { interval: 1, timeout: 10_000 });
    const deleted = await deleting;
    expect(existsSync(lock)).toBe(false);
    expect(deleted.exitCode, deleted.err).toBe(0);
    expect(deleted.err).toMatch(/deleted image m-/);
    expect(await left()).toEqual({ images: 0, objects: 0 });
    expect((await sampan("gc", runId)).err).toContain("has left nothing");
    expect((await sampan("gc")).err).toContain("no run here has left anything");
  });

  it("keeps the images of a run that reached its end, and offers its objects", async () => {
    expect((await sampan("run", "plan.json")).exitCode).toBe(0);
    const [found] = JSON.parse((await sampan("gc", "--json")).out) as {
      readonly runId: string;
      readonly left: readonly { readonly kind: string }[];
    }[];
    expect(found?.left.map(({ kind }) => kind)).toEqual(["object"]);
    await sampan("gc", found?.runId ?? "");
    expect(await left()).toEqual({ images: 1, objects: 0 });
  });

  it("finds an instance in the account it was launched in, and takes back the image that was shared for it", async () => {
    const plan = Migration.from("guest.qcow2")
      .assess()
      .capture()
      .toVhd()
      .upload("gc-images", { createBucket: true })
      .import({ name: "web-01" })
      .shareWith("1000000000000002")
      .launch({ profile: "receiver", test: true })
      .verify()
      .plan();
    await writeFile(join(folder, "plan.json"), JSON.stringify(plan));
    const run = await sampan("run", "plan.json", "--through", "launch");
    expect(run.exitCode, run.err).toBe(0);
    const listed = await sampan("gc", "--json");
    const [{ runId, left: found }] = JSON.parse(listed.out);
    expect(found.map(({ kind }: { kind: string }) => kind)).toEqual([
      "instance",
      "image",
      "snapshot",
      "object",
    ]);
    const deleted = await sampan("gc", runId);
    expect(deleted.exitCode, deleted.err).toBe(0);
    expect(await left()).toEqual({ images: 0, objects: 0 });
    expect((await simulator.state()).instances).toEqual([]);
  });
});
