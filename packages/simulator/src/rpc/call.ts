import type { JsonObject } from "@sampan/core";
import type { Caller } from "../accounts.ts";
import type { FaultEffect } from "../faults.ts";
import type { World } from "../world.ts";
import type { RpcParameters } from "./parameters.ts";

/** An authenticated call on its way to an action. */
export interface RpcCall {
  readonly world: World;
  readonly caller: Caller;
  readonly parameters: RpcParameters;
  readonly effect: FaultEffect | undefined;
  /** Address the call came from. */
  readonly remoteAddress?: string | undefined;
}

/** One action of a service. */
export interface RpcAction {
  readonly name: string;
  /** Parameters it understands, list numbers written `N`: `Tag.N.Key`. */
  readonly parameters: readonly string[];
  /** Does the work and returns the answer without its RequestId. */
  readonly run: (call: RpcCall) => Promise<JsonObject>;
}

/** A call nobody signed. */
export type UnsignedCall = Omit<RpcCall, "caller">;

/** An action that takes calls without a signature: what they carry shows who sent them. */
export interface UnsignedAction extends Omit<RpcAction, "run"> {
  readonly run: (call: UnsignedCall) => Promise<JsonObject>;
}

/** A service: one version of one product. */
export interface RpcService {
  readonly service: "ecs" | "vpc" | "ram" | "sts";
  readonly version: string;
  readonly actions: readonly RpcAction[];
  readonly unsignedActions?: readonly UnsignedAction[];
}
