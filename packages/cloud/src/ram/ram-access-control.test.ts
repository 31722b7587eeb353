import http from "node:http";
import type { AddressInfo } from "node:net";
import { isSampanError, Secret } from "@sampan/core";
import { afterEach, describe, expect, it } from "vitest";
import { staticCredentials } from "../credentials/credentials.ts";
import { RamAccessControl } from "./ram-access-control.ts";
import { ecsTrustDocument } from "./trust-document.ts";

/** RAM as far as one role goes: what it holds, and the actions that were called. */
interface Role {
  trust: string | undefined;
  policies: string[];
}

const servers: http.Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function ram(role: Role, refusals: Readonly<Record<string, { status: number; code: string }>> = {}) {
  const actions: string[] = [];
  const server = http.createServer((request, response) => {
    const action = String(request.headers["x-acs-action"]);
    const query = new URL(request.url ?? "", "http://ram").searchParams;
    actions.push(action);
    const send = (status: number, body: object) => {
      response
        .writeHead(status, { "content-type": "application/json" })
        .end(JSON.stringify({ RequestId: "R", ...body }));
    };
    const refusal = refusals[action];
    if (refusal !== undefined) return send(refusal.status, { Code: refusal.code, Message: "no" });
    if (action === "GetRole" && role.trust === undefined) {
      return send(404, { Code: "EntityNotExist.Role", Message: "no such role" });
    }
    if (action === "CreateRole") role.trust = query.get("AssumeRolePolicyDocument") ?? "";
    if (action === "UpdateRole") role.trust = query.get("NewAssumeRolePolicyDocument") ?? "";
    if (action === "AttachPolicyToRole") {
      expect(query.get("PolicyType")).toBe("System");
      role.policies.push(query.get("PolicyName") ?? "");
    }
    const policy = role.policies.map((PolicyName) => ({ PolicyName, PolicyType: "System" }));
    return send(200, { Role: { AssumeRolePolicyDocument: role.trust }, Policies: { Policy: policy } });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const access = new RamAccessControl({
    address: { endpoint, protocol: "http", internal: false },
    credentials: staticCredentials({ accessKeyId: "LTAI", accessKeySecret: new Secret("secret") }),
    answerTimeoutMs: 5000,
  });
  return { access, actions };
}

const importPolicy = "AliyunECSImageImportRolePolicy";
const otherTrust = JSON.stringify({
  Version: "1",
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { RAM: ["acs:ram::1:root"] } }],
});

describe("the import role", () => {
  it.each([
    [
      { trust: undefined, policies: [] },
      "missing",
      ["GetRole", "CreateRole", "ListPoliciesForRole", "AttachPolicyToRole", "GetRole"],
    ],
    [
      { trust: otherTrust, policies: [importPolicy] },
      "untrusted",
      ["GetRole", "ListPoliciesForRole", "UpdateRole"],
    ],
    [
      { trust: ecsTrustDocument, policies: ["Other"] },
      "powerless",
      ["GetRole", "ListPoliciesForRole", "AttachPolicyToRole"],
    ],
    [{ trust: ecsTrustDocument, policies: [importPolicy] }, "ready", ["GetRole", "ListPoliciesForRole"]],
  ] as const)(
    "that holds %o is %s, and is made ready by the calls that takes",
    async (held, state, calls) => {
      const role: Role = { trust: held.trust, policies: [...held.policies] };
      const { access, actions } = await ram(role);
      expect(await access.describeImportRole()).toEqual({ name: "AliyunECSImageImportDefaultRole", state });
      actions.length = 0;
      await access.createImportRole();
      expect(actions).toEqual(calls);
      expect((await access.describeImportRole()).state).toBe("ready");
      if (held.trust === otherTrust) expect(role.trust).toContain("acs:ram::1:root");
    },
  );

  it("may be made by someone else at the same time", async () => {
    const { access } = await ram(
      { trust: ecsTrustDocument, policies: [] },
      { AttachPolicyToRole: { status: 409, code: "EntityAlreadyExists.Role.Policy" } },
    );
    await access.createImportRole();
    const raced = await ram(
      { trust: undefined, policies: [importPolicy] },
      { CreateRole: { status: 409, code: "EntityAlreadyExists.Role" } },
    );
    await raced.access.createImportRole();
  });

  it("cannot be looked at by a key without the permission, and the error says what to ask for", async () => {
    const { access } = await ram(
      { trust: undefined, policies: [] },
      { GetRole: { status: 403, code: "NoPermission" } },
    );
    const error = await access.describeImportRole().catch((thrown: unknown) => thrown);
    if (!isSampanError(error)) throw new Error(String(error));
    expect(error.code).toBe("CLOUD_PERMISSION_DENIED");
    expect(error.hint).toContain("ram:GetRole");
  });
});
