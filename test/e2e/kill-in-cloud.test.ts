import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Migration, type Plan } from "@sampan/sdk";
import type { Simulator } from "@sampan/simulator";
import { afterAll, beforeAll, expect, it } from "vitest";
import { KillLane } from "../helpers/kill-lane.ts";
import { once, tryAll, tryOne } from "../helpers/kill-trials.ts";
import { bundleKillableRun } from "../helpers/killable-bundle.ts";
import { askEcs } from "../helpers/signed-requests.ts";
import { makeFolder } from "../helpers/temporary-folder.ts";

/*
 * As the kill matrix, for an instance that moves inside the cloud: what would be left there are snapshots.
 */

const region = "cn-hangzhou";
let folder: string;
let lanes: KillLane[];
beforeAll(async () => {
  folder = await makeFolder();
  const bundle = await bundleKillableRun(folder);
  const first = new KillLane(join(folder, "first"), bundle);
  await first.warmUp(moved);
  await first.stop();
  lanes = [new KillLane(join(folder, "a"), bundle), new KillLane(join(folder, "b"), bundle)];
});
afterAll(async () => {
  await Promise.all(lanes.map((lane) => lane.stop()));
  await rm(folder, { recursive: true, force: true });
});

/** Launches an instance with a data disk, and plans its move to another region. */
async function moved(simulator: Simulator): Promise<Plan> {
  const endpoint = { port: simulator.port, ...simulator.credentials };
  const ask = async <T>(action: string, more: Readonly<Record<string, string>> = {}): Promise<T> => {
    const { status, json } = await askEcs(endpoint, action, { RegionId: region, ...more });
    if (status !== 200) throw new Error(`${action}: ${JSON.stringify(json)}`);
    return json as T;
  };
  const networks = await ask<{ VSwitches: { VSwitch: { VSwitchId: string }[] } }>("DescribeVSwitches");
  const groups = await ask<{ SecurityGroups: { SecurityGroup: { SecurityGroupId: string }[] } }>(
    "DescribeSecurityGroups",
  );
  const made = await ask<{ InstanceIdSets: { InstanceIdSet: string[] } }>("RunInstances", {
    ImageId: "debian_12_x64_20G_alibase_20260415.vhd",
    InstanceType: "ecs.g7.large",
    InstanceName: "web-01",
    VSwitchId: networks.VSwitches.VSwitch[0]?.VSwitchId ?? "",
    SecurityGroupId: groups.SecurityGroups.SecurityGroup[0]?.SecurityGroupId ?? "",
    "SystemDisk.Category": "cloud_essd",
    "DataDisk.1.Size": "20",
    "DataDisk.1.Category": "cloud_essd",
  });
  simulator.clock.advance(600_000);
  return Migration.from(`ecs://${region}/${made.InstanceIdSets.InstanceIdSet[0]}`)
    .assess()
    .snapshot()
    .createImage({ name: "web-01" })
    .copyTo("cn-shanghai")
    .plan();
}

it("a move inside the cloud that is killed at any record of its journal leaves no snapshot and no image twice", async () => {
  const peace = await tryOne(lanes[0] as KillLane, moved);
  expect(peace.last.error).toBeUndefined();
  expect(peace.state.images.map((image) => image.region).sort()).toEqual([region, "cn-shanghai"]);
  const trials = peace.events.map(({ seq }) => once({ atRecord: seq }));
  const { bad, killed } = await tryAll(lanes, moved, peace, trials);
  expect(bad).toEqual([]);
  expect(killed).toBeGreaterThanOrEqual(trials.length - 2);
}, 600_000);
