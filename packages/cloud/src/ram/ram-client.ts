import type RamModule from "@alicloud/ram20150501";
import type { CloudCredentials } from "../credentials/credentials.ts";
import { callSending, loadRpc, type RpcAddress, type RpcVendor, rpcConfig } from "../ecs/ecs-client.ts";
import { sendThrough } from "../ecs/send-call.ts";

/** The vendor's RAM package: client and models. */
export type RamVendor = typeof RamModule;
export type RamClient = RamModule.default;

let loading: Promise<RpcVendor<RamVendor>> | undefined;

/** Loads the RAM package, once a process, by the first call. */
export function loadRam(): Promise<RpcVendor<RamVendor>> {
  loading ??= loadRpc<RamVendor>(import("@alicloud/ram20150501"));
  return loading;
}

/** RAM is central: one host for all regions. */
export function ramHost(address: RpcAddress): string {
  return address.endpoint ?? "ram.aliyuncs.com";
}

export function makeRamClient(
  vendor: RpcVendor<RamVendor>,
  address: RpcAddress,
  credentials: CloudCredentials,
  answerTimeoutMs: number,
): RamClient {
  const config = rpcConfig(vendor, address, credentials, answerTimeoutMs);
  config.endpoint = ramHost(address);
  const client = new vendor.service.default(config);
  sendThrough(client, callSending(address, credentials, answerTimeoutMs));
  return client;
}
