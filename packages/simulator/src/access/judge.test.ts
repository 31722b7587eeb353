import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Resource } from "./arn.ts";
import { type PolicyKind, PolicyProblem, parsePolicy } from "./document.ts";
import { judge, type Verdict } from "./judge.ts";
import { systemPolicies } from "./system-policies.ts";

const object: Resource = {
  service: "oss",
  region: "cn-hangzhou",
  accountId: "1001",
  path: "web/images/a.vhd",
};
const put = { action: "oss:PutObject", resource: object };

type Statement = Readonly<Record<string, unknown>>;

function policy(...statements: readonly Statement[]) {
  return parsePolicy(JSON.stringify({ Version: "1", Statement: statements }), "identity");
}

const allow = (more: Statement = {}) => ({
  Effect: "Allow",
  Action: "oss:PutObject",
  Resource: "*",
  ...more,
});
const deny = (more: Statement = {}) => ({ ...allow(more), Effect: "Deny" });

function verdictOf(
  statements: readonly Statement[],
  context: Readonly<Record<string, string>> = {},
): Verdict {
  return judge([policy(...statements)], put, new Map(Object.entries(context)));
}

describe("judging by policies", () => {
  it("allows what is allowed, denies what is denied, and gives nothing otherwise", () => {
    expect(verdictOf([allow()])).toBe("allow");
    expect(verdictOf([allow({ Action: "oss:GetObject" })])).toBe("implicit-deny");
    expect(verdictOf([allow({ Action: "OSS:putobject" })])).toBe("allow");
    expect(verdictOf([allow({ Action: "oss:*" }), deny()])).toBe("explicit-deny");
  });

  it("does not depend on the order of policies and statements", () => {
    const statement = fc.constantFrom(
      allow(),
      allow({ Resource: "acs:oss:*:*:other/*" }),
      allow({ Action: ["oss:Get*", "oss:Put*"] }),
      deny({ Resource: "acs:oss:*:*:web/secret/*" }),
      deny({ Action: "oss:DeleteObject" }),
      deny({ Resource: "acs:oss:*:*:web/images/*" }),
    );
    const policies = fc.array(fc.array(statement, { minLength: 1, maxLength: 4 }), { maxLength: 4 });
    fc.assert(
      fc.property(policies, fc.integer(), (lists, seed) => {
        const turned = lists.map((list) => [...list].reverse()).reverse();
        const rotated = lists.slice(Math.abs(seed) % 4).concat(lists.slice(0, Math.abs(seed) % 4));
        const verdicts = [lists, turned, rotated].map((order) =>
          judge(
            order.map((list) => policy(...list)),
            put,
            new Map(),
          ),
        );
        expect(new Set(verdicts).size).toBe(1);
      }),
    );
  });

  it("reads NotAction and NotResource as everything else", () => {
    expect(verdictOf([{ Effect: "Allow", NotAction: "oss:DeleteObject", Resource: "*" }])).toBe("allow");
    expect(verdictOf([{ Effect: "Allow", NotAction: "oss:Put*", Resource: "*" }])).toBe("implicit-deny");
    expect(verdictOf([{ Effect: "Deny", Action: "*", NotResource: "acs:oss:*:*:web*" }, allow()])).toBe(
      "allow",
    );
  });

  it.each([
    ["acs:oss:*:*:web/images/*", true],
    ["acs:oss:*:1001:web/*", true],
    ["acs:oss:oss-cn-hangzhou:1001:web/images/?.vhd", true],
    ["acs:oss:cn-hangzhou::web/*", true],
    ["acs:oss:cn-beijing:*:*", false],
    ["acs:oss:*:1002:web/*", false],
    ["acs:oss:*:*:web", false],
    ["acs:ecs:*:*:*", false],
    ["acs:oss:*", true],
    ["acs:*:*:*:*", true],
  ])("takes %s for the object: %s", (resource, isMeant) => {
    expect(verdictOf([allow({ Resource: resource })])).toBe(isMeant ? "allow" : "implicit-deny");
  });

  it.each([
    [{ IpAddress: { "acs:SourceIp": ["10.0.0.0/8", "127.0.0.1"] } }, { "acs:sourceip": "10.2.3.4" }, true],
    [{ IpAddress: { "acs:SourceIp": "10.0.0.0/8" } }, { "acs:sourceip": "11.2.3.4" }, false],
    [{ NotIpAddress: { "acs:SourceIp": "10.0.0.0/8" } }, { "acs:sourceip": "11.2.3.4" }, true],
    [{ Bool: { "acs:SecureTransport": "true" } }, { "acs:securetransport": "false" }, false],
    [{ Bool: { "acs:SecureTransport": [false] } }, { "acs:securetransport": "false" }, true],
    [{ StringLike: { "oss:Prefix": "images/*" } }, { "oss:prefix": "images/2026" }, true],
    [{ StringNotLike: { "oss:Prefix": "images/*" } }, { "oss:prefix": "images/2026" }, false],
    [{ StringNotEquals: { "acs:SourceVpc": "vpc-1" } }, {}, true],
    [{ StringEquals: { "acs:SourceVpc": "vpc-1" } }, {}, false],
    [{ StringEqualsIgnoreCase: { "oss:Prefix": "A" } }, { "oss:prefix": "a" }, true],
    [
      { DateLessThan: { "acs:CurrentTime": "2027-01-01T00:00:00+08:00" } },
      { "acs:currenttime": "2026-12-31T15:59:59.000Z" },
      true,
    ],
    [{ NumericLessThanEquals: { "oss:max-keys": 10 } }, { "oss:max-keys": "11" }, false],
    [
      { Bool: { "acs:SecureTransport": "false" }, StringEquals: { "oss:Prefix": "b" } },
      { "acs:securetransport": "false", "oss:prefix": "a" },
      false,
    ],
  ])("judges the condition %j in %j", (condition, context, isMet) => {
    expect(verdictOf([allow({ Condition: condition })], context)).toBe(isMet ? "allow" : "implicit-deny");
  });

  it("lets nobody in by a condition it does not understand", () => {
    const condition = { ArnLike: { "acs:PrincipalArn": "*" } };
    expect(verdictOf([allow({ Condition: condition })])).toBe("implicit-deny");
    expect(verdictOf([allow(), deny({ Condition: condition })])).toBe("explicit-deny");
  });

  it("knows what the vendor's policies allow", () => {
    const may = (name: string, action: string, resource = object) =>
      judge(
        [parsePolicy(systemPolicies.get(name)?.document ?? "", "identity")],
        { action, resource },
        new Map(),
      );
    expect(may("AliyunOSSReadOnlyAccess", "oss:GetObject")).toBe("allow");
    expect(may("AliyunOSSReadOnlyAccess", "oss:PutObject")).toBe("implicit-deny");
    expect(may("AliyunECSImageImportRolePolicy", "oss:PutObject")).toBe("implicit-deny");
    expect(may("AliyunECSImageExportRolePolicy", "oss:PutObject")).toBe("allow");
    expect(may("AdministratorAccess", "ram:CreateUser")).toBe("allow");
  });
});

