import type { JsonObject } from "@sampan/core";
import { PolicyProblem, parsePolicy } from "../../access/document.ts";
import { systemPolicies } from "../../access/system-policies.ts";
import type { RpcAction, RpcCall } from "../call.ts";
import { RpcError } from "../errors.ts";
import { entitiesOf } from "./entities.ts";
import { requireCustomPolicy, requirePolicy, requirePolicyType } from "./named-policy.ts";
import type { PolicyRecord, PolicyVersion } from "./records.ts";
import { isoSeconds, pageOf, readPolicyName, readText, requireRoom } from "./shapes.ts";

const policyLimit = 1500;
const versionLimit = 5;
const documentLimit = 6144;
/** System policies have no date of their own here. */
const systemDate = "2015-04-28T11:37:23Z";

const createPolicy: RpcAction = {
  name: "CreatePolicy",
  parameters: ["PolicyName", "PolicyDocument", "Description"],
  run: async (call) => {
    const { world, caller, parameters } = call;
    const policyName = readPolicyName(parameters);
    const document = readDocument(call);
    const description = readText(parameters, "Description", 1024) ?? "";
    if (world.ram.policies.get(caller.accountId, policyName) || systemPolicies.has(policyName)) {
      throw new RpcError(409, "EntityAlreadyExists.Policy", "The policy already exists.");
    }
    requireRoom(world.ram.policies.of(caller.accountId).length, policyLimit, "LimitExceeded.Policy");
    const nowMs = world.clock.now();
    const policy: PolicyRecord = {
      accountId: caller.accountId,
      policyName,
      description,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
      defaultVersion: "v1",
      versions: [{ versionId: "v1", document, createdAtMs: nowMs }],
      nextVersion: 2,
    };
    await world.ram.policies.put(policy);
    return { Policy: describe(call, policy) };
  },
};

const getPolicy: RpcAction = {
  name: "GetPolicy",
  parameters: ["PolicyType", "PolicyName"],
  run: async (call) => {
    const policy = requirePolicy(call);
    const version = versionsOf(policy).find((candidate) => candidate.IsDefaultVersion) ?? {};
    return {
      Policy: { ...describe(call, policy), PolicyDocument: version.PolicyDocument ?? "" },
      DefaultPolicyVersion: version,
    };
  },
};

const listPolicies: RpcAction = {
  name: "ListPolicies",
  parameters: ["PolicyType", "Marker", "MaxItems"],
  run: async (call) => {
    const type = call.parameters.text("PolicyType");
    if (type !== undefined) requirePolicyType(type);
    const custom = type === "System" ? [] : call.world.ram.policies.of(call.caller.accountId);
    const system = type === "Custom" ? [] : [...systemPolicies.keys()];
    const { items, answer } = pageOf(call, [...system, ...custom], 1000);
    return { ...answer, Policies: { Policy: items.map((policy) => describe(call, policy)) } };
  },
};

const deletePolicy: RpcAction = {
  name: "DeletePolicy",
  parameters: ["PolicyName", "CascadingDelete"],
  run: async (call) => {
    const policy = requireCustomPolicy(call);
    const attached = () =>
      entitiesOf(call.world, policy.accountId, { name: policy.policyName, type: "Custom" })[0];
    if (call.parameters.boolean("CascadingDelete")) {
      // Looked for anew each time: other calls may change the holders while one is saved.
      for (let entity = attached(); entity; entity = attached()) await entity.detach();
    } else {
      const first = attached();
      if (first) {
        throw new RpcError(
          409,
          `DeleteConflict.Policy.${first.kind}`,
          `The policy is attached to ${first.name}.`,
        );
      }
      if (policy.versions.length > 1) {
        throw new RpcError(409, "DeleteConflict.Policy.Version", "The policy still has other versions.");
      }
    }
    await call.world.ram.policies.remove(policy);
    return {};
  },
};

const createPolicyVersion: RpcAction = {
  name: "CreatePolicyVersion",
  parameters: ["PolicyName", "PolicyDocument", "SetAsDefault", "RotateStrategy"],
  run: async (call) => {
    const policy = requireCustomPolicy(call);
    const version: PolicyVersion = {
      versionId: `v${policy.nextVersion}`,
      document: readDocument(call),
      createdAtMs: call.world.clock.now(),
    };
    const kept = makeRoom(call, policy);
    const changed: PolicyRecord = {
      ...policy,
      versions: [...kept, version],
      nextVersion: policy.nextVersion + 1,
      defaultVersion: call.parameters.boolean("SetAsDefault") ? version.versionId : policy.defaultVersion,
      updatedAtMs: version.createdAtMs,
    };
    await call.world.ram.policies.put(changed);
    return { PolicyVersion: describeVersion(changed, version) };
  },
};

const getPolicyVersion: RpcAction = {
  name: "GetPolicyVersion",
  parameters: ["PolicyType", "PolicyName", "VersionId"],
  run: async (call) => {
    const id = call.parameters.required("VersionId");
    const version = versionsOf(requirePolicy(call)).find((candidate) => candidate.VersionId === id);
    if (!version) throw versionNotFound();
    return { PolicyVersion: version };
  },
};

