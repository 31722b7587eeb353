import type OSS from "ali-oss";
import type { CloudCredentials } from "../credentials/credentials.ts";
import { ossRegion } from "../regions.ts";
import type { OssTransport } from "./transport.ts";

// What @types/ali-oss 6.23 lacks of the options that 6.23.0 reads.
declare module "ali-oss" {
  interface Options {
    /** Names the bucket in the path: for hosts other than the cloud's own. */
    sldEnable?: boolean;
    /** Repeats of calls that failed on the socket. */
    retryMax?: number;
    /** The HTTP client. */
    urllib?: unknown;
  }
  interface InitMultipartUploadOptions {
    headers?: object | undefined;
  }
}

/** Where the buckets of a region are reached. */
export interface OssAddress {
  readonly region: string;
  /** A host of its own instead of the vendor's, with its scheme. */
  readonly endpoint?: string;
  /** Names buckets in the path; simulators only. */
  readonly bucketInPath: boolean;
  readonly internal: boolean;
}

// One promise for the process: the client is some 280 modules, loaded by the first call and never by an import.
let loading: Promise<typeof OSS> | undefined;

function loadAliOss(): Promise<typeof OSS> {
  loading ??= import("ali-oss").then((module) => module.default);
  return loading;
}

/**
 * Makes a client for one bucket, or for calls that name their bucket when `bucket` is absent.
 *
 * A client keeps its bucket in a field it reads late, so clients are never shared between buckets. Signatures are always
 * V4 (OSS closed V1 to new accounts on 2025-03-01) and the cloud is always spoken to over HTTPS, neither of which is the
 * client's default.
 */
export async function makeOssClient(
  address: OssAddress,
  credentials: CloudCredentials,
  transport: OssTransport,
  bucket?: string,
): Promise<OSS> {
  const Client = await loadAliOss();
  const { securityToken } = credentials;
  return new Client({
    accessKeyId: credentials.accessKeyId,
    accessKeySecret: credentials.accessKeySecret.reveal(),
    region: ossRegion(address.region),
    authorizationV4: true,
    secure: !address.endpoint?.startsWith("http:"),
    internal: address.internal,
    retryMax: 0,
    urllib: transport,
    ...(address.endpoint === undefined ? {} : { endpoint: address.endpoint }),
    ...(address.bucketInPath ? { sldEnable: true } : {}),
    // The interval only keeps the client from advising the console; nothing is refreshed without a function for it.
    ...(securityToken === undefined
      ? {}
      : { stsToken: securityToken.reveal(), refreshSTSTokenInterval: Number.MAX_SAFE_INTEGER }),
    ...(bucket === undefined ? {} : { bucket }),
  });
}

/** Host the client will call, for messages. */
export function ossHost(address: OssAddress): string {
  if (address.endpoint !== undefined) return new URL(address.endpoint).host;
  return `${ossRegion(address.region)}${address.internal ? "-internal" : ""}.aliyuncs.com`;
}

/** Makes the client sign with the store's time: this machine's and `skewMs`. Its options are read anew by every call. */
export function signWithSkew(client: OSS, skewMs: number): void {
  const { options } = client as unknown as { options: { amendTimeSkewed?: number } };
  options.amendTimeSkewed = skewMs;
}
