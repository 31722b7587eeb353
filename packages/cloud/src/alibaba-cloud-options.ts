import type { CloudIdentity } from "@sampan/core";
import type { ConnectionOptions } from "./connection-options.ts";
import type { CloudCredentials, CredentialProvider } from "./credentials/credentials.ts";

/** Where the services listen: a simulator's one port, or single services moved. */
export type CloudEndpoints =
  | { readonly simulator: string }
  | { readonly oss?: string; readonly ecs?: string; readonly ram?: string };

/** Options of {@link connectAlibabaCloud}. */
export interface AlibabaCloudOptions {
  /** A key that stays the same, or what gives the key for each call. */
  readonly credentials: CloudCredentials | CredentialProvider;
  /** Region of calls that concern none in particular, such as listing regions; `cn-hangzhou` by default. */
  readonly region?: string;
  /**
   * `{ simulator: "http://localhost:PORT" }`, or host names (with an optional `http://` or `https://`) of single services;
   * the vendor's public endpoints when absent.
   */
  readonly endpoints?: CloudEndpoints;
  /** `internal` for machines inside the region: no traffic fee, and the only way in for some new accounts. */
  readonly network?: "public" | "internal";
  /** Proxy and certificates of all connections; none of the environment's unless given: see {@link proxyFromEnvironment}. */
  readonly connection?: ConnectionOptions;
  /** What runs are told they talk to; derived from `endpoints` when absent. */
  readonly identity?: CloudIdentity;
  /** Longest wait for one ECS or RAM answer, in milliseconds; 30,000 by default. */
  readonly answerTimeoutMs?: number;
}
