import { isSampanError, SampanError } from "@sampan/core";
import type OSS from "ali-oss";
import type { ConnectionOptions } from "../connection-options.ts";
import type { CloudCredentials, CredentialProvider } from "../credentials/credentials.ts";
import { KeyedClients } from "../credentials/keyed-clients.ts";
import type { ObjectAddress } from "../object-store.ts";
import type { FailedCall } from "../vendor-failure.ts";
import { makeOssClient, type OssAddress, ossHost, signWithSkew } from "./ali-oss.ts";
import { assertBucketName, assertObjectKey } from "./object-key.ts";
import { headerText, ossFailure } from "./oss-failure.ts";
import { type OssAnswer, type OssExchange, OssTransport } from "./transport.ts";

/** Limits of a call other than the defaults. */
interface CallLimits {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
  readonly maxAnswerBytes?: number;
}

/** Completing thousands of parts and copying gigabytes take the store a while. */
export const longTimeoutMs = 600_000;
const answerTimeoutMs = 60_000;
/** No call is begun with a temporary key that has less than this left, nor with one that may end before the call. */
const usualValidityMs = 300_000;
const idleMs = 60_000;
/** A page of 1,000 parts or uploads is some 400 KiB of XML. */
const maxXmlBytes = 8 * 1024 * 1024;
/** OSS allows for 15 minutes; a correction by less would be refused again. */
const smallestSkewMs = 60_000;

/** Makes the calls of one store: one connection pool, one client a bucket, one notion of the store's time. */
export class OssCaller {
  readonly #address: OssAddress;
  readonly #transport: OssTransport;
  readonly #clients: KeyedClients<Promise<OSS>>;
  /** How far the store's clock is ahead of this machine's, once a call was refused for it. */
  #skewMs = 0;

  constructor(address: OssAddress, credentials: CredentialProvider, connection?: ConnectionOptions) {
    this.#address = address;
    this.#clients = new KeyedClients(credentials);
    this.#transport = new OssTransport(connection);
  }

  /** Names a call for its errors. */
  failed(action: string, doing: string): FailedCall {
    const clients = this.#clients;
    return {
      service: "oss",
      action,
      doing,
      endpoint: ossHost(this.#address),
      get secrets() {
        return clients.secrets;
      },
    };
  }

  /**
   * Makes one call with a client of the bucket's own, under limits, and turns every failure into a SampanError. A call to the service
   * itself has no target.
   */
  async call<T>(
    call: FailedCall,
    target: string | ObjectAddress | null,
    limits: CallLimits,
    work: (client: OSS) => Promise<T>,
  ): Promise<{ readonly result: T; readonly answer: OssAnswer }> {
    const bucket = typeof target === "object" ? target?.bucket : target;
    if (bucket !== undefined) assertBucketName(bucket);
    if (typeof target === "object" && target !== null) assertObjectKey(target.key);
    const timeoutMs = limits.timeoutMs ?? answerTimeoutMs;
    const make = (credentials: CloudCredentials) =>
      makeOssClient(this.#address, credentials, this.#transport, bucket);
    return this.#clients.use(
      // No bucket has this name.
      bucket ?? "",
      limits.signal,
      make,
      async (client) => {
        const exchange: OssExchange = {
          signal: limits.signal,
          timeoutMs,
          // A long call is one where the store works before it answers; only sending parts is watched for silence.
          idleMs: timeoutMs === longTimeoutMs ? timeoutMs : Math.min(timeoutMs, idleMs),
          maxAnswerBytes: limits.maxAnswerBytes ?? maxXmlBytes,
        };
        const loaded = await client;
        const signedWithSkewMs = this.#skewMs;
        signWithSkew(loaded, signedWithSkewMs);
        try {
          const result = await this.#transport.run(exchange, () => work(loaded));
          if (exchange.answer === undefined) throw new Error("no answer");
          return { result, answer: exchange.answer };
        } catch (thrown) {
          if (isSampanError(thrown)) throw thrown;
          throw this.#withClockSet(ossFailure(call, exchange, thrown), exchange, signedWithSkewMs);
        }
      },
      Math.max(timeoutMs, usualValidityMs),
    );
  }

  /** Closes every connection. */
  close(): void {
    this.#transport.close();
  }

  /**
   * Takes the store's time from an answer that refused this machine's, and makes the error worth another attempt; but not one
   * that was signed with the store's time already.
   */
  #withClockSet(error: SampanError, exchange: OssExchange, signedWithSkewMs: number): SampanError {
    if (error.code !== "CLOUD_CLOCK_SKEWED" || exchange.answer === undefined) return error;
    const storeMs = Date.parse(headerText(exchange.answer, "date") ?? "");
    const skewMs = storeMs - Date.now();
    if (Number.isNaN(skewMs) || Math.abs(skewMs - signedWithSkewMs) < smallestSkewMs) return error;
    this.#skewMs = skewMs;
    const { code, message, hint, details } = error;
    return new SampanError(code, message, { hint, details: { ...details, skewMs }, retryable: true });
  }
}
