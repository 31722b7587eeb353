import { type Cloud, importRoleSteps, type PermissionAnswer, probePermissions } from "@sampan/cloud";
import { isSampanError } from "@sampan/core";
import type { CloudChoice, Identity } from "@sampan/sdk";
import { count } from "../terminal/numbers.ts";
import { bucketFindings } from "./bucket.ts";
import { type CheckTask, type DoctorWorld, type Finding, failed, good, note, warning } from "./check.ts";

const limitMs = 120_000;

/** What the checks of an account share: each is asked for once, by whoever needs it first. */
export interface AccountQuestions {
  readonly identity: () => Promise<Identity>;
  readonly region: () => Promise<string>;
  readonly cloud: () => Promise<Cloud>;
}

/** What the account may do and has: permissions, the import role, the bucket, quotas. */
export function cloudTasks(
  { choice, bucket }: DoctorWorld,
  { identity, region, cloud }: AccountQuestions,
  told: (answers: readonly PermissionAnswer[]) => void,
): readonly CheckTask[] {
  if (choice === undefined) return [];
  const task = (group: CheckTask["group"], work: CheckTask["run"]): CheckTask => ({
    group,
    name: group,
    limitMs,
    run: async (signal) => {
      // What is wrong with the credentials is told once.
      const known = await identity().then(
        () => true,
        () => false,
      );
      return known ? work(signal) : note(group, "not asked: nobody could be logged in");
    },
  });
  let asking: Promise<readonly PermissionAnswer[]> | undefined;
  const permissions = (signal: AbortSignal) => {
    asking ??= (async () => {
      const { caller } = await identity();
      const place = { region: await region(), bucket, accountId: caller.accountId, signal };
      return probePermissions(await cloud(), place);
    })();
    return asking;
  };
  return [
    task("permissions", async (signal) => {
      const answers = await permissions(signal);
      told(answers);
      return permissionFindings(answers);
    }),
    task("import role", async (signal) => roleFinding(await cloud(), choice, signal)),
    bucket === undefined
      ? task("bucket", async () => note("bucket", "not asked: none was named", "sampan doctor --bucket NAME"))
      : task("bucket", async (signal) => bucketFindings(await cloud(), bucket, await region(), signal)),
    task("quotas", async (signal) =>
      quotaFindings(await cloud(), await region(), await permissions(signal), signal),
    ),
  ];
}

function permissionFindings(answers: readonly PermissionAnswer[]): readonly Finding[] {
  const told = answers.filter(({ verdict }) => verdict !== "unknown").map(permissionFinding);
  // Those that cannot be told for the same reason share a line.
  const reasons = new Map<string, string[]>();
  for (const { action, verdict, evidence } of answers) {
    if (verdict === "unknown") reasons.set(evidence, [...(reasons.get(evidence) ?? []), action]);
  }
  return [
    ...told,
    ...[...reasons].map(([evidence, actions]) => note("unknown", `${actions.join(", ")}: ${evidence}`)),
  ];
}

function permissionFinding({ action, verb, verdict, evidence }: PermissionAnswer): Finding {
  if (verdict === "allowed") return good(action, `allowed: ${evidence}`);
  const policy = JSON.stringify({ Effect: "Allow", Action: action, Resource: "*" });
  const fix = `Allow it to this user or role in RAM: ${policy}`;
  return verb === null
    ? failed(action, `denied: ${evidence}`, fix)
    : warning(action, `denied, which \`${verb}\` needs: ${evidence}`, fix);
}

async function roleFinding(cloud: Cloud, choice: CloudChoice, signal: AbortSignal): Promise<Finding> {
  try {
    const { name, state } = await cloud.access.describeImportRole(signal);
    if (state === "ready") return good(name, "there, trusted to ECS, and with the vendor's policy");
    const lacks = {
      missing: "there is no such role",
      untrusted: "ECS may not assume it",
      powerless: "it lacks the vendor's policy",
    }[state];
    const fix = `sampan setup role${choice.kind === "alibaba" ? " --cloud alibaba" : ""}`;
    return failed(
      name,
      `${lacks}: an import would be refused; ${count(importRoleSteps(state).length, "step")} to go`,
      fix,
    );
  } catch (error) {
    if (!isSampanError(error, "CLOUD_PERMISSION_DENIED")) throw error;
    return note("import role", "cannot be told: asking for it is denied");
  }
}

async function quotaFindings(
  cloud: Cloud,
  region: string,
  answers: readonly PermissionAnswer[],
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const full = answers.find(({ evidence }) => /QuotaExceed\.Image/.test(evidence));
  const more = "Delete images you no longer need, or ask for more: https://quotas.console.aliyun.com";
  const counted = async (name: string, list: Promise<readonly unknown[]>): Promise<Finding> => {
    try {
      return note(name, `${(await list).length} in ${region}; how many there may be, no call tells`);
    } catch (error) {
      if (!isSampanError(error, "CLOUD_PERMISSION_DENIED")) throw error;
      return note(name, "cannot be told: listing them is denied");
    }
  };
  const [images, snapshots] = await Promise.all([
    counted("custom images", cloud.images.listImages(region, {}, signal)),
    counted("snapshots", cloud.snapshots.listSnapshots(region, {}, signal)),
  ]);
  return [
    full === undefined
      ? images
      : failed("custom images", `the quota of ${region} is used up (QuotaExceed.Image)`, more),
    snapshots,
  ];
}
