import { randomBytes } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { KiB, MiB } from "@sampan/core";
import { type ImportResult, Migration } from "@sampan/sdk";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeFirstGuest } from "../helpers/first-guest.ts";
import { checkExt, guestFiles, guestFileTools } from "../helpers/guest-files.ts";
import { writePlan } from "../helpers/plan-file.ts";
import { qemuConvert } from "../helpers/qemu-img.ts";
import { type Rehearsal, startRehearsal } from "../helpers/rehearsal.ts";
import { lacks } from "../helpers/requires.ts";
import { asResult, sampan, startSampan } from "../helpers/sampan.ts";
import { makeFolder } from "../helpers/temporary-folder.ts";

/*
 * A cut-over as a person does it, by the program: the disk of a guest is sent, the guest goes on writing and deleting, and a refresh
 * sends the rest; killed in the middle too.
 */

const bucket = "cut-over";
const partBytes = 102_400;
const partitionStart = MiB;

describe.skipIf(lacks("qemu-img", ...guestFileTools))("a cut-over", () => {
  let folder: string;
  let disk: string;
  let plan: string;
  let rehearsal: Rehearsal;
  beforeEach(async () => {
    folder = await makeFolder();
    disk = join(folder, "guest.raw");
    const packed = await writeFirstGuest(join(folder, "guest.qcow2"));
    await qemuConvert({ path: packed, format: "qcow2" }, { path: disk, format: "raw" });
    await onGuest(`write ${await random("leaving", MiB)} leaving`);
    rehearsal = await startRehearsal({ dataFolder: join(folder, "simulator") });
    plan = await writePlan(
      folder,
      Migration.from("guest.raw")
        .assess()
        .prepare()
        .capture()
        .toVhd()
        .upload(bucket, { createBucket: true, key: "web-01.vhd", partBytes, parallel: 3 })
        .import({ name: "web-01", createRole: true }),
    );
  });
  afterEach(async () => {
    await rehearsal.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** A file of bytes nobody can pack or guess. */
  async function random(name: string, length: number): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, randomBytes(length));
    return path;
  }

  /** Writes and removes files of the guest, by debugfs. */
  async function onGuest(...commands: string[]): Promise<void> {
    const script = join(folder, "script");
    await writeFile(script, `${commands.join("\n")}\n`);
    await execa("debugfs", ["-w", "-f", script, `${disk}?offset=${partitionStart}`]);
  }

  const run = (...args: string[]) =>
    sampan(["run", plan, "--json", ...args], { cwd: folder, env: rehearsal.env });
  const sentBytes = () =>
    rehearsal.simulator.requests
      .list({ operation: "UploadPart", status: 200 })
      .reduce((sum, { requestBytes }) => sum + requestBytes, 0);

  it("sends what the guest wrote since, also when it is killed in the middle, and its image is sound", async () => {
    const first = await run();
    expect(first.exitCode, first.stderr).toBe(0);
    const wholeBytes = sentBytes();
    await onGuest(`write ${await random("arriving", 600 * KiB)} arriving`, "rm leaving");

    rehearsal.simulator.requests.clear();
    rehearsal.simulator.faults.add({
      match: { operation: "UploadPart" },
      times: null,
      effect: { kind: "delay", ms: 60 },
    });
    const process = startSampan(["run", plan, "--json", "--refresh"], { cwd: folder, env: rehearsal.env });
    const ended = process.then((done) => asResult(done));
    while (rehearsal.simulator.requests.count({ operation: "UploadPart", status: 200 }) < 3) await pause(10);
    process.kill("SIGKILL");
    const killed = await ended;
    expect(killed.events("run.finished"), killed.stderr).toEqual([]);
    rehearsal.simulator.faults.clear();

    const done = await run("--refresh");
    expect(done.exitCode, done.stderr + done.stdout.slice(-2000)).toBe(0);
    const [started] = killed.events("run.started");
    const result = done.events("run.finished").at(-1)?.result as unknown as ImportResult;
    expect(result.runId).toBe(started?.runId);
    expect((await rehearsal.images("cn-hangzhou")).map(({ imageName }) => imageName).sort()).toEqual([
      "web-01",
      "web-01-2",
    ]);
    const [object] = result.objects;
    expect((object?.sentBytes ?? 0) + (object?.reusedBytes ?? 0)).toBe(object?.sizeBytes);
    // 600 KiB, the metadata of the file system at a few places, the table of blocks; not a tenth of the disk.
    expect(sentBytes()).toBeLessThan(wholeBytes / 10);
    expect(sentBytes()).toBeGreaterThanOrEqual(600 * KiB);

    const landed = join(folder, "landed.vhd");
    await rehearsal.store(bucket).get("web-01-2.vhd", landed);
    const raw = join(folder, "landed.raw");
    await qemuConvert({ path: landed, format: "vpc" }, { path: raw, format: "raw" });
    const place = { disk: raw, offsetBytes: partitionStart };
    expect(await checkExt(place)).toBe("");
    const [there, now] = [await guestFiles(place), await guestFiles({ disk, offsetBytes: partitionStart })];
    expect(there.get("/arriving")).toBe(now.get("/arriving"));
    expect(there.has("/leaving")).toBe(false);
  }, 240_000);

  it("that was done gives its result again, says so, and asks the cloud for nothing", async () => {
    const first = await run();
    expect(first.exitCode, first.stderr).toBe(0);
    rehearsal.simulator.requests.clear();
    const again = await run();
    expect(again.exitCode, again.stderr).toBe(0);
    // Progress is shown and not kept; all else is told again as it was recorded.
    const kept = first.lines().filter(({ type }) => type !== "stage.progress");
    expect(again.lines().map((line) => JSON.stringify(line))).toEqual(
      kept.map((line) => JSON.stringify(line)),
    );
    expect(again.stderr).toContain("this plan was finished before; nothing had to be done");
    expect(rehearsal.simulator.requests.list()).toEqual([]);
    const refused = await run("--again", "--refresh");
    expect(refused.exitCode).not.toBe(0);
    expect(refused.lines().at(-1)).toMatchObject({ type: "error", code: "CORE_ARGUMENT" });
  }, 120_000);
});