const listPolicyVersions: RpcAction = {
  name: "ListPolicyVersions",
  parameters: ["PolicyType", "PolicyName"],
  run: async (call) => ({ PolicyVersions: { PolicyVersion: versionsOf(requirePolicy(call)) } }),
};

const setDefaultPolicyVersion: RpcAction = {
  name: "SetDefaultPolicyVersion",
  parameters: ["PolicyName", "VersionId"],
  run: async (call) => {
    const policy = requireCustomPolicy(call);
    const { versionId } = requireVersion(call, policy);
    const updatedAtMs = call.world.clock.now();
    await call.world.ram.policies.put({ ...policy, defaultVersion: versionId, updatedAtMs });
    return {};
  },
};

const deletePolicyVersion: RpcAction = {
  name: "DeletePolicyVersion",
  parameters: ["PolicyName", "VersionId"],
  run: async (call) => {
    const policy = requireCustomPolicy(call);
    const version = requireVersion(call, policy);
    if (version.versionId === policy.defaultVersion) {
      throw new RpcError(
        409,
        "DeleteConflict.PolicyVersion.Default",
        "The version is the default one; set another first.",
      );
    }
    const versions = policy.versions.filter((candidate) => candidate !== version);
    await call.world.ram.policies.put({ ...policy, versions, updatedAtMs: call.world.clock.now() });
    return {};
  },
};

/** Actions on policies and their versions. */
export const policyActions: readonly RpcAction[] = [
  createPolicy,
  getPolicy,
  listPolicies,
  deletePolicy,
  createPolicyVersion,
  getPolicyVersion,
  listPolicyVersions,
  setDefaultPolicyVersion,
  deletePolicyVersion,
];

function readDocument(call: RpcCall): string {
  const text = call.parameters.required("PolicyDocument");
  if (text.length > documentLimit) {
    throw new RpcError(
      400,
      "InvalidParameter.PolicyDocument.Length",
      `The policy document is longer than ${documentLimit} characters.`,
    );
  }
  try {
    parsePolicy(text, "identity");
    return text;
  } catch (error) {
    if (!(error instanceof PolicyProblem)) throw error;
    throw new RpcError(400, "MalformedPolicyDocument", `The policy document is malformed. ${error.message}`);
  }
}

/** The versions that stay when one is added; the oldest that is not the default goes when the call says so. */
function makeRoom(call: RpcCall, policy: PolicyRecord): readonly PolicyVersion[] {
  const strategy = call.parameters.text("RotateStrategy") ?? "None";
  if (strategy !== "None" && strategy !== "DeleteOldestNonDefaultVersionWhenLimitExceeded") {
    throw new RpcError(400, "InvalidParameter.RotateStrategy", "The RotateStrategy is not known.");
  }
  if (strategy === "None") requireRoom(policy.versions.length, versionLimit, "LimitExceeded.Policy.Version");
  if (policy.versions.length < versionLimit) return policy.versions;
  const oldest = policy.versions.find(({ versionId }) => versionId !== policy.defaultVersion);
  return policy.versions.filter((candidate) => candidate !== oldest);
}

function requireVersion(call: RpcCall, policy: PolicyRecord): PolicyVersion {
  const id = call.parameters.required("VersionId");
  const version = policy.versions.find((candidate) => candidate.versionId === id);
  if (!version) throw versionNotFound();
  return version;
}

function versionNotFound(): RpcError {
  return new RpcError(404, "EntityNotExist.Policy.Version", "The specified Policy version not exists.");
}

/** A policy of the vendor's by its name, or one of the account. */
function describe(call: RpcCall, policy: string | PolicyRecord): JsonObject {
  const isSystem = typeof policy === "string";
  const name = isSystem ? policy : policy.policyName;
  const type = isSystem ? "System" : "Custom";
  return {
    PolicyName: name,
    PolicyType: type,
    Description: isSystem ? (systemPolicies.get(policy)?.description ?? "") : policy.description,
    DefaultVersion: isSystem ? "v1" : policy.defaultVersion,
    AttachmentCount: entitiesOf(call.world, call.caller.accountId, { name, type }).length,
    CreateDate: isSystem ? systemDate : isoSeconds(policy.createdAtMs),
    UpdateDate: isSystem ? systemDate : isoSeconds(policy.updatedAtMs),
  };
}

function versionsOf(policy: string | PolicyRecord): readonly JsonObject[] {
  if (typeof policy !== "string") return policy.versions.map((version) => describeVersion(policy, version));
  const document = systemPolicies.get(policy)?.document ?? "";
  return [{ VersionId: "v1", IsDefaultVersion: true, PolicyDocument: document, CreateDate: systemDate }];
}

function describeVersion(policy: PolicyRecord, version: PolicyVersion): JsonObject {
  return {
    VersionId: version.versionId,
    IsDefaultVersion: version.versionId === policy.defaultVersion,
    PolicyDocument: version.document,
    CreateDate: isoSeconds(version.createdAtMs),
  };
}
