import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chooseCloud, connectCloud } from "@sampan/sdk";
import { Simulator } from "@sampan/simulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runProgram } from "../testing/run-program.ts";

let simulator: Simulator;
let cwd: string;
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  simulator = await Simulator.start();
  cwd = await mkdtemp(join(tmpdir(), "sampan-list-command-"));
  env = { SAMPAN_SIMULATOR: simulator.endpoint, HOME: cwd };
  const cloud = await connectCloud(chooseCloud({ env }), cwd, { env });
  const store = cloud.objects("cn-shanghai");
  await store.createBucket("web-images");
  const upload = await store.createMultipartUpload({
    bucket: "web-images",
    key: "sampan/a\u202e31m.vhd",
  });
  const part = await store.uploadPart(upload, 1, Buffer.from("four"), { timeoutMs: 10_000 });
  await store.completeMultipartUpload(upload, [part]);
  await store.close();
  await cloud.close();
});
afterAll(async () => {
  await simulator.stop();
  await rm(cwd, { recursive: true, force: true });
});

async function list(...argv: string[]) {
  return runProgram(["list", ...argv], { env, cwd });
}

describe("list", () => {
  it("tells the account's buckets and the objects of one, safe for a terminal", async () => {
    expect((await list("buckets")).out).toMatch(
      /^bucket +region +class +created\nweb-images +cn-shanghai +Standard/,
    );
    expect((await list("buckets", "--lang", "zh-CN")).out).toContain("创建时间");
    const { out } = await list("objects", "web-images", "--prefix", "sampan/");
    expect(out).toMatch(/^key +size +last change\nsampan\/a.*\.vhd +4 B/);
    expect(out).not.toContain("\u202e");
    expect(JSON.parse((await list("objects", "web-images", "--prefix", "x", "--json")).out)).toMatchObject({
      kind: "objects",
      regions: ["cn-shanghai"],
      rows: [],
      missed: [],
      cloud: { rehearsal: true },
    });
  });

  it("looks for images in every region, or in those that are named", async () => {
    const all = await list("images", "--json");
    const { regions } = JSON.parse((await list("regions", "--json")).out) as { regions: string[] };
    expect(regions.length).toBeGreaterThan(10);
    expect(JSON.parse(all.out)).toMatchObject({ kind: "images", regions, rows: [], missed: [] });
    const some = JSON.parse((await list("snapshots", "--region", "cn-beijing", "--json")).out) as object;
    expect(some).toMatchObject({ regions: ["cn-beijing"], rows: [] });
    expect((await list("images", "--region", "cn-beijing")).err).toContain("there is nothing of that kind");
  });

  it("tells what it cannot look into, and refuses what it does not know", async () => {
    const { exitCode, out } = await list("images", "--region", "cn-beijing", "--region", "no-such", "--json");
    expect(exitCode).toBe(3);
    expect(JSON.parse(out)).toMatchObject({ missed: [{ region: "no-such", code: "CLOUD_REGION_UNKNOWN" }] });
    expect((await list("images", "--region", "no-such")).exitCode).toBe(2);
    expect((await list("objects", "gone")).exitCode).toBe(1);
    const misused = [
      ["disks"],
      ["objects"],
      ["images", "web-images"],
      ["images", "--prefix", "web"],
      ["regions", "--region", "cn-beijing"],
      ["objects", "web-images", "--region", "cn-beijing", "--region", "cn-shanghai"],
    ];
    for (const words of misused) expect([words, (await list(...words)).exitCode]).toEqual([words, 2]);
  });
});
