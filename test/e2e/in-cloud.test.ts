import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type Ecs from "@alicloud/ecs20140526";
import type OpenApi from "@alicloud/openapi-core";
import { type LaunchResult, Migration } from "@sampan/sdk";
import { simulatorAccounts } from "@sampan/simulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import anotherAccount from "../../examples/move-to-another-account.migration.ts";
import anotherRegion from "../../examples/move-to-another-region.migration.ts";
import anotherVpc from "../../examples/move-to-another-vpc.migration.ts";
import { type Rehearsal, startRehearsal } from "../helpers/rehearsal.ts";

/*
 * The three moves of the first whitepaper's chapter 7, over the SDK against a simulator that plain vendor clients set up and
 * look at. Here and not beside the source: loading the vendor's client takes seconds.
 */

const require = createRequire(import.meta.url);
const region = "cn-hangzhou";
const systemImage = "debian_12_x64_20G_alibase_20260415.vhd";

/** The vendor's client as its documentation sets it up, for an account of the simulator. */
function plainEcs(rehearsal: Rehearsal, account: (typeof simulatorAccounts)[number], regionId: string) {
  const vendor = require("@alicloud/ecs20140526") as typeof Ecs;
  const { $OpenApiUtil } = require("@alicloud/openapi-core") as typeof OpenApi;
  const { accessKeyId, accessKeySecret } = account;
  const config = new $OpenApiUtil.Config({
    accessKeyId,
    accessKeySecret,
    endpoint: new URL(rehearsal.simulator.endpoint).host,
    protocol: "http",
    regionId,
    readTimeout: 20_000,
  });
  const client = new vendor.default(config);
  /** An action the typed client no longer has. */
  const call = async (action: string, query: Record<string, string>): Promise<Record<string, unknown>> => {
    const params = new $OpenApiUtil.Params({
      action,
      version: "2014-05-26",
      protocol: "HTTP",
      pathname: "/",
      method: "POST",
      authType: "AK",
      style: "RPC",
      reqBodyType: "formData",
      bodyType: "json",
    });
    const request = new $OpenApiUtil.OpenApiRequest({ query: { RegionId: regionId, ...query } });
    return (await client.callApi(params, request, {} as Parameters<typeof client.callApi>[2])).body as Record<
      string,
      unknown
    >;
  };
  return { vendor, client, call };
}

