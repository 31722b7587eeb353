import type { Simulator } from "../simulator.ts";
import { callRpc } from "./raw-client.ts";

/** The JSON of an answer, looked into by path: a wrong path fails the test. */
type Json = ReturnType<typeof JSON.parse>;

/** Calls an action of ECS that must succeed. */
export async function ecs(
  simulator: Simulator,
  action: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<Json> {
  const { status, json } = await callRpc(simulator, action, { RegionId: "cn-hangzhou", ...parameters });
  if (status !== 200) throw new Error(`${action} was refused: ${JSON.stringify(json)}`);
  return json;
}

/** Calls an action of ECS that must be refused: `403 OperationDenied.NoStock`. */
export async function refusal(
  simulator: Simulator,
  action: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { status, json } = await callRpc(simulator, action, { RegionId: "cn-hangzhou", ...parameters });
  return `${status} ${String(json.Code ?? "")}`.trim();
}

/** Parameters of a launch into what every account finds ready. */
export async function launchInto(
  simulator: Simulator,
  region = "cn-hangzhou",
): Promise<Record<string, string>> {
  const networks = await ecs(simulator, "DescribeVSwitches", { RegionId: region });
  const groups = await ecs(simulator, "DescribeSecurityGroups", { RegionId: region });
  const [vSwitch] = networks.VSwitches.VSwitch;
  return {
    RegionId: region,
    ImageId: "debian_12_x64_20G_alibase_20260415.vhd",
    InstanceType: "ecs.g7.large",
    VSwitchId: vSwitch.VSwitchId,
    ZoneId: vSwitch.ZoneId,
    SecurityGroupId: groups.SecurityGroups.SecurityGroup[0].SecurityGroupId,
  };
}

/** Launches one instance and lets it come up. */
export async function launched(
  simulator: Simulator,
  more: Readonly<Record<string, string>> = {},
): Promise<string> {
  const parameters = { ...(await launchInto(simulator, more.RegionId)), ...more };
  const answer = await ecs(simulator, "RunInstances", parameters);
  simulator.clock.advance(60_000);
  return answer.InstanceIdSets.InstanceIdSet[0];
}
