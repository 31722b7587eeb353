import type { AttachedPolicy, RoleRecord } from "./store.ts";

/** System policies that exist here, and whether they let a role read objects and buckets of OSS. */
export const systemPolicies: ReadonlyMap<
  string,
  { readonly readsOss: boolean; readonly description: string }
> = new Map([
  [
    "AliyunECSImageImportRolePolicy",
    { readsOss: true, description: "Lets ECS read the objects of an image import." },
  ],
  [
    "AliyunECSImageExportRolePolicy",
    { readsOss: true, description: "Lets ECS write the objects of an image export." },
  ],
  ["AliyunOSSFullAccess", { readsOss: true, description: "Full access to OSS." }],
  ["AliyunOSSReadOnlyAccess", { readsOss: true, description: "Read-only access to OSS." }],
  ["AliyunECSFullAccess", { readsOss: false, description: "Full access to ECS." }],
  ["AliyunSTSAssumeRoleAccess", { readsOss: false, description: "Lets a principal assume roles." }],
  ["AdministratorAccess", { readsOss: true, description: "Access to everything." }],
]);

/** How ECS sees a role at a moment. */
export type RoleAsSeenByEcs = "missing" | "untrusted" | "powerless" | "ready";

/** Judges a role as ECS does: what changed less than `propagationMs` before `nowMs` has not arrived yet. */
export function roleAsSeenByEcs(
  role: RoleRecord | undefined,
  nowMs: number,
  propagationMs: number,
): RoleAsSeenByEcs {
  const hasArrived = (atMs: number) => atMs + propagationMs <= nowMs;
  if (!role || !hasArrived(role.createdAtMs)) return "missing";
  if (!hasArrived(role.trustChangedAtMs) || !trustsEcs(role.trustPolicy)) return "untrusted";
  const canRead = role.policies.some((policy) => hasArrived(policy.attachedAtMs) && readsOss(policy));
  return canRead ? "ready" : "powerless";
}

/** Whether a trust document lets `ecs.aliyuncs.com` assume the role. */
export function trustsEcs(trustPolicy: string): boolean {
  const statements = parseTrust(trustPolicy)?.Statement;
  if (!Array.isArray(statements)) return false;
  return statements.some((statement: TrustStatement) => {
    const services = listOf(statement?.Principal?.Service);
    return (
      statement?.Effect === "Allow" &&
      listOf(statement.Action).includes("sts:AssumeRole") &&
      services.includes("ecs.aliyuncs.com")
    );
  });
}

/** Whether a trust document is well-formed: JSON with a version and statements that name principals. */
export function isTrustDocument(text: string): boolean {
  const document = parseTrust(text);
  return (
    document?.Version === "1" &&
    Array.isArray(document.Statement) &&
    document.Statement.length > 0 &&
    document.Statement.every(
      (statement: TrustStatement) =>
        (statement?.Effect === "Allow" || statement?.Effect === "Deny") &&
        typeof statement.Principal === "object",
    )
  );
}

interface TrustStatement {
  readonly Effect?: unknown;
  readonly Action?: unknown;
  readonly Principal?: { readonly Service?: unknown } | null;
}

function parseTrust(text: string): { readonly Version?: unknown; readonly Statement?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function readsOss(policy: AttachedPolicy): boolean {
  return policy.type === "System" && (systemPolicies.get(policy.name)?.readsOss ?? false);
}
