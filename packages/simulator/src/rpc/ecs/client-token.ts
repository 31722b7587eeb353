import { createHash } from "node:crypto";
import type { JsonObject } from "@sampan/core";
import type { RpcCall } from "../call.ts";
import { RpcError } from "../errors.ts";
import type { ClientTokenRecord } from "./records.ts";

/** Parameters that differ between two sendings of one call. */
const perSending =
  /^(Timestamp|SignatureNonce|Signature|SignatureMethod|SignatureVersion|SignatureType|SecurityToken|AccessKeyId|Format)$/;

/**
 * Finds the answer given before under the call's client token; refused with `mismatchCode` when it was another call.
 * `undefined` when there is no token or it is new.
 */
export function answerGivenBefore(
  call: RpcCall,
  action: string,
  mismatchCode = "IdempotentParameterMismatch",
): JsonObject | undefined {
  const key = tokenKey(call, action);
  const known = key === undefined ? undefined : call.world.ecs.token(key);
  if (!known) return undefined;
  if (known.fingerprint !== fingerprintOf(call)) {
    throw new RpcError(400, mismatchCode, "The ClientToken was used with other parameters.");
  }
  return known.answer;
}

/** What is kept with an image, so that the same token gives the same answer, after a restart too. */
export function tokenRecord(call: RpcCall, action: string, answer: JsonObject): ClientTokenRecord | null {
  const key = tokenKey(call, action);
  return key === undefined ? null : { key, fingerprint: fingerprintOf(call), answer };
}

/**
 * Notes what a call with a client token is about to make, before it makes it: a crash in between leaves a token that is
 * void, never a thing that is made twice.
 */
export async function keepToken(
  call: RpcCall,
  action: string,
  answer: JsonObject,
  madeId: string,
): Promise<void> {
  const token = tokenRecord(call, action, answer);
  if (token) await call.world.ecs.putToken({ ...token, madeId });
}

function tokenKey(call: RpcCall, action: string): string | undefined {
  const token = call.parameters.text("ClientToken");
  if (token === undefined) return undefined;
  if (!/^[\x20-\x7e]{1,64}$/.test(token)) {
    throw new RpcError(
      400,
      "InvalidClientToken.Malformed",
      "The ClientToken is longer than 64 ASCII characters.",
    );
  }
  return `${call.caller.accountId} ${action} ${token}`;
}

function fingerprintOf(call: RpcCall): string {
  const lines = call.parameters
    .entries()
    .filter(([name]) => !perSending.test(name))
    .map(([name, value]) => JSON.stringify([name, value]))
    .sort();
  return createHash("sha256").update(lines.join("\n")).digest("hex");
}
