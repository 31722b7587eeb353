import { SampanError } from "@sampan/core";

/** First bytes of every NTLM message. */
export const signature = Buffer.from("NTLMSSP\0", "latin1");

/** Flags of MS-NLMP 2.2.2.5 by the names they have there. */
export const flag = {
  unicode: 0x0000_0001,
  requestTarget: 0x0000_0004,
  sign: 0x0000_0010,
  seal: 0x0000_0020,
  ntlm: 0x0000_0200,
  alwaysSign: 0x0000_8000,
  extendedSessionSecurity: 0x0008_0000,
  targetInfo: 0x0080_0000,
  version: 0x0200_0000,
  key128: 0x2000_0000,
  keyExchange: 0x4000_0000,
  key56: 0x8000_0000,
} as const;

/** What a pair of the target's information is about (MS-NLMP 2.2.2.1). */
export const avId = {
  end: 0,
  flags: 6,
  timestamp: 7,
  targetName: 9,
  channelBindings: 10,
} as const;

/** One pair of the target's information. */
export interface AvPair {
  readonly id: number;
  readonly value: Uint8Array;
}

/** More pairs than this no server gives. */
const maxPairs = 64;

/** Reads the target's information up to its end; `HOST_ANSWER_INVALID` where it does not end. */
export function parseAvPairs(bytes: Buffer): readonly AvPair[] {
  const pairs: AvPair[] = [];
  for (let at = 0; at + 4 <= bytes.length && pairs.length < maxPairs; ) {
    const id = bytes.readUInt16LE(at);
    const length = bytes.readUInt16LE(at + 2);
    if (id === avId.end) return pairs;
    if (at + 4 + length > bytes.length) break;
    pairs.push({ id, value: bytes.subarray(at + 4, at + 4 + length) });
    at += 4 + length;
  }
  throw invalidChallenge("its target information does not end");
}

/** Writes pairs and the one that ends them. */
export function writeAvPairs(pairs: readonly AvPair[]): Buffer {
  const parts: Uint8Array[] = [];
  for (const { id, value } of [...pairs, { id: avId.end, value: new Uint8Array(0) }]) {
    const head = Buffer.alloc(4);
    head.writeUInt16LE(id, 0);
    head.writeUInt16LE(value.length, 2);
    parts.push(head, value);
  }
  return Buffer.concat(parts);
}

/** A challenge that cannot be understood. */
export function invalidChallenge(found: string): SampanError {
  return new SampanError("HOST_ANSWER_INVALID", `logging in by NTLM: the challenge is unsound: ${found}`);
}
