/**
 * RC4 with its state kept from call to call: NTLM seals message after message with one stream of it. Weak as ciphers go, and
 * what the protocol prescribes (MS-NLMP 3.4.3); Node's own needs a provider that most builds of OpenSSL leave out.
 */
export class Rc4 {
  readonly #state = new Uint8Array(256);
  #i = 0;
  #j = 0;

  constructor(key: Uint8Array) {
    const state = this.#state;
    for (let i = 0; i < 256; i++) state[i] = i;
    for (let i = 0, j = 0; i < 256; i++) {
      const here = state[i] as number;
      j = (j + here + (key[i % key.length] as number)) & 0xff;
      state[i] = state[j] as number;
      state[j] = here;
    }
  }

  /** Enciphers or deciphers the next bytes of the stream. */
  next(bytes: Uint8Array): Buffer {
    const state = this.#state;
    const result = Buffer.alloc(bytes.length);
    for (let at = 0; at < bytes.length; at++) {
      this.#i = (this.#i + 1) & 0xff;
      const a = state[this.#i] as number;
      this.#j = (this.#j + a) & 0xff;
      const b = state[this.#j] as number;
      state[this.#i] = b;
      state[this.#j] = a;
      result[at] = (bytes[at] as number) ^ (state[(a + b) & 0xff] as number);
    }
    return result;
  }
}
