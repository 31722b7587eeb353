import { importPolicyName, importRoleName } from "@sampan/cloud";
import type { Plan } from "../plan/plan.ts";
import { stepOf } from "../plan/plan.ts";
import { afterwardsOf } from "./plan-places.ts";

/** What a permission is about, as RAM names resources. */
export type PermissionScope = "everything" | "bucket" | "objects" | "region" | "import-role";

/** One action a key must be allowed, and when. */
export interface Permission {
  /** As RAM spells it: `ecs:ImportImage`. */
  readonly action: string;
  readonly scope: PermissionScope;
  /** When it is needed, in words; absent where it always is. */
  readonly when?: string;
  /** Whether a plan needs it; absent where every plan with the stage does. */
  readonly needed?: (plan: Plan) => boolean;
}

const inRegion = (...actions: readonly string[]): readonly Permission[] =>
  actions.map((action) => ({ action, scope: "region" }));

const createsBucket = (plan: Plan): boolean => stepOf(plan, "upload")?.options.createBucket === true;
const createsRole = (plan: Plan): boolean => stepOf(plan, "import")?.options.createRole === true;
const buildsImage = (plan: Plan): boolean => stepOf(plan, "import")?.options.strategy === "image-builder";
const stops = (plan: Plan): boolean => stepOf(plan, "snapshot")?.options.stop === true;
const endsInstance = (plan: Plan): boolean => afterwardsOf(plan) !== "keep";

const roleActions = ["ram:CreateRole", "ram:AttachPolicyToRole", "ram:UpdateRole"] as const;
const builderActions = [
  "ecs:CreateImagePipeline",
  "ecs:StartImagePipelineExecution",
  "ecs:DescribeImagePipelineExecutions",
  "ecs:CancelImagePipelineExecution",
  "ecs:DeleteImagePipeline",
] as const;

/**
 * Which RAM actions each stage asks for: the one table that the forecast, its policy and the manual are made from.
 *
 * `select` and `assess` are those of an ECS instance; of every other source they call no cloud. Sources: the vendor's pages on
 * authorization of OSS, ECS and RAM, 2026-02.
 */
export const stagePermissions: Readonly<Record<string, readonly Permission[]>> = {
  select: inRegion("ecs:DescribeInstances", "ecs:DescribeDisks"),
  assess: inRegion("ecs:DescribeInstances", "ecs:DescribeDisks"),
  check: [
    { action: "ecs:DescribeRegions", scope: "everything" },
    { action: "oss:GetBucketInfo", scope: "bucket" },
    {
      action: "oss:PutBucket",
      scope: "bucket",
      when: "with `upload(…, { createBucket: true })`",
      needed: createsBucket,
    },
    { action: "ram:GetRole", scope: "import-role" },
    { action: "ram:ListPoliciesForRole", scope: "import-role" },
  ],
  upload: [
    { action: "oss:PutObject", scope: "objects" },
    { action: "oss:GetObject", scope: "objects" },
    { action: "oss:ListParts", scope: "objects" },
    { action: "oss:AbortMultipartUpload", scope: "objects" },
    { action: "oss:ListMultipartUploads", scope: "bucket" },
  ],
  import: [
    ...inRegion("ecs:DescribeImages", "ecs:DeleteImage", "ecs:CancelTask"),
    ...inRegion("ecs:ImportImage", "ecs:DescribeTasks", "ecs:DescribeTaskAttribute").map((one) => ({
      ...one,
      needed: (plan: Plan) => !buildsImage(plan),
    })),
    ...roleActions.map((action) => ({
      action,
      scope: "import-role" as const,
      when: "with `import({ createRole: true })`",
      needed: createsRole,
    })),
    ...builderActions.map((action) => ({
      action,
      scope: "region" as const,
      when: 'with `import({ strategy: "image-builder" })`',
      needed: buildsImage,
    })),
  ],
  snapshot: [
    ...inRegion("ecs:DescribeInstances", "ecs:DescribeDisks", "ecs:CreateSnapshot", "ecs:DescribeSnapshots"),
    ...["ecs:StopInstance", "ecs:StartInstance"].map((action) => ({
      action,
      scope: "region" as const,
      when: "with `snapshot({ stop: true })`",
      needed: stops,
    })),
  ],
  "create-image": inRegion("ecs:CreateImage", "ecs:DescribeImages"),
  copy: inRegion("ecs:CopyImage", "ecs:DescribeImages", "ecs:DeleteImage", "ecs:CancelCopyImage"),
  share: inRegion("ecs:ModifyImageSharePermission", "ecs:DescribeImageSharePermission"),
  launch: [
    ...inRegion(
      "ecs:RunInstances",
      "ecs:DescribeInstances",
      "ecs:DescribeInstanceTypes",
      "ecs:DescribeAvailableResource",
      "ecs:DescribeImages",
      "ecs:DescribeSecurityGroups",
    ),
    { action: "vpc:DescribeVSwitches", scope: "everything" },
  ],
  verify: [
    ...inRegion(
      "ecs:DescribeInstances",
      "ecs:GetInstanceConsoleOutput",
      "ecs:GetInstanceScreenshot",
      "ecs:DescribeCloudAssistantStatus",
    ),
    ...["ecs:StopInstance", "ecs:DeleteInstance"].map((action) => ({
      action,
      scope: "region" as const,
      when: "with a test instance, or `verify({ afterwards })`",
      needed: endsInstance,
    })),
  ],
};

