/** A policy of the vendor's, which accounts use and cannot change. */
export interface SystemPolicy {
  readonly name: string;
  readonly description: string;
  readonly document: string;
}

interface Allowance {
  readonly action: string | readonly string[];
  readonly resource?: string;
  readonly condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const readsVpc = ["vpc:DescribeVpcs", "vpc:DescribeVSwitches"];
const readsBuckets = ["oss:GetObject", "oss:GetBucketLocation", "oss:GetBucketInfo"];

/**
 * System policies that exist here, with what they allow. The import and export policies: permissions on the vendor's
 * pages of ImportImage and ExportImage, 2026-01; the others: RAM's list of system policies, 2026-03.
 */
export const systemPolicies: ReadonlyMap<string, SystemPolicy> = new Map(
  [
    system("AdministratorAccess", "Access to everything.", [{ action: "*" }]),
    system("ReadOnlyAccess", "Reads everything.", [
      {
        action: [
          "*:Describe*",
          "*:List*",
          "*:Get*",
          "*:BatchGet*",
          "*:Query*",
          "*:BatchQuery*",
          "actiontrail:LookupEvents",
          "dm:Desc*",
        ],
      },
    ]),
    system("AliyunOSSFullAccess", "Full access to OSS.", [{ action: "oss:*" }]),
    system("AliyunOSSReadOnlyAccess", "Read-only access to OSS.", [{ action: ["oss:Get*", "oss:List*"] }]),
    system("AliyunECSFullAccess", "Full access to ECS.", [
      { action: "ecs:*" },
      { action: readsVpc },
      {
        action: "ram:CreateServiceLinkedRole",
        condition: { StringEquals: { "ram:ServiceName": "archiving.ecs.aliyuncs.com" } },
      },
    ]),
    system("AliyunECSReadOnlyAccess", "Read-only access to ECS.", [
      { action: ["ecs:Describe*", "ecs:List*", "ecs:Get*"] },
      { action: readsVpc },
    ]),
    system("AliyunVPCFullAccess", "Full access to VPC.", [{ action: "vpc:*" }]),
    system("AliyunVPCReadOnlyAccess", "Read-only access to VPC.", [
      { action: ["vpc:Describe*", "vpc:List*", "vpc:Get*"] },
    ]),
    system("AliyunRAMFullAccess", "Full access to RAM.", [{ action: ["ram:*", "ims:*"] }]),
    system("AliyunRAMReadOnlyAccess", "Read-only access to RAM.", [
      { action: ["ram:Get*", "ram:List*", "ims:Get*", "ims:List*"] },
    ]),
    system("AliyunSTSAssumeRoleAccess", "Lets a principal assume roles.", [{ action: "sts:AssumeRole" }]),
    system("AliyunECSImageImportRolePolicy", "Lets ECS read the objects of an image import.", [
      { action: readsBuckets },
    ]),
    system("AliyunECSImageExportRolePolicy", "Lets ECS write the objects of an image export.", [
      {
        action: [
          ...readsBuckets,
          "oss:PutObject",
          "oss:DeleteObject",
          "oss:AbortMultipartUpload",
          "oss:ListMultipartUploads",
          "oss:ListParts",
        ],
      },
    ]),
  ].map((policy) => [policy.name, policy]),
);

function system(name: string, description: string, allowances: readonly Allowance[]): SystemPolicy {
  const statements = allowances.map(({ action, resource = "*", condition }) => ({
    Effect: "Allow",
    Action: action,
    Resource: resource,
    ...(condition ? { Condition: condition } : {}),
  }));
  return { name, description, document: JSON.stringify({ Version: "1", Statement: statements }) };
}
