import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectAlibabaCloud } from "@sampan/cloud";
import { isSampanError, Secret } from "@sampan/core";
import { Simulator, simulatorAccounts } from "@sampan/simulator";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { CloudChoice } from "../cloud/choose-cloud.ts";
import { cacheFolder } from "./cache-folder.ts";
import { cachedNames } from "./cached-names.ts";
import { namesFolder } from "./names-file.ts";
import { refreshNames } from "./refresh-names.ts";

let simulator: Simulator;
let folder: string;
let env: Record<string, string>;
let choice: CloudChoice;
const home = "/nowhere";

beforeAll(async () => {
  simulator = await Simulator.start();
  choice = { kind: "simulator", endpoint: simulator.endpoint };
  const [{ accessKeyId, accessKeySecret }] = simulatorAccounts;
  const cloud = connectAlibabaCloud({
    credentials: { accessKeyId, accessKeySecret: new Secret(accessKeySecret) },
    endpoints: { simulator: simulator.endpoint },
  });
  for (const [region, bucket] of [
    ["cn-hangzhou", "web-images"],
    ["cn-shanghai", "db-images"],
  ] as const) {
    const store = cloud.objects(region);
    await store.createBucket(bucket);
    await store.close();
  }
  await cloud.close();
});
afterAll(() => simulator.stop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-names-"));
  env = { SAMPAN_CACHE: folder };
  return () => rm(folder, { recursive: true, force: true });
});

describe("the names of an account", () => {
  it("are asked of the cloud, kept for their owner alone, and read back", async () => {
    expect(cachedNames({ choice, home, env })).toBeUndefined();
    const made = await refreshNames({ choice, home, env, regions: ["cn-beijing"] });
    const { names } = made;
    expect(names.buckets).toEqual([
      { name: "db-images", region: "cn-shanghai", storageClass: "Standard" },
      { name: "web-images", region: "cn-hangzhou", storageClass: "Standard" },
    ]);
    expect(names.regions).toContain("ap-southeast-1");
    expect([...names.askedRegions].sort()).toEqual(["cn-beijing", "cn-hangzhou", "cn-shanghai"]);
    expect(names.zones.find(({ zone }) => zone === "cn-hangzhou-i")?.instanceTypes).toContain("ecs.g7.large");
    expect(names.vSwitches.length).toBeGreaterThan(0);
    expect(names.securityGroups.length).toBeGreaterThan(0);
    expect(names.missing).toEqual([]);
    expect((await stat(made.path)).mode & 0o777).toBe(0o600);
    expect((await stat(namesFolder(env))).mode & 0o777).toBe(0o700);
    const read = cachedNames({ choice, home, env }, Date.parse(names.askedAt) + 60_000);
    expect(read).toEqual({ names, ageMs: 60_000, path: made.path });
    expect(cachedNames({ choice, home, env }, 0)?.ageMs).toBe(0);
    expect(await readdir(namesFolder(env))).toHaveLength(1);
  });

  it("hold no key and no secret", async () => {
    const { path } = await refreshNames({ choice, home, env });
    const text = await readFile(path, "utf8");
    for (const { accessKeyId, accessKeySecret } of simulatorAccounts) {
      expect(text).not.toContain(accessKeyId);
      expect(text).not.toContain(accessKeySecret);
    }
  });

  it("are found by the choice of cloud and profile alone", async () => {
    const other: CloudChoice = { ...choice, profile: { name: "receiver", origin: "--profile" } };
    await refreshNames({ choice, home, env });
    expect(cachedNames({ choice: other, home, env })).toBeUndefined();
    const { names } = await refreshNames({ choice: other, home, env });
    expect(names.account).toBe(simulatorAccounts[1].accountId);
    expect(names.buckets).toEqual([]);
    expect(cachedNames({ choice, home, env })?.names.account).toBe(simulatorAccounts[0].accountId);
    expect(cachedNames({ choice: { kind: "alibaba" }, home, env })).toBeUndefined();
  });

  it("are asked once however often they are wanted at the same time", async () => {
    const [one, other] = await Promise.all([
      refreshNames({ choice, home, env }),
      refreshNames({ choice, home, env }),
    ]);
    expect(one).toBe(other);
  });

  it("stay as they were when the cloud cannot be reached", async () => {
    const gone: CloudChoice = { kind: "simulator", endpoint: "http://localhost:1" };
    const failed = await refreshNames({ choice: gone, home, env }).catch((error: unknown) => error);
    expect(isSampanError(failed, "CLOUD_UNREACHABLE")).toBe(true);
    expect(cachedNames({ choice: gone, home, env })).toBeUndefined();
    const cancelled = refreshNames({ choice, home, env, signal: AbortSignal.abort() });
    await expect(cancelled).rejects.toMatchObject({ code: "CORE_CANCELLED" });
  });

  it("are refused where the folder cannot be made", async () => {
    await writeFile(join(folder, "file"), "");
    const refused = refreshNames({ choice, home, env: { SAMPAN_CACHE: join(folder, "file") } });
    await expect(refused).rejects.toMatchObject({ code: "CLOUD_NAMES_UNWRITABLE" });
  });

  it("are removed when nobody has asked for a month", async () => {
    await mkdir(namesFolder(env), { recursive: true });
    const old = join(namesFolder(env), "1000000000000009.json");
    const foreign = join(namesFolder(env), "notes.txt");
    for (const path of [old, foreign]) {
      await writeFile(path, "");
      await utimes(path, 1, 1);
    }
    await refreshNames({ choice, home, env });
    expect((await readdir(namesFolder(env))).filter((name) => !name.startsWith("simulator-"))).toEqual([
      "notes.txt",
    ]);
  });
});

