import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type ImportResult, Migration } from "@sampan/sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeFirstGuest } from "../helpers/first-guest.ts";
import { pasteOverlay } from "../helpers/overlay-file.ts";
import { writePlan } from "../helpers/plan-file.ts";
import { qemuCompare, qemuConvert } from "../helpers/qemu-img.ts";
import { type Rehearsal, startRehearsal } from "../helpers/rehearsal.ts";
import { lacks } from "../helpers/requires.ts";
import { asResult, sampan, startSampan } from "../helpers/sampan.ts";
import { makeFolder } from "../helpers/temporary-folder.ts";

const bucket = "resume-images";

describe.skipIf(lacks("qemu-img"))("a run that is killed in the middle of its upload", () => {
  let folder: string;
  let rehearsal: Rehearsal;

  beforeEach(async () => {
    folder = await makeFolder();
    await writeFirstGuest(join(folder, "guest.qcow2"));
    rehearsal = await startRehearsal({ dataFolder: join(folder, "simulator") });
  });
  afterEach(async () => {
    await rehearsal.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const migration = (name: string) =>
    Migration.from("guest.qcow2")
      .assess()
      .prepare()
      .capture()
      .toVhd()
      .upload(bucket, { createBucket: true, key: `${name}.vhd`, partBytes: 102_400, parallel: 3 })
      .import({ name, createRole: true });

  const partsThatLanded = () =>
    rehearsal.simulator.requests.list("UploadPart").filter((request) => request.status === 200);

  /** Runs until `parts` parts have landed, and then kills the process without warning. */
  async function killAfter(parts: number, plan: string): Promise<string> {
    // Slow enough that there is a middle: each part takes a while to be answered.
    rehearsal.simulator.faults.add({
      match: { operation: "UploadPart" },
      times: null,
      effect: { kind: "delay", ms: 60 },
    });
    const process = startSampan(["run", plan, "--json"], { cwd: folder, env: rehearsal.env });
    const ended = process.then((done) => asResult(done));
    let isOver = false;
    void ended.then(() => {
      isOver = true;
    });
    while (partsThatLanded().length < parts && !isOver) await pause(10);
    process.kill("SIGKILL");
    const killed = await ended;
    expect(
      killed.events("run.finished"),
      `the run ended before it could be killed\n${killed.stderr}`,
    ).toEqual([]);
    rehearsal.simulator.faults.clear();
    return killed.events("run.started")[0]?.runId ?? "";
  }

  it("goes on with `sampan resume`: one image, identical bytes, no part sent that the store had", async () => {
    const plan = await writePlan(folder, migration("killed"));
    const runId = await killAfter(6, plan);
    expect(existsSync(join(folder, ".sampan/runs", runId, "journal.ndjson"))).toBe(true);
    const before = partsThatLanded().length;

    const resumed = await sampan(["resume", runId, "--json"], { cwd: folder, env: rehearsal.env });
    expect(resumed.exitCode, resumed.stderr + resumed.stdout.slice(-2000)).toBe(0);
    expect(resumed.events("run.started").at(-1)).toMatchObject({ runId, attempt: 2 });
    expect(resumed.events("run.finished")).toHaveLength(1);

    expect(await rehearsal.images("cn-hangzhou")).toMatchObject([
      { imageName: "killed", status: "Available" },
    ]);
    // A call that came before the new role had spread made nothing.
    const imports = rehearsal.simulator.requests.list("ImportImage");
    expect(imports.filter((request) => request.status === 200)).toHaveLength(1);

    const parts = partsThatLanded();
    expect(parts.length).toBeGreaterThan(before);
    const sent = parts.map(({ parameters }) => `${parameters.uploadId} ${parameters.partNumber}`);
    expect(sent.filter((part, index) => sent.indexOf(part) !== index)).toEqual([]);
    expect(new Set(parts.map(({ parameters }) => parameters.uploadId)).size).toBe(1);

    const expected = join(folder, "expected.raw");
    await qemuConvert(
      { path: join(folder, "guest.qcow2"), format: "qcow2" },
      { path: expected, format: "raw" },
    );
    await pasteOverlay(join(folder, ".sampan/runs", runId, "system-disk.overlay"), expected);
    const landed = join(folder, "killed.vhd");
    await rehearsal.store(bucket).get("killed.vhd", landed);
    expect(await qemuCompare({ path: landed, format: "vpc" }, { path: expected, format: "raw" })).toBe(
      "identical",
    );
  });

  it("goes on just as well when the plan is run again, and then has nothing more to do", async () => {
    const plan = await writePlan(folder, migration("again"));
    const runId = await killAfter(4, plan);
    const second = await sampan(["run", plan, "--json"], { cwd: folder, env: rehearsal.env });
    expect(second.exitCode, second.stderr + second.stdout.slice(-2000)).toBe(0);
    const result = second.events("run.finished")[0]?.result as unknown as ImportResult;
    expect(result.runId).toBe(runId);

    rehearsal.simulator.requests.clear();
    const third = await sampan(["run", plan, "--json"], { cwd: folder, env: rehearsal.env });
    expect(third.exitCode, third.stderr).toBe(0);
    expect(rehearsal.simulator.requests.list().filter((request) => request.method === "PUT")).toEqual([]);
    expect(await rehearsal.images("cn-hangzhou")).toHaveLength(1);
  });
});
