import { createHash, createHmac, randomBytes } from "node:crypto";

/*
 * The server's side of NTLMv2 with sealing, written from MS-NLMP without a line of the client under test: what both get wrong in the
 * same way would otherwise never be seen. Debian's python3-ntlm-auth was its judge when it was written.
 */

/** An account by what a server keeps of its password: MD4 of its UTF-16, which Windows calls the NT hash. */
export interface Account {
  readonly user: string;
  readonly domain: string;
  readonly ntHash: string;
}

/** What a test may make the server do otherwise. */
export interface NtlmServerOptions {
  readonly accounts: readonly Account[];
  /** Flags of the challenge. */
  readonly flags?: number;
  /** Without a time in the challenge a client gives no integrity code. */
  readonly timestamp?: boolean;
  /** Certificate whose binding the client must give, and the hash that it is bound by; `null` where there is no TLS. */
  readonly binding?: { readonly certificate: Uint8Array; readonly hash: string } | null;
}

const hmac = (key: Uint8Array, data: Uint8Array) => createHmac("md5", key).update(data).digest();
const utf16 = (text: string) => Buffer.from(text, "utf16le");
const pair = (id: number, value: Uint8Array) => {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(id, 0);
  head.writeUInt16LE(value.length, 2);
  return Buffer.concat([head, value]);
};

/** One login on one connection. */
export class NtlmServer {
  readonly #options: NtlmServerOptions;
  readonly #challenge = randomBytes(8);
  #negotiate: Buffer = Buffer.alloc(0);
  #challengeMessage: Buffer = Buffer.alloc(0);
  /** Why the last login was refused, for tests that want to know. */
  refusal = "";

  constructor(options: NtlmServerOptions) {
    this.#options = options;
  }

