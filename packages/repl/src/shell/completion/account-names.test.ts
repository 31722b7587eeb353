import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { refreshNames } from "@sampan/sdk";
import { Simulator } from "@sampan/simulator";
import { afterAll, beforeAll, expect, it } from "vitest";
import { accountNamesSource } from "./account-names.ts";
import { outlineScope } from "./session-values.ts";
import { createCompleter } from "./shell-completer.ts";
import { createSurroundings } from "./surroundings.ts";

let simulator: Simulator;
let cwd: string;
let env: Record<string, string>;
beforeAll(async () => {
  simulator = await Simulator.start();
  cwd = await mkdtemp(join(tmpdir(), "sampan-account-"));
  env = { SAMPAN_CACHE: join(cwd, "cache"), SAMPAN_SIMULATOR: simulator.endpoint, HOME: cwd };
});
afterAll(async () => {
  await simulator.stop();
  await rm(cwd, { recursive: true, force: true });
});
const question = () => ({
  choice: { kind: "simulator", endpoint: simulator.endpoint } as const,
  home: join(cwd, ".sampan"),
  env,
});

it("knows regions before anything was asked, and the account's names once they were asked for behind", async () => {
  const completer = createCompleter({
    cwd,
    variables: () => outlineScope({}),
    surroundings: createSurroundings({ cwd, env }),
  });
  const text = 'x.launch({ region: "cn-hangzhou", zone: "';
  const first = await completer.complete(text, text.length);
  expect(first.candidates).toEqual([]);
  expect(first.note).toBe("names of the account: being asked for, press Tab again");
  const regions = 'x.copyTo("cn-shangh';
  expect(await completer.complete(regions, regions.length)).toMatchObject({ insert: 'cn-shanghai"' });
  // The same question is joined, so that the answer is there.
  await refreshNames({ ...question(), regions: [] });
  await new Promise((turn) => setImmediate(turn));
  const later = await completer.complete(text, text.length);
  expect(later.note).toMatch(/^names of the account: .* old$/);
  completer.close();
});

it("offers zones, types and networks by region", async () => {
  await refreshNames({ ...question(), regions: ["cn-hangzhou", "cn-shanghai"] });
  const source = accountNamesSource(question);
  expect(source.names("zone")).toEqual([]);
  source.read();
  expect(source.names("zone")).toContainEqual({
    value: "cn-hangzhou-i",
    region: "cn-hangzhou",
    summary: "China (Hangzhou)",
  });
  expect(source.names("instance-type").map(({ value }) => value)).toContain("ecs.g7.large");
  for (const kind of ["vpc", "vswitch", "security-group"] as const) {
    expect(new Set(source.names(kind).map(({ region }) => region))).toEqual(
      new Set(["cn-hangzhou", "cn-shanghai"]),
    );
  }
});

it("asks again only when what is kept is old, and never starts a simulator that was not used", async () => {
  const { path } = await refreshNames(question());
  const before = await readFile(path, "utf8");
  const source = accountNamesSource(question);
  await source.ask();
  expect(await readFile(path, "utf8")).toBe(before);
  const old = JSON.stringify({ ...JSON.parse(before), askedAt: "2026-01-01T00:00:00.000Z" });
  await writeFile(path, old);
  const again = accountNamesSource(question);
  await again.ask();
  expect(await readFile(path, "utf8")).not.toBe(old);
  const unused = accountNamesSource(() => ({ ...question(), choice: { kind: "simulator" } }));
  await unused.ask();
  expect(unused.age()).toBeUndefined();
  await expect(readFile(join(cwd, ".sampan/simulator"))).rejects.toMatchObject({ code: "ENOENT" });
});

it("goes on with what it knows when the cloud cannot be asked", async () => {
  const source = accountNamesSource(() => ({
    ...question(),
    choice: { kind: "simulator", endpoint: "http://localhost:1" },
  }));
  await source.ask();
  expect(source.names("bucket")).toEqual([]);
  expect(source.names("region").length).toBeGreaterThan(20);
  source.close();
});
