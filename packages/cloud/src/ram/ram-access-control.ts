import { throwIfCancelled } from "@sampan/core";
import type { AccessControl, ImportRole } from "../access-control.ts";
import type { CloudCredentials, CredentialProvider } from "../credentials/credentials.ts";
import { KeyedClients } from "../credentials/keyed-clients.ts";
import { connectTimeoutMs, type RpcAddress, type VendorRuntime } from "../ecs/ecs-client.ts";
import { rpcFailure } from "../rpc-failure.ts";
import { untilCancelled } from "../until-cancelled.ts";
import { type FailedCall, vendorCodeOf } from "../vendor-failure.ts";
import { loadRam, makeRamClient, type RamClient, type RamVendor, ramHost } from "./ram-client.ts";
import { importPolicyName, importRoleName } from "./role-plan.ts";
import { ecsTrustDocument, trustsEcs, withEcsTrust } from "./trust-document.ts";

/** How a {@link RamAccessControl} reaches RAM. */
export interface RamOptions {
  readonly address: RpcAddress;
  readonly credentials: CredentialProvider;
  readonly answerTimeoutMs: number;
}

/**
 * The import role in RAM, through the vendor's typed client.
 *
 * Sources: RAM API reference (GetRole, CreateRole, ListPoliciesForRole, AttachPolicyToRole, UpdateRole), 2021 to 2026;
 * the role's and policy's names: ECS user guide, importing images.
 */
export class RamAccessControl implements AccessControl {
  readonly #options: RamOptions;
  readonly #clients: KeyedClients<RamClient>;

  constructor(options: RamOptions) {
    this.#options = options;
    this.#clients = new KeyedClients(options.credentials);
  }

  async describeImportRole(signal?: AbortSignal): Promise<ImportRole> {
    const trust = await this.#trustDocument(signal);
    if (trust === undefined) return { name: importRoleName, state: "missing" };
    if (!trustsEcs(trust)) return { name: importRoleName, state: "untrusted" };
    const policies = await this.#policies(signal);
    return { name: importRoleName, state: policies.includes(importPolicyName) ? "ready" : "powerless" };
  }

  async createImportRole(signal?: AbortSignal): Promise<void> {
    const trust = await this.#trustDocument(signal);
    if (trust === undefined) {
      await this.#call("CreateRole", signal, ["EntityAlreadyExists.Role"], async (client, ram, runtime) => {
        const request = new ram.CreateRoleRequest({
          roleName: importRoleName,
          assumeRolePolicyDocument: ecsTrustDocument,
          description: "Lets ECS read the disks of an image import from OSS.",
        });
        await client.createRoleWithOptions(request, runtime);
      });
    }
    const policies = await this.#policies(signal);
    if (!policies.includes(importPolicyName)) {
      const attached = ["EntityAlreadyExists.Role.Policy"];
      await this.#call("AttachPolicyToRole", signal, attached, async (client, ram, runtime) => {
        const request = new ram.AttachPolicyToRoleRequest({
          policyType: "System",
          policyName: importPolicyName,
          roleName: importRoleName,
        });
        await client.attachPolicyToRoleWithOptions(request, runtime);
      });
    }
    // A role that was there before, or that someone else made meanwhile, may trust others only.
    const found = trust ?? (await this.#trustDocument(signal)) ?? ecsTrustDocument;
    if (trustsEcs(found)) return;
    await this.#call("UpdateRole", signal, [], async (client, ram, runtime) => {
      const request = new ram.UpdateRoleRequest({
        roleName: importRoleName,
        newAssumeRolePolicyDocument: withEcsTrust(found),
      });
      await client.updateRoleWithOptions(request, runtime);
    });
  }

  async #trustDocument(signal: AbortSignal | undefined): Promise<string | undefined> {
    return this.#call("GetRole", signal, ["EntityNotExist.Role"], async (client, ram, runtime) => {
      const request = new ram.GetRoleRequest({ roleName: importRoleName });
      const { body } = await client.getRoleWithOptions(request, runtime);
      return body?.role?.assumeRolePolicyDocument ?? "";
    });
  }

  async #policies(signal: AbortSignal | undefined): Promise<readonly string[]> {
    const names = await this.#call("ListPoliciesForRole", signal, [], async (client, ram, runtime) => {
      const request = new ram.ListPoliciesForRoleRequest({ roleName: importRoleName });
      const { body } = await client.listPoliciesForRoleWithOptions(request, runtime);
      return (body?.policies?.policy ?? []).flatMap((found) => (found.policyName ? [found.policyName] : []));
    });
    return names ?? [];
  }

  /** Makes one call; `undefined` when it fails with one of `expected`, the vendor's codes that are no failure here. */
  async #call<T>(
    action: string,
    signal: AbortSignal | undefined,
    expected: readonly string[],
    work: (client: RamClient, ram: RamVendor, runtime: VendorRuntime) => Promise<T>,
  ): Promise<T | undefined> {
    throwIfCancelled(signal);
    const { address, answerTimeoutMs } = this.#options;
    const vendor = await loadRam();
    throwIfCancelled(signal);
    const runtime = new vendor.RuntimeOptions({
      readTimeout: answerTimeoutMs,
      connectTimeout: connectTimeoutMs,
    });
    const make = (credentials: CloudCredentials) =>
      makeRamClient(vendor, address, credentials, answerTimeoutMs);
    try {
      return await this.#clients.use("ram", signal, make, async (client) => {
        try {
          return await untilCancelled(work(client, vendor.service, runtime), signal);
        } catch (thrown) {
          throw rpcFailure(this.#failed(action), thrown);
        }
      });
    } catch (error) {
      if (expected.includes(vendorCodeOf(error) ?? "")) return undefined;
      throw error;
    }
  }

  #failed(action: string): FailedCall {
    return {
      service: "ram",
      action,
      doing: `preparing the role ${importRoleName} (${action})`,
      endpoint: ramHost(this.#options.address),
      secrets: this.#clients.secrets,
    };
  }
}
