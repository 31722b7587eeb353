import { createHash, createHmac } from "node:crypto";
import { md4 } from "hash-wasm";

export function hmacMd5(key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer {
  const hmac = createHmac("md5", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

export function md5(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash("md5");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

export function wide(text: string): Buffer {
  return Buffer.from(text, "utf16le");
}

/** Windows puts each character into upper case by itself: `ß` stays, where JavaScript makes `SS` of it. */
function upperCase(text: string): string {
  return Array.from(text, (character) => {
    const upper = character.toUpperCase();
    return upper.length === character.length ? upper : character;
  }).join("");
}

/** `NTOWFv2` (MS-NLMP 3.3.2): the key that a user's password and name come to. */
export async function passwordKey(password: string, user: string, domain: string): Promise<Buffer> {
  const hash = Buffer.from(await md4(wide(password)), "hex");
  return hmacMd5(hash, wide(upperCase(user) + domain));
}

/** What the password proves, and what both sides make keys of. */
export interface NtlmV2Response {
  readonly ntResponse: Buffer;
  readonly lmResponse: Buffer;
  readonly sessionBaseKey: Buffer;
}

/** What goes into a response besides the password. */
export interface ResponseInput {
  readonly serverChallenge: Uint8Array;
  readonly clientChallenge: Uint8Array;
  /** 100-nanosecond units since 1601, as eight bytes. */
  readonly timestamp: Uint8Array;
  /** Pairs as they are sent, their end included. */
  readonly targetInfo: Uint8Array;
}

/** `ComputeResponse` of NTLMv2 (MS-NLMP 3.3.2). */
export function computeResponse(key: Uint8Array, input: ResponseInput): NtlmV2Response {
  const { serverChallenge, clientChallenge, timestamp, targetInfo } = input;
  const head = Buffer.from([1, 1, 0, 0, 0, 0, 0, 0]);
  const four = Buffer.alloc(4);
  const temp = Buffer.concat([head, timestamp, clientChallenge, four, targetInfo, four]);
  const proof = hmacMd5(key, serverChallenge, temp);
  return {
    ntResponse: Buffer.concat([proof, temp]),
    lmResponse: Buffer.concat([hmacMd5(key, serverChallenge, clientChallenge), clientChallenge]),
    sessionBaseKey: hmacMd5(key, proof),
  };
}
