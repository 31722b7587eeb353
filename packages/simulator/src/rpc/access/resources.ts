import type { Resource } from "../../access/arn.ts";
import type { RpcParameters } from "../parameters.ts";

/** A kind of thing RAM knows: the service it is named under and the first part of its path. */
interface ResourceKind {
  readonly service: string;
  readonly type: string;
}

const ecs = (type: string): ResourceKind => ({ service: "ecs", type });
const vpc = (type: string): ResourceKind => ({ service: "vpc", type });

/**
 * What a parameter of ECS names, by the last word of its name without the `s` of a list, wherever it stands
 * (`Disk.1.SnapshotId`, `InstanceIds`). The one table: an action whose parameters stand here needs nothing more.
 * Source: vendor pages on authorization of ECS and VPC, 2026-02.
 */
const kindsByParameter: ReadonlyMap<string, ResourceKind> = new Map([
  ["InstanceId", ecs("instance")],
  ["ImageId", ecs("image")],
  ["SnapshotId", ecs("snapshot")],
  ["DiskId", ecs("disk")],
  ["SecurityGroupId", ecs("securitygroup")],
  ["KeyPairName", ecs("keypair")],
  ["NetworkInterfaceId", ecs("eni")],
  ["LaunchTemplateId", ecs("launchtemplate")],
  ["ImagePipelineId", ecs("imagepipeline")],
  ["VpcId", vpc("vpc")],
  ["VSwitchId", vpc("vswitch")],
]);

/** What an action is about by its name, the longest word first. */
const kindsByNoun: readonly (readonly [string, ResourceKind])[] = [
  ["ImagePipeline", ecs("imagepipeline")],
  ["NetworkInterface", ecs("eni")],
  ["LaunchTemplate", ecs("launchtemplate")],
  ["SecurityGroup", ecs("securitygroup")],
  ["Snapshot", ecs("snapshot")],
  ["Instance", ecs("instance")],
  ["VSwitch", vpc("vswitch")],
  ["KeyPair", ecs("keypair")],
  ["Image", ecs("image")],
  ["Disk", ecs("disk")],
  ["Vpc", vpc("vpc")],
];

/** Where and for whom a call is made. */
export interface Place {
  readonly region: string;
  readonly accountId: string;
}

/**
 * The resources a call of ECS touches: everything its parameters name, and for what it makes, `image/*` and the like. A
 * call that only reads is judged by what it is about: its other ids are filters.
 */
export function ecsResources(action: string, parameters: RpcParameters, place: Place): readonly Resource[] {
  const about = kindsByNoun.find(([noun]) => action.includes(noun))?.[1];
  const isReading = /^(?:Describe|List|Get|Query)/.test(action);
  const isMaking = /^(?:Create|Run|Import|Allocate)/.test(action);
  const found = new Map<string, Resource>();
  const add = ({ service, type }: ResourceKind, id: string) => {
    const path = `${type}/${id}`;
    found.set(`${service} ${path}`, { ...place, service, path });
  };
  for (const [name, value] of parameters.entries()) {
    const kind = kindOf(name);
    if (!kind || value === "" || (isReading && kind !== about)) continue;
    for (const id of idsIn(value)) add(kind, id);
  }
  if (about && (isMaking || found.size === 0)) add(about, "*");
  if (found.size === 0) return [{ ...place, service: "ecs", path: "*" }];
  return [...found.values()];
}

/** What the parameters of RAM name; `user/*` and the like when they name nothing. */
export function ramResources(
  action: string,
  parameters: RpcParameters,
  accountId: string,
  ownUserName: string | undefined,
): readonly Resource[] {
  const resource = (path: string, owner = accountId): Resource => ({
    service: "ram",
    region: "",
    accountId: owner,
    path,
  });
  const found: Resource[] = [];
  const user = parameters.text("UserName") ?? (/AccessKey/.test(action) ? ownUserName : undefined);
  if (user !== undefined) found.push(resource(`user/${user}`));
  const group = parameters.text("GroupName");
  if (group !== undefined) found.push(resource(`group/${group}`));
  const role = parameters.text("RoleName");
  if (role !== undefined) found.push(resource(`role/${role}`));
  const policy = parameters.text("PolicyName");
  if (policy !== undefined) {
    found.push(
      resource(`policy/${policy}`, parameters.text("PolicyType") === "System" ? "system" : accountId),
    );
  }
  if (found.length > 0) return found;
  const noun = /Polic/.test(action)
    ? "policy"
    : /Group/.test(action)
      ? "group"
      : /Role/.test(action)
        ? "role"
        : "user";
  return [resource(`${noun}/*`)];
}

function kindOf(name: string): ResourceKind | undefined {
  const word = name.split(".").findLast((part) => !/^\d+$/.test(part)) ?? "";
  return kindsByParameter.get(word) ?? kindsByParameter.get(word.replace(/s$/, ""));
}

/** One id, several between commas, or a JSON list of them. */
function idsIn(value: string): readonly string[] {
  const text = value.trim();
  if (text.startsWith("[")) {
    try {
      const list: unknown = JSON.parse(text);
      if (Array.isArray(list)) return list.filter((item) => typeof item === "string").slice(0, 1000);
    } catch {
      // Taken as it is: the action itself will refuse it.
    }
  }
  return text.split(",", 1000).map((item) => item.trim());
}
