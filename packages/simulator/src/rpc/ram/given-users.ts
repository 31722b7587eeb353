import { SampanError } from "@sampan/core";
import { PolicyProblem, parsePolicy } from "../../access/document.ts";
import { systemPolicies } from "../../access/system-policies.ts";
import type { SimulatorUser } from "../../accounts.ts";
import type { World } from "../../world.ts";
import { isSame } from "./entities.ts";
import { newUserId } from "./ids.ts";
import type { AttachedPolicy } from "./records.ts";

/**
 * Puts the users of the options into their accounts, with their keys and policies, and names the accounts. What calls have given such a user in an
 * earlier run stays. `CORE_ARGUMENT` for a policy that is none, and a key that is another's.
 */
export async function createGivenUsers(world: World): Promise<void> {
  for (const { accountId, alias, users = [] } of world.accounts.accounts) {
    if (alias !== undefined && world.ram.aliases.get(accountId, accountId) === undefined) {
      await world.ram.aliases.put({ accountId, alias });
    }
    for (const user of users) await createUser(world, accountId, user);
  }
}

async function createUser(world: World, accountId: string, given: SimulatorUser): Promise<void> {
  const nowMs = world.clock.now();
  const { userName, accessKeyId, accessKeySecret } = given;
  const policies: AttachedPolicy[] = (given.systemPolicies ?? []).map((name) => {
    if (!systemPolicies.has(name)) throw refused(userName, `there is no system policy ${name}`);
    return { name, type: "System", attachedAtMs: nowMs };
  });
  for (const [index, document] of (given.policies ?? []).entries()) {
    const name = `${userName.replace(/[^A-Za-z0-9-]/g, "-")}-${index + 1}`;
    await putPolicy(world, accountId, name, JSON.stringify(document), userName);
    policies.push({ name, type: "Custom", attachedAtMs: nowMs });
  }
  const earlier = world.ram.user(accountId, userName);
  const holder = world.accounts.find(accessKeyId)?.caller;
  if (holder && holder.principalId !== earlier?.userId) {
    throw refused(userName, `the key ${accessKeyId} is that of ${holder.arn}`);
  }
  const otherKeys = earlier?.keys.filter((key) => key.accessKeyId !== accessKeyId) ?? [];
  const otherPolicies =
    earlier?.policies.filter((policy) => !policies.some((own) => isSame(own, policy))) ?? [];
  await world.ram.putUser({
    accountId,
    userName,
    userId: earlier?.userId ?? newUserId(),
    displayName: earlier?.displayName ?? userName,
    mobilePhone: earlier?.mobilePhone ?? "",
    email: earlier?.email ?? "",
    comments: earlier?.comments ?? "",
    createdAtMs: earlier?.createdAtMs ?? nowMs,
    updatedAtMs: nowMs,
    keys: [
      { accessKeyId, accessKeySecret, isActive: true, createdAtMs: earlier?.createdAtMs ?? nowMs },
      ...otherKeys,
    ],
    policies: [...policies, ...otherPolicies],
    groups: earlier?.groups ?? [],
  });
}

async function putPolicy(
  world: World,
  accountId: string,
  policyName: string,
  document: string,
  userName: string,
): Promise<void> {
  try {
    parsePolicy(document, "identity");
  } catch (error) {
    if (error instanceof PolicyProblem) throw refused(userName, error.message);
    throw error;
  }
  const nowMs = world.clock.now();
  const description = `Given to ${userName} by the options of the simulator.`;
  const known = world.ram.policies.get(accountId, policyName);
  if (known && known.description !== description) {
    throw refused(userName, `there is another policy ${policyName}`);
  }
  await world.ram.policies.put({
    accountId,
    policyName,
    description,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    defaultVersion: "v1",
    versions: [{ versionId: "v1", document, createdAtMs: nowMs }],
    nextVersion: 2,
  });
}

function refused(userName: string, problem: string): SampanError {
  return new SampanError("CORE_ARGUMENT", `making the simulator's user ${userName}: ${problem}`);
}
