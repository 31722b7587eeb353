import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { simulatorAccounts } from "@sampan/simulator";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/*
 * The whitepaper's ways of an image (chapter 7: another VPC, another region, another account) and the import, walked by a
 * script that knows nothing of Sampan, with the published clients, against a simulator in a process of its own. A file by
 * itself: loading the published client takes seconds.
 */

const program = [
  'import { Simulator } from "@sampan/simulator";',
  'const simulator = await Simulator.start({ timeScale: 1000, switches: { importRole: "ready" } });',
  'process.stdout.write(simulator.endpoint + "\\n");',
].join("\n");

interface Way {
  readonly way: string;
  readonly instanceId: string;
  readonly regionId: string;
  readonly imageId: string;
  readonly vpcId: string;
  readonly alias?: string;
}

let simulator: ChildProcess;
let ways: readonly Way[];

beforeAll(async () => {
  // The built simulator: `npm run build` must have run.
  simulator = spawn(process.execPath, ["--input-type=module", "-e", program], {
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (!simulator.stdout) throw new Error("the simulator has no output");
  let endpoint = "";
  for await (const line of createInterface({ input: simulator.stdout })) {
    endpoint = line;
    break;
  }
  const script = fileURLToPath(new URL("plain-clients.mjs", import.meta.url));
  const { stdout } = await execa(process.execPath, [script, endpoint, JSON.stringify(simulatorAccounts)]);
  ways = stdout.split("\n").map((line) => JSON.parse(line) as Way);
}, 120_000);

afterAll(() => {
  simulator?.kill();
});

const wayOf = (name: string) => ways.find(({ way }) => way === name);

describe("a script with the published clients alone", () => {
  it("imports a disk and launches what came of it", () => {
    expect(wayOf("import")).toMatchObject({ regionId: "cn-hangzhou" });
  });

  it("moves an instance to another VPC by an image of its snapshot", () => {
    const moved = wayOf("other VPC");
    expect(moved?.vpcId).toMatch(/^vpc-/);
    expect(moved?.vpcId).not.toBe(wayOf("import")?.vpcId);
    expect(moved?.imageId).not.toBe(wayOf("import")?.imageId);
  });

  it("moves it to another region by a copy of the image", () => {
    expect(wayOf("other region")).toMatchObject({ regionId: "cn-shanghai" });
    expect(wayOf("other region")?.imageId).not.toBe(wayOf("other VPC")?.imageId);
  });

  it("moves it to another account by sharing the image, which that one launches in a network of its own", () => {
    expect(wayOf("other account")).toMatchObject({
      regionId: "cn-hangzhou",
      alias: "others",
      imageId: wayOf("other VPC")?.imageId,
    });
    expect(wayOf("other account")?.vpcId).not.toBe(wayOf("import")?.vpcId);
  });
});
