import { throwIfCancelled } from "@sampan/core";
import type { CloudCredentials, CredentialProvider } from "../credentials/credentials.ts";
import { KeyedClients } from "../credentials/keyed-clients.ts";
import { assertRegionId } from "../regions.ts";
import { rpcFailure } from "../rpc-failure.ts";
import { untilCancelled } from "../until-cancelled.ts";
import { type FailedCall, invalidAnswer, vendorCodeOf } from "../vendor-failure.ts";
import {
  connectTimeoutMs,
  type EcsClient,
  type EcsVendor,
  ecsHost,
  loadEcs,
  makeEcsClient,
  type RpcAddress,
  type VendorRuntime,
} from "./ecs-client.ts";

/** How ECS is reached. */
export interface EcsOptions {
  readonly region: string;
  readonly address: RpcAddress;
  readonly credentials: CredentialProvider;
  readonly answerTimeoutMs: number;
}

/** One call to ECS: what it is, in which region, and what to say of it when it fails. */
export interface EcsCall {
  /** As the vendor names it: `ImportImage`. */
  readonly action: string;
  /** The beginning of a sentence: `importing web-01 in cn-hangzhou`. */
  readonly doing: string;
  readonly region: string;
  readonly signal?: AbortSignal | undefined;
}

/** Makes single calls to ECS through the vendor's typed client, loaded by the first; what fails is a SampanError. */
export class EcsCaller {
  /** Region of calls that concern none in particular. */
  readonly region: string;
  readonly #options: EcsOptions;
  readonly #clients: KeyedClients<EcsClient>;

  constructor(options: EcsOptions) {
    this.region = options.region;
    this.#options = options;
    this.#clients = new KeyedClients(options.credentials);
  }

  /** Makes one call, without retries: the vendor's own are off unless asked for, and the engine above decides. */
  async call<T>(
    { action, doing, region, signal }: EcsCall,
    work: (client: EcsClient, ecs: EcsVendor, runtime: VendorRuntime) => Promise<T>,
  ): Promise<T> {
    assertRegionId(region);
    throwIfCancelled(signal);
    const { address, answerTimeoutMs } = this.#options;
    const vendor = await loadEcs();
    throwIfCancelled(signal);
    const runtime = new vendor.RuntimeOptions({
      readTimeout: answerTimeoutMs,
      connectTimeout: connectTimeoutMs,
    });
    const make = (credentials: CloudCredentials) =>
      makeEcsClient(vendor, region, address, credentials, answerTimeoutMs);
    return this.#clients.use(region, signal, make, async (client) => {
      try {
        return await untilCancelled(work(client, vendor.service, runtime), signal);
      } catch (thrown) {
        throw rpcFailure(this.#failed({ action, doing, region }), thrown);
      }
    });
  }

  /** What an answer without something it must hold, such as the id of what was made, is refused with. */
  lacking(call: EcsCall, what: string) {
    return invalidAnswer(this.#failed(call), `the answer lacks ${what}`, { retryable: false });
  }

  #failed({ action, doing, region }: EcsCall): FailedCall {
    const { secrets } = this.#clients;
    return { service: "ecs", action, doing, endpoint: ecsHost(region, this.#options.address), secrets };
  }
}

/** Lets the vendor codes pass that say the goal was reached already. */
export async function unlessSettled(codes: readonly string[], work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!codes.includes(vendorCodeOf(error) ?? "")) throw error;
  }
}
