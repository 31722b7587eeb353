import { Simulator, type SimulatorOptions } from "@sampan/simulator";
import { afterEach, describe, expect, it } from "vitest";
import { runProgram } from "../testing/run-program.ts";

let simulator: Simulator | undefined;
afterEach(() => simulator?.stop());

async function begin(options: SimulatorOptions = {}) {
  simulator = await Simulator.start(options);
  const { endpoint } = simulator;
  return async (...argv: string[]) => {
    return runProgram(["setup", ...argv], { env: { SAMPAN_SIMULATOR: endpoint }, cwd: process.cwd() });
  };
}
const roles = async () => (await simulator?.state())?.roles ?? [];
const changes = () =>
  (simulator?.requests.list() ?? [])
    .map(({ operation }) => operation)
    .filter((operation) => !/^(Get|List|Describe)/.test(operation));

describe("setup role", () => {
  it("says what it would create in a dry run, and creates nothing", async () => {
    const setup = await begin();
    const { exitCode, out, err } = await setup("role", "--dry-run");
    expect(exitCode, err).toBe(0);
    expect(out).toContain("would create the role AliyunECSImageImportDefaultRole");
    expect(out).toContain("ecs.aliyuncs.com");
    expect(out).toContain("would attach the vendor's policy AliyunECSImageImportRolePolicy: oss:GetObject");
    expect(err).toContain("nothing was done");
    expect(await roles()).toEqual([]);
    expect(changes()).toEqual([]);
  });

  it("creates the role with trust and policy, and does nothing the second time", async () => {
    const setup = await begin();
    const first = await setup("role", "--json");
    expect(first.exitCode, first.err).toBe(0);
    expect(JSON.parse(first.out)).toMatchObject({
      role: "AliyunECSImageImportDefaultRole",
      state: "ready",
      changed: true,
      steps: [{ action: "CreateRole" }, { action: "AttachPolicyToRole" }],
    });
    expect(await roles()).toMatchObject([
      { roleName: "AliyunECSImageImportDefaultRole", policies: ["AliyunECSImageImportRolePolicy"] },
    ]);
    expect(changes()).toEqual(["CreateRole", "AttachPolicyToRole"]);
    const second = await setup("role");
    expect(second.err).toContain("nothing had to be done");
    expect(changes()).toHaveLength(2);
  });

  it("wants credentials before it looks at a real account", async () => {
    const setup = await begin();
    const { exitCode, err } = await setup("role", "--cloud", "alibaba");
    expect(exitCode).toBe(4);
    expect(err).toContain("CLOUD_CREDENTIALS_MISSING");
  });

  it("knows nothing else to set up", async () => {
    const setup = await begin();
    const { exitCode, err } = await setup("bucket");
    expect(exitCode).toBe(2);
    expect(err).toContain("sampan setup role");
  });
});
