import { timingSafeEqual } from "node:crypto";
import { SampanError } from "@sampan/core";
import { hmacMd5, md5 } from "./keys.ts";
import { Rc4 } from "./rc4.ts";

const magic = {
  clientSigning: "session key to client-to-server signing key magic constant\0",
  serverSigning: "session key to server-to-client signing key magic constant\0",
  clientSealing: "session key to client-to-server sealing key magic constant\0",
  serverSealing: "session key to server-to-client sealing key magic constant\0",
} as const;

/** Length of the signature before each sealed message, in bytes. */
export const signatureBytes = 16;

/**
 * Seals what a client sends and unseals what it is answered, in order: extended session security with 128-bit keys and key exchange
 * (MS-NLMP 3.4). Nothing weaker is spoken.
 */
export class SessionSecurity {
  readonly #outgoing: { readonly signing: Buffer; readonly sealing: Rc4 };
  readonly #incoming: { readonly signing: Buffer; readonly sealing: Rc4 };
  #sent = 0;
  #received = 0;

  constructor(exportedSessionKey: Uint8Array) {
    const key = (words: string) => md5(exportedSessionKey, Buffer.from(words, "latin1"));
    this.#outgoing = { signing: key(magic.clientSigning), sealing: new Rc4(key(magic.clientSealing)) };
    this.#incoming = { signing: key(magic.serverSigning), sealing: new Rc4(key(magic.serverSealing)) };
  }

  seal(message: Uint8Array): { readonly signature: Buffer; readonly sealed: Buffer } {
    const { signing, sealing } = this.#outgoing;
    const sealed = sealing.next(message);
    return { sealed, signature: sign(signing, sealing, this.#sent++, message) };
  }

  /** @throws `HOST_ANSWER_INVALID` when the message is not what the host sealed next; nothing can be unsealed after it. */
  unseal(signature: Uint8Array, sealed: Uint8Array): Buffer {
    const { signing, sealing } = this.#incoming;
    const message = sealing.next(sealed);
    const expected = sign(signing, sealing, this.#received++, message);
    if (signature.length !== signatureBytes || !timingSafeEqual(expected, signature)) {
      throw new SampanError(
        "HOST_ANSWER_INVALID",
        "unsealing an answer of WinRM: its signature is not the host's: it was changed on its way",
      );
    }
    return message;
  }
}

/** A signature with its checksum sealed, as key exchange wants it (MS-NLMP 3.4.4.2). */
function sign(signing: Buffer, sealing: Rc4, sequence: number, message: Uint8Array): Buffer {
  const number = Buffer.alloc(4);
  number.writeUInt32LE(sequence);
  const checksum = sealing.next(hmacMd5(signing, number, message).subarray(0, 8));
  return Buffer.concat([Buffer.from([1, 0, 0, 0]), checksum, number]);
}
