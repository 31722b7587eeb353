import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Simulator } from "@sampan/simulator";
import { afterAll, beforeAll, expect, it } from "vitest";
import { rememberingOutput } from "../testing/fake-output.ts";
import { run } from "./names.ts";

let simulator: Simulator;
let cwd: string;
beforeAll(async () => {
  simulator = await Simulator.start();
  cwd = await mkdtemp(join(tmpdir(), "sampan-names-command-"));
});
afterAll(async () => {
  await simulator.stop();
  await rm(cwd, { recursive: true, force: true });
});

async function call(options: Readonly<Record<string, unknown>>, json = false) {
  const { output, stdout, stderr } = rememberingOutput({ json });
  const env = { SAMPAN_CACHE: join(cwd, "cache"), SAMPAN_SIMULATOR: simulator.endpoint };
  expect(await run({ args: [], options, output, env, cwd })).toBe(0);
  return { stdout: stdout.text, stderr: stderr.text };
}

it("tells what is kept, and asks the cloud only when told to", async () => {
  expect(await call({})).toEqual({
    stdout: "",
    stderr: "no names of this account are kept; `sampan names --refresh` asks the cloud for them\n",
  });
  expect((await call({}, true)).stdout).toBe("null\n");
  const { stdout } = await call({ refresh: true, region: ["cn-hangzhou"] });
  expect(stdout).toContain("account   1000000000000001\n");
  expect(stdout).toContain("looked into cn-hangzhou\n");
  const kept = JSON.parse((await call({}, true)).stdout) as { path: string; ageMs: number; zones: unknown[] };
  expect(kept.zones.length).toBeGreaterThan(0);
  expect(kept.ageMs).toBeGreaterThanOrEqual(0);
  expect(JSON.parse(await readFile(kept.path, "utf8"))).toMatchObject({ v: 1, account: "1000000000000001" });
});
