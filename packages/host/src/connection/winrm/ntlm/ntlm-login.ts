import { randomBytes } from "node:crypto";
import { SampanError, type Secret } from "@sampan/core";
import {
  type AvPair,
  avId,
  flag,
  invalidChallenge,
  parseAvPairs,
  signature,
  writeAvPairs,
} from "./fields.ts";
import { computeResponse, hmacMd5, passwordKey, wide } from "./keys.ts";
import { Rc4 } from "./rc4.ts";
import { SessionSecurity } from "./session-security.ts";

/** Who logs in by NTLM, and where. */
export interface NtlmIdentity {
  /** Name without domain, or a whole `user@domain`, whose domain is then left empty. */
  readonly user: string;
  readonly domain: string;
  readonly password: Secret;
  /** Name of the service: `HTTP/web-01`. */
  readonly target: string;
}

/** What is chance or time in a login; given by tests, from the system otherwise. */
export interface NtlmChance {
  readonly clientChallenge: Uint8Array;
  readonly sessionKey: Uint8Array;
  readonly nowMs: number;
}

/** What a client must be granted: Unicode, signing, sealing, extended session security, 128-bit keys, key exchange. */
const needed =
  flag.unicode |
  flag.sign |
  flag.seal |
  flag.extendedSessionSecurity |
  flag.key128 |
  flag.keyExchange |
  flag.targetInfo;
const asked = (needed | flag.requestTarget | flag.ntlm | flag.alwaysSign | flag.version | flag.key56) >>> 0;
/** Windows 10 as everyone gives it; only for people who debug (MS-NLMP 2.2.2.10). */
const version = Buffer.from([10, 0, 0x61, 0x4a, 0, 0, 0, 15]);
const challengeHead = 48;
const authenticateHead = 88;
const micAt = 72;

/**
 * One login by NTLMv2, with a message integrity code and channel binding (MS-NLMP 3.1.5.1): `begin()` is sent, what
 * `answer()` gives is sent next, and messages are then sealed by its session.
 */
export class NtlmLogin {
  readonly #identity: NtlmIdentity;
  readonly #chance: NtlmChance;
  readonly #negotiate: Buffer;

  constructor(identity: NtlmIdentity, chance?: NtlmChance) {
    this.#identity = identity;
    this.#chance = chance ?? {
      clientChallenge: randomBytes(8),
      sessionKey: randomBytes(16),
      nowMs: Date.now(),
    };
    const head = Buffer.alloc(40);
    signature.copy(head, 0);
    head.writeUInt32LE(1, 8);
    head.writeUInt32LE(asked, 12);
    version.copy(head, 32);
    this.#negotiate = head;
  }

  /** The message that begins it. */
  begin(): Buffer {
    return this.#negotiate;
  }

  /**
   * Answers a challenge.
   *
   * @param channelBinding what {@link channelBindingOf} gives for the TLS connection; `undefined` without one.
   * @throws `HOST_ANSWER_INVALID` for a challenge that is none, `HOST_ENCRYPTION_REFUSED` for a server that grants less than
   * sealing with 128-bit keys.
   */
  async answer(
    challenge: Buffer,
    channelBinding?: Uint8Array,
  ): Promise<{ readonly message: Buffer; readonly session: SessionSecurity }> {
    const { serverChallenge, flags, pairs } = parseChallenge(challenge);
    if ((flags & needed) >>> 0 !== needed >>> 0) {
      throw new SampanError(
        "HOST_ENCRYPTION_REFUSED",
        `logging in by NTLM: the host grants flags 0x${flags.toString(16)}, which leave messages without 128-bit sealing`,
        { details: { flags } },
      );
    }
    const { user, domain, password, target } = this.#identity;
    const { clientChallenge, sessionKey, nowMs } = this.#chance;
    const given = pairs.find(({ id }) => id === avId.timestamp)?.value;
    // A time of the server's asks for an integrity code over all three messages, and for no LM response.
    const timestamp = given?.length === 8 ? given : fileTime(nowMs);
    const targetInfo = writeAvPairs(withOwnPairs(pairs, given !== undefined, target, channelBinding));
    const key = await passwordKey(password.reveal(), user, domain);
    const response = computeResponse(key, { serverChallenge, clientChallenge, timestamp, targetInfo });
    const message = writeAuthenticate((flags & asked) >>> 0, [
      given === undefined ? response.lmResponse : Buffer.alloc(24),
      response.ntResponse,
      wide(domain),
      wide(user),
      Buffer.alloc(0),
      new Rc4(response.sessionBaseKey).next(sessionKey),
    ]);
    if (given !== undefined) hmacMd5(sessionKey, this.#negotiate, challenge, message).copy(message, micAt);
    return { message, session: new SessionSecurity(sessionKey) };
  }
}

function parseChallenge(message: Buffer) {
  if (message.length < challengeHead || !message.subarray(0, 8).equals(signature)) {
    throw invalidChallenge("it is no NTLM message");
  }
  if (message.readUInt32LE(8) !== 2) throw invalidChallenge(`it is of type ${message.readUInt32LE(8)}`);
  const flags = message.readUInt32LE(20);
  const length = message.readUInt16LE(40);
  const offset = message.readUInt32LE(44);
  if (offset + length > message.length) throw invalidChallenge("its target information lies past its end");
  const pairs =
    (flags & flag.targetInfo) === 0 ? [] : parseAvPairs(message.subarray(offset, offset + length));
  return { serverChallenge: message.subarray(24, 32), flags, pairs };
}

/** The server's pairs, with what the client says of itself in the place of what the server may have put there. */
function withOwnPairs(
  pairs: readonly AvPair[],
  integrity: boolean,
  target: string,
  channelBinding: Uint8Array | undefined,
): readonly AvPair[] {
  const flags = Buffer.alloc(4);
  const told = pairs.find(({ id }) => id === avId.flags)?.value;
  if (told?.length === 4) flags.set(told);
  if (integrity) flags.writeUInt32LE((flags.readUInt32LE() | 2) >>> 0);
  const own: AvPair[] = [
    ...(flags.readUInt32LE() === 0 ? [] : [{ id: avId.flags, value: flags }]),
    { id: avId.channelBindings, value: channelBinding ?? Buffer.alloc(16) },
    { id: avId.targetName, value: wide(target) },
  ];
  return [...pairs.filter(({ id }) => id !== avId.flags && !own.some((pair) => pair.id === id)), ...own];
}

/** LM response, NT response, domain, user, workstation and session key, in the order of their fields. */
function writeAuthenticate(flags: number, payloads: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(authenticateHead);
  signature.copy(head, 0);
  head.writeUInt32LE(3, 8);
  let at = authenticateHead;
  for (const [index, payload] of payloads.entries()) {
    const field = 12 + index * 8;
    head.writeUInt16LE(payload.length, field);
    head.writeUInt16LE(payload.length, field + 2);
    head.writeUInt32LE(at, field + 4);
    at += payload.length;
  }
  head.writeUInt32LE(flags, 60);
  version.copy(head, 64);
  return Buffer.concat([head, ...payloads]);
}

/** 100-nanosecond units since 1601. */
function fileTime(nowMs: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE((BigInt(Math.floor(nowMs)) + 11_644_473_600_000n) * 10_000n);
  return bytes;
}