/** The stages of a plan that call a cloud, with the actions this plan makes them ask for. */
export interface StageActions {
  /** Key of the stage: `copy:cn-shanghai`. */
  readonly stage: string;
  readonly actions: readonly string[];
}

/** What a plan's stages need to be allowed, in order; stages that call no cloud are left out. */
export function actionsOfPlan(plan: Plan, keys: readonly string[]): readonly StageActions[] {
  return keys.flatMap((stage) => {
    const actions = permissionsOf(plan, stage).map(({ action }) => action);
    return actions.length === 0 ? [] : [{ stage, actions }];
  });
}

function permissionsOf(plan: Plan, stage: string): readonly Permission[] {
  const name = stage.split(":")[0] ?? stage;
  // Disks of any other source are looked at where they are.
  if ((name === "select" || name === "assess") && plan.source.kind !== "ecs") return [];
  return (stagePermissions[name] ?? []).filter(({ needed }) => needed === undefined || needed(plan));
}

/** A policy document of RAM. Plain JSON. */
export interface PolicyDocument {
  readonly Version: "1";
  readonly Statement: readonly {
    readonly Effect: "Allow";
    readonly Action: readonly string[];
    readonly Resource: readonly string[];
  }[];
}

/** Where a policy is to hold. */
export interface PolicyPlaces {
  readonly bucket: string | null;
  /** Regions in which images, snapshots and instances are made. */
  readonly regions: readonly string[];
}

/**
 * The least a key has to be allowed for a plan to run: its stages' actions, on its bucket, in its regions, and on nothing else.
 */
export function policyOf(plan: Plan, keys: readonly string[], places: PolicyPlaces): PolicyDocument {
  const byScope = new Map<PermissionScope, { actions: Set<string>; resources: Set<string> }>();
  for (const { action, scope } of keys.flatMap((key) => permissionsOf(plan, key))) {
    const entry = byScope.get(scope) ?? {
      actions: new Set(),
      resources: new Set(resourcesOf(scope, places)),
    };
    byScope.set(scope, entry);
    entry.actions.add(action);
  }
  return {
    Version: "1",
    Statement: [...byScope.values()].map(({ actions, resources }) => ({
      Effect: "Allow",
      Action: [...actions].sort(),
      Resource: [...resources].sort(),
    })),
  };
}

/** One policy that allows what several do: statements of the same resources become one. */
export function mergePolicies(policies: readonly PolicyDocument[]): PolicyDocument {
  const byResources = new Map<
    string,
    { readonly Resource: readonly string[]; readonly actions: Set<string> }
  >();
  for (const { Action, Resource } of policies.flatMap(({ Statement }) => Statement)) {
    const key = Resource.join(" ");
    const entry = byResources.get(key) ?? { Resource, actions: new Set<string>() };
    byResources.set(key, entry);
    for (const action of Action) entry.actions.add(action);
  }
  const statements = [...byResources.values()];
  return {
    Version: "1",
    Statement: statements.map(({ Resource, actions }) => ({
      Effect: "Allow",
      Action: [...actions].sort(),
      Resource,
    })),
  };
}

function resourcesOf(scope: PermissionScope, { bucket, regions }: PolicyPlaces): readonly string[] {
  switch (scope) {
    case "everything":
      return ["*"];
    case "bucket":
      return [`acs:oss:*:*:${bucket ?? "*"}`];
    case "objects":
      return [`acs:oss:*:*:${bucket ?? "*"}/*`];
    case "region":
      return regions.length === 0
        ? ["acs:ecs:*:*:*", "acs:vpc:*:*:*"]
        : regions.flatMap((region) => [`acs:ecs:${region}:*:*`, `acs:vpc:${region}:*:*`]);
    case "import-role":
      return [
        `acs:ram:*:*:role/${importRoleName.toLowerCase()}`,
        `acs:ram:*:*:role/${importRoleName}`,
        `acs:ram:*:system:policy/${importPolicyName}`,
      ];
  }
}