describe("an instance moves inside the cloud", () => {
  const [own, receiver] = simulatorAccounts;
  let rehearsal: Rehearsal;
  let home: string;
  let instanceId: string;

  beforeAll(async () => {
    rehearsal = await startRehearsal();
    home = mkdtempSync(join(tmpdir(), "sampan-in-cloud-"));
    const { vendor, client, call } = plainEcs(rehearsal, own, region);
    const networks = (await call("DescribeVSwitches", {})) as {
      readonly VSwitches: { readonly VSwitch: readonly { readonly VSwitchId: string }[] };
    };
    const groups = await client.describeSecurityGroups(
      new vendor.DescribeSecurityGroupsRequest({ regionId: region }),
    );
    const made = await client.runInstances(
      new vendor.RunInstancesRequest({
        regionId: region,
        imageId: systemImage,
        instanceType: "ecs.g7.large",
        instanceName: "web-01",
        vSwitchId: networks.VSwitches.VSwitch[0]?.VSwitchId,
        securityGroupId: groups.body?.securityGroups?.securityGroup?.[0]?.securityGroupId,
        systemDisk: { category: "cloud_essd" },
        dataDisk: [{ size: 20, category: "cloud_essd" }],
      }),
    );
    instanceId = made.body?.instanceIdSets?.instanceIdSet?.[0] ?? "";
  }, 60_000);
  afterAll(async () => {
    await rehearsal?.stop();
    if (home !== undefined) rmSync(home, { recursive: true, force: true });
  });

  const cloud = () => ({ kind: "simulator", endpoint: rehearsal.simulator.endpoint }) as const;
  const seen = async (account: (typeof simulatorAccounts)[number], where: string, id: string) => {
    const { vendor, client } = plainEcs(rehearsal, account, where);
    const asked = new vendor.DescribeInstancesRequest({ regionId: where, instanceIds: JSON.stringify([id]) });
    return (await client.describeInstances(asked)).body?.instances?.instance?.[0];
  };
  const diskTypes = async (account: (typeof simulatorAccounts)[number], where: string, id: string) => {
    const { vendor, client } = plainEcs(rehearsal, account, where);
    const asked = new vendor.DescribeDisksRequest({ regionId: where, instanceId: id });
    return ((await client.describeDisks(asked)).body?.disks?.disk ?? []).map((disk) => disk.type).sort();
  };

  it("to another VPC", async () => {
    const { vendor, client, call } = plainEcs(rehearsal, own, region);
    const { VpcId: vpcId } = await call("CreateVpc", { CidrBlock: "10.0.0.0/8", VpcName: "target" });
    await call("CreateVSwitch", { VpcId: String(vpcId), ZoneId: "cn-hangzhou-j", CidrBlock: "10.1.0.0/16" });
    await client.createSecurityGroup(
      new vendor.CreateSecurityGroupRequest({
        regionId: region,
        vpcId: String(vpcId),
        securityGroupName: "target",
      }),
    );
    const plan = Migration.from({ kind: "ecs", region, instanceId })
      .assess()
      .snapshot({ stop: true })
      .createImage({ name: "to-vpc" })
      .launch({ vpcId: String(vpcId) })
      .verify();
    const done = await plan.run({ home, cloud: cloud() });
    expect(done.verification?.verdict).toBe("simulated");
    const instance = await seen(own, region, done.launched.instanceId);
    expect(instance).toMatchObject({
      status: "Running",
      zoneId: "cn-hangzhou-j",
      imageId: done.images[0]?.imageId,
    });
    expect(instance?.vpcAttributes?.vpcId).toBe(vpcId);
    expect(await diskTypes(own, region, done.launched.instanceId)).toEqual(["data", "system"]);
    expect((await seen(own, region, instanceId))?.status).toBe("Running");
    // The second run of a finished plan makes nothing.
    const again = await plan.run({ home, cloud: cloud() });
    expect(again).toEqual(done);
  }, 120_000);

  it("to another region", async () => {
    const done = await Migration.from({ kind: "ecs", region, instanceId })
      .snapshot()
      .createImage({ name: "to-region" })
      .copyTo("cn-shanghai")
      .launch({ region: "cn-shanghai" })
      .verify({ afterwards: "stop" })
      .run({ home, cloud: cloud() });
    expect((await rehearsal.images("cn-shanghai")).map((image) => image.imageName)).toEqual(["to-region"]);
    const instance = await seen(own, "cn-shanghai", done.launched.instanceId);
    expect(["Stopping", "Stopped"]).toContain(instance?.status);
    expect(await diskTypes(own, "cn-shanghai", done.launched.instanceId)).toEqual(["data", "system"]);
  }, 120_000);

  it("to another account", async () => {
    const done = await Migration.from({ kind: "ecs", region, instanceId })
      .createImage({ name: "to-account" })
      .shareWith(receiver.accountId)
      .launch({ profile: "receiver" })
      .run({ home, cloud: cloud() });
    const { instanceId: theirs } = done.launched;
    expect(await seen(own, region, theirs)).toBeUndefined();
    expect(await seen(receiver, region, theirs)).toMatchObject({
      status: "Running",
      imageId: done.images[0]?.imageId,
    });
  }, 120_000);

  it("only where a plan that shares with nobody is refused", async () => {
    const run = Migration.from({ kind: "ecs", region, instanceId })
      .createImage({ name: "to-nobody" })
      .launch({ profile: "receiver" })
      .run({ home, cloud: cloud() });
    await expect(run.result).rejects.toMatchObject({ code: "CLOUD_IMAGE_NOT_FOUND" });
  }, 120_000);
});

describe("the examples of moves inside the cloud", () => {
  it.each([
    ["another VPC", anotherVpc],
    ["another region", anotherRegion],
    ["another account", anotherAccount],
  ])(
    "to %s rehearse in the built-in simulator, and claim no boot",
    async (_name, plan) => {
      const home = mkdtempSync(join(tmpdir(), "sampan-example-"));
      try {
        const done: LaunchResult = await plan.run({ home, cloud: { kind: "simulator" } });
        expect(done).toMatchObject({ complete: true, cloud: { rehearsal: true } });
        expect(done.verification).toMatchObject({ verdict: "simulated", afterwards: "delete" });
        const evidence = JSON.parse(readFileSync(done.verification?.evidence ?? "", "utf8"));
        expect(evidence.sentence).toContain("nothing booted");
      } finally {
        rmSync(home, { recursive: true, force: true });
      }
    },
    120_000,
  );
});