  challenge(negotiate: Buffer): Buffer {
    this.#negotiate = negotiate;
    const flags = this.#options.flags ?? 0xe28a_8235;
    const now = Buffer.alloc(8);
    now.writeBigUInt64LE((BigInt(Date.now()) + 11_644_473_600_000n) * 10_000n);
    const info = Buffer.concat([
      pair(2, utf16("WIN2008")),
      pair(1, utf16("WEB-01")),
      pair(4, utf16("web-01")),
      pair(3, utf16("web-01")),
      ...(this.#options.timestamp === false ? [] : [pair(7, now)]),
      pair(0, Buffer.alloc(0)),
    ]);
    const name = utf16("WEB-01");
    const head = Buffer.alloc(56);
    head.write("NTLMSSP\0", 0, "latin1");
    head.writeUInt32LE(2, 8);
    head.writeUInt16LE(name.length, 12);
    head.writeUInt16LE(name.length, 14);
    head.writeUInt32LE(56, 16);
    head.writeUInt32LE(flags, 20);
    this.#challenge.copy(head, 24);
    head.writeUInt16LE(info.length, 40);
    head.writeUInt16LE(info.length, 42);
    head.writeUInt32LE(56 + name.length, 44);
    Buffer.from([6, 1, 0xb1, 0x1d, 0, 0, 0, 15]).copy(head, 48);
    this.#challengeMessage = Buffer.concat([head, name, info]);
    return this.#challengeMessage;
  }

  /** The session of who proved to be whom he says; `undefined` when he did not. */
  authenticate(message: Buffer): ServerSession | undefined {
    const field = (at: number) => {
      const [length, offset] = [message.readUInt16LE(at), message.readUInt32LE(at + 4)];
      return message.subarray(offset, offset + length);
    };
    const refuse = (reason: string) => {
      this.refusal = reason;
      return undefined;
    };
    if (message.toString("latin1", 0, 8) !== "NTLMSSP\0" || message.readUInt32LE(8) !== 3)
      return refuse("type");
    const [nt, domain, user, sealedKey] = [field(20), field(28), field(36), field(52)];
    const name = user.toString("utf16le");
    const account = this.#options.accounts.find(
      (one) => one.user.toLowerCase() === name.toLowerCase() && one.domain === domain.toString("utf16le"),
    );
    if (account === undefined) return refuse("account");
    const key = hmac(
      Buffer.from(account.ntHash, "hex"),
      utf16(name.toUpperCase() + domain.toString("utf16le")),
    );
    const [proof, blob] = [nt.subarray(0, 16), nt.subarray(16)];
    if (!hmac(key, Buffer.concat([this.#challenge, blob])).equals(proof)) return refuse("password");
    const pairs = new Map<number, Buffer>();
    for (let at = 28; at + 4 <= blob.length; ) {
      const [id, length] = [blob.readUInt16LE(at), blob.readUInt16LE(at + 2)];
      if (id === 0) break;
      pairs.set(id, blob.subarray(at + 4, at + 4 + length));
      at += 4 + length;
    }
    const { binding } = this.#options;
    if (binding) {
      const data = Buffer.concat([
        Buffer.from("tls-server-end-point:"),
        createHash(binding.hash).update(binding.certificate).digest(),
      ]);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(data.length);
      const expected = createHash("md5")
        .update(Buffer.concat([Buffer.alloc(16), length, data]))
        .digest();
      if (!pairs.get(10)?.equals(expected)) return refuse("channel binding");
    }
    const exported = rc4Once(hmac(key, proof), sealedKey);
    if (((pairs.get(6)?.readUInt32LE() ?? 0) & 2) !== 0) {
      const zeroed = Buffer.from(message);
      zeroed.fill(0, 72, 88);
      const expected = hmac(exported, Buffer.concat([this.#negotiate, this.#challengeMessage, zeroed]));
      if (!expected.equals(message.subarray(72, 88))) return refuse("integrity code");
    } else if (this.#options.timestamp !== false) return refuse("no integrity code");
    return new ServerSession(exported);
  }
}

/** Sealing as the server does it. */
export class ServerSession {
  readonly #cipherIn: (data: Uint8Array) => Buffer;
  readonly #cipherOut: (data: Uint8Array) => Buffer;
  readonly #signIn: Buffer;
  readonly #signOut: Buffer;
  #in = 0;
  #out = 0;

  constructor(exported: Buffer) {
    const derive = (direction: string, use: string) =>
      createHash("md5")
        .update(exported)
        .update(`session key to ${direction} ${use} key magic constant\0`, "latin1")
        .digest();
    this.#signIn = derive("client-to-server", "signing");
    this.#signOut = derive("server-to-client", "signing");
    this.#cipherIn = rc4(derive("client-to-server", "sealing"));
    this.#cipherOut = rc4(derive("server-to-client", "sealing"));
  }

  unseal(signature: Buffer, sealed: Buffer): Buffer | undefined {
    const text = this.#cipherIn(sealed);
    const number = Buffer.alloc(4);
    number.writeUInt32LE(this.#in++);
    const sum = this.#cipherIn(hmac(this.#signIn, Buffer.concat([number, text])).subarray(0, 8));
    const expected = Buffer.concat([Buffer.from([1, 0, 0, 0]), sum, number]);
    return expected.equals(signature) ? text : undefined;
  }

  seal(text: Buffer): { signature: Buffer; sealed: Buffer } {
    const sealed = this.#cipherOut(text);
    const number = Buffer.alloc(4);
    number.writeUInt32LE(this.#out++);
    const sum = this.#cipherOut(hmac(this.#signOut, Buffer.concat([number, text])).subarray(0, 8));
    return { sealed, signature: Buffer.concat([Buffer.from([1, 0, 0, 0]), sum, number]) };
  }
}

function rc4(key: Uint8Array): (data: Uint8Array) => Buffer {
  const box = Array.from({ length: 256 }, (_, index) => index);
  const swap = (a: number, b: number) => {
    [box[a], box[b]] = [box[b] as number, box[a] as number];
  };
  let y = 0;
  for (let x = 0; x < 256; x++) {
    y = (y + (box[x] as number) + (key[x % key.length] as number)) % 256;
    swap(x, y);
  }
  let [i, j] = [0, 0];
  return (data) =>
    Buffer.from(
      data.map((byte) => {
        i = (i + 1) % 256;
        j = (j + (box[i] as number)) % 256;
        swap(i, j);
        return byte ^ (box[((box[i] as number) + (box[j] as number)) % 256] as number);
      }),
    );
}

const rc4Once = (key: Uint8Array, data: Uint8Array) => rc4(key)(data);