describe("reading policies", () => {
  const statement = allow();
  it.each<[string, PolicyKind, unknown]>([
    ["a number for the version", "identity", { Version: 1, Statement: [statement] }],
    ["no statements", "identity", { Version: "1", Statement: [] }],
    ["statements by another name", "identity", { Version: "1", Statements: [statement] }],
    [
      "an effect of another spelling",
      "identity",
      { Version: "1", Statement: [{ ...statement, Effect: "allow" }] },
    ],
    ["no action", "identity", { Version: "1", Statement: [{ Effect: "Allow", Resource: "*" }] }],
    ["Action and NotAction", "identity", { Version: "1", Statement: [{ ...statement, NotAction: "oss:*" }] }],
    [
      "an action without a service",
      "identity",
      { Version: "1", Statement: [{ ...statement, Action: "PutObject" }] },
    ],
    [
      "a resource that is none",
      "identity",
      { Version: "1", Statement: [{ ...statement, Resource: "web/*" }] },
    ],
    [
      "a principal in a user's policy",
      "identity",
      { Version: "1", Statement: [{ ...statement, Principal: "*" }] },
    ],
    ["no principal in a bucket's", "bucket", { Version: "1", Statement: [statement] }],
    [
      "a condition that is a list",
      "identity",
      { Version: "1", Statement: [{ ...statement, Condition: [] }] },
    ],
    ["a list for the document", "identity", [statement]],
  ])("refuses %s", (_title, kind, document) => {
    expect(() => parsePolicy(JSON.stringify(document), kind)).toThrow(PolicyProblem);
  });

  it("answers a policy or its problem, whatever the JSON", () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom<PolicyKind>("identity", "bucket", "trust"), (text, kind) => {
        try {
          expect(parsePolicy(text, kind).length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(PolicyProblem);
        }
      }),
    );
  });
});
