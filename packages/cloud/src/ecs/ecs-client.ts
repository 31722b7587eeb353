import type EcsModule from "@alicloud/ecs20140526";
import type * as OpenApiModule from "@alicloud/openapi-core";
import type * as DaraModule from "@darabonba/typescript";
import { type Agents, makeAgents } from "../connecting/agents.ts";
import type { CloudCredentials } from "../credentials/credentials.ts";
import { type CallSending, sendThrough } from "./send-call.ts";

/** The vendor's ECS package: client and models. */
export type EcsVendor = typeof EcsModule;
export type EcsClient = EcsModule.default;
export type VendorRuntime = DaraModule.RuntimeOptions;

/** Where an RPC service of the vendor is reached. */
export interface RpcAddress {
  /** `host[:port]`, without a scheme; by region when absent. */
  readonly endpoint?: string;
  readonly protocol: "http" | "https";
  readonly internal: boolean;
  /** Connections of the calls; their own when absent. */
  readonly agents?: Agents;
}

/** The vendor's modules that an RPC client needs, loaded together. */
export interface RpcVendor<Service> {
  readonly service: Service;
  readonly Config: typeof OpenApiModule.$OpenApiUtil.Config;
  readonly RuntimeOptions: typeof DaraModule.RuntimeOptions;
}

/** Loads what an RPC client needs; `service` is the vendor's package of one service. */
export async function loadRpc<Service extends object>(
  service: Promise<Service | { readonly default: Service }>,
): Promise<RpcVendor<Service>> {
  const [loaded, openApi, dara] = await Promise.all([
    service,
    import("@alicloud/openapi-core"),
    import("@darabonba/typescript"),
  ]);
  return {
    service: exportsOf<Service>(loaded),
    Config: exportsOf<typeof OpenApiModule>(openApi).$OpenApiUtil.Config,
    RuntimeOptions: exportsOf<typeof DaraModule>(dara).RuntimeOptions,
  };
}

/**
 * What a CommonJS module exports. Node puts all of it under `default`; bundlers and test runners that see the module's
 * own `default` (a class) give the exports themselves.
 */
function exportsOf<Exports extends object>(loaded: Exports | { readonly default: Exports }): Exports {
  const inner: unknown = "default" in loaded ? loaded.default : undefined;
  return typeof inner === "object" && inner !== null ? (inner as Exports) : (loaded as Exports);
}

/** Models of calls that the vendor's typed clients do not have; loaded already once a client is. */
export async function loadOpenApiModels(): Promise<typeof OpenApiModule.$OpenApiUtil> {
  return exportsOf<typeof OpenApiModule>(await import("@alicloud/openapi-core")).$OpenApiUtil;
}

let loading: Promise<RpcVendor<EcsVendor>> | undefined;

/** Loads the ECS package, which takes seconds and some 60 MB (1,296 modules): once a process, by the first call. */
export function loadEcs(): Promise<RpcVendor<EcsVendor>> {
  loading ??= loadRpc<EcsVendor>(import("@alicloud/ecs20140526"));
  return loading;
}

/** Configuration common to the vendor's RPC clients; their defaults are 3 s for a connection and 3 s for an answer. */
export function rpcConfig(
  vendor: RpcVendor<unknown>,
  address: RpcAddress,
  credentials: CloudCredentials,
  answerTimeoutMs: number,
) {
  const { accessKeyId, accessKeySecret, securityToken } = credentials;
  return new vendor.Config({
    accessKeyId,
    accessKeySecret: accessKeySecret.reveal(),
    ...(securityToken === undefined ? {} : { securityToken: securityToken.reveal() }),
    protocol: address.protocol,
    connectTimeout: connectTimeoutMs,
    readTimeout: answerTimeoutMs,
    ...(address.endpoint === undefined ? {} : { endpoint: address.endpoint }),
  });
}

export const connectTimeoutMs = 10_000;

/** How the calls of a client at an address are sent. */
export function callSending(
  { protocol, agents = makeAgents() }: RpcAddress,
  credentials: CloudCredentials,
  answerMs: number,
): CallSending {
  return { protocol, credentials, agents, connectMs: connectTimeoutMs, answerMs };
}

/** Makes a client for the ECS of one region. */
export function makeEcsClient(
  vendor: RpcVendor<EcsVendor>,
  region: string,
  address: RpcAddress,
  credentials: CloudCredentials,
  answerTimeoutMs: number,
): EcsClient {
  const config = rpcConfig(vendor, address, credentials, answerTimeoutMs);
  config.regionId = region;
  // The client's own map of endpoints ignores the wish for the internal network in some regions.
  if (address.internal && address.endpoint === undefined) config.endpoint = `ecs-vpc.${region}.aliyuncs.com`;
  const client = new vendor.service.default(config);
  sendThrough(client, callSending(address, credentials, answerTimeoutMs));
  return client;
}

/** Host that calls to a region go to, for messages. */
export function ecsHost(region: string, address: RpcAddress): string {
  return (
    address.endpoint ?? (address.internal ? `ecs-vpc.${region}.aliyuncs.com` : `ecs.${region}.aliyuncs.com`)
  );
}
