import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Simulator } from "@sampan/simulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runProgram } from "../testing/run-program.ts";

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "sampan-assess-ecs-"));
});
afterAll(() => rm(cwd, { recursive: true, force: true }));

async function assess(argv: readonly string[], env: Record<string, string> = {}) {
  return runProgram(["assess", ...argv], { env, cwd });
}

const target = "ecs://cn-hangzhou/i-abc123";

describe("sampan assess of an ECS instance", () => {
  it("judges the one that stands for it in a rehearsal, says so, and leaves no run behind", async () => {
    const { exitCode, out, err } = await assess([target]);
    expect(exitCode, err).toBe(0);
    expect(out).toMatch(/^instance +ecs:\/\/cn-hangzhou\/i-abc123\ncloud +simulator \(rehearsal\)$/m);
    expect(out).toContain("note: the disks of the instance were not read");
    expect(out).toContain("ready to be migrated");
    expect(err).toMatch(/rehearsal/);
    expect(await readdir(cwd)).toEqual([]);
  });

  it("gives one JSON value, and says where there is no such instance", async () => {
    const simulator = await Simulator.start();
    try {
      const env = { SAMPAN_SIMULATOR: simulator.endpoint };
      const { exitCode, out } = await assess([target, "--json"], env);
      expect(exitCode).not.toBe(0);
      expect(JSON.parse(out)).toMatchObject({ code: "CLOUD_INSTANCE_NOT_FOUND" });
    } finally {
      await simulator.stop();
    }
    const { out } = await assess([target, "--json"]);
    expect(JSON.parse(out)).toMatchObject({
      ...{ target, verdict: "ready", findings: [] },
      cloud: { name: "simulator", rehearsal: true },
    });
  });

  it.each([
    [[target, "--sarif"], /--sarif says nothing of ecs/],
    [[target, "--profile", "whitepaper-2017"], /--account/],
    [[target, "--sudo", "never"], /--sudo says nothing of ecs/],
    [[target, "data.raw"], /a host is assessed as a whole/],
    [["disk.raw", "--account", "web"], /--account says nothing of disk.raw/],
    [[target, "--accept", "SAMPAN.None=because"], /which is no rule for instances/],
  ])("refuses %j", async (argv, says) => {
    const { exitCode, err } = await assess(argv);
    expect(exitCode).not.toBe(0);
    expect(err).toMatch(says);
  });
});