describe("a file that is no cache of ours", () => {
  const damages: readonly (readonly [string, (path: string, text: string) => Promise<unknown>])[] = [
    ["is cut off", (path, text) => writeFile(path, text.slice(0, -20))],
    ["is of another version", (path, text) => writeFile(path, text.replace('"v":1', '"v":2'))],
    ["has a field more", (path, text) => writeFile(path, text.replace("{", '{"accessKeySecret":"x",'))],
    [
      "has control characters in a name",
      (path, text) => writeFile(path, text.replace("web-images", "web\\u001b[2J")),
    ],
    [
      "ends the string it is put into",
      (path, text) => writeFile(path, text.replace("web-images", 'a\\"+steal()+\\"')),
    ],
    ["may be written by others", (path) => chmod(path, 0o666)],
    ["is nested without end", (path) => writeFile(path, "[".repeat(1_000_000))],
    ["is very large", (path, text) => writeFile(path, text + " ".repeat(9 * 1024 ** 2))],
    ["is no text", (path) => writeFile(path, Buffer.alloc(1000, 0xff))],
  ];

  it.each(damages)("is not read when it %s", async (_what, damage) => {
    const { path } = await refreshNames({ choice, home, env });
    expect(cachedNames({ choice, home, env })).toBeDefined();
    await damage(path, await readFile(path, "utf8"));
    expect(cachedNames({ choice, home, env })).toBeUndefined();
  });

  it("is not read through a link, nor from a folder of that name", async () => {
    const { path } = await refreshNames({ choice, home, env });
    const elsewhere = join(folder, "elsewhere.json");
    await writeFile(elsewhere, await readFile(path), { mode: 0o600 });
    await rm(path);
    await symlink(elsewhere, path);
    expect(cachedNames({ choice, home, env })).toBeUndefined();
    await rm(path);
    await mkdir(path);
    expect(cachedNames({ choice, home, env })).toBeUndefined();
  });
});

it("keeps the cache where each system keeps such things", () => {
  expect(cacheFolder({ HOME: "/people/a" }, "linux")).toBe("/people/a/.cache/sampan");
  expect(cacheFolder({ HOME: "/people/a", XDG_CACHE_HOME: "/var/a" }, "linux")).toBe("/var/a/sampan");
  expect(cacheFolder({ HOME: "/people/a", XDG_CACHE_HOME: "relative" }, "linux")).toBe(
    "/people/a/.cache/sampan",
  );
  expect(cacheFolder({ HOME: "/Users/a" }, "darwin")).toBe("/Users/a/Library/Caches/sampan");
  expect(cacheFolder({ SAMPAN_CACHE: "/c" }, "win32")).toBe("/c");
});
