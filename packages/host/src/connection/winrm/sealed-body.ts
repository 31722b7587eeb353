import { SampanError } from "@sampan/core";
import { type SessionSecurity, signatureBytes } from "./ntlm/session-security.ts";

const protocol = "application/HTTP-SPNEGO-session-encrypted";
const boundary = "Encrypted Boundary";
/** Headers of both parts are far shorter. */
const maxHeadBytes = 2048;

/** What a sealed body is announced as. */
export const sealedContentType = `multipart/encrypted;protocol="${protocol}";boundary="${boundary}"`;

/** Whether an answer is announced as sealed. */
export function isSealed(contentType: string): boolean {
  return /^multipart\/encrypted\s*;/i.test(contentType) && contentType.includes(protocol);
}

/** Seals an envelope as the body of a request (MS-WSMV 2.2.9.1). */
export function sealBody(session: SessionSecurity, envelope: Uint8Array): Buffer {
  const { signature, sealed } = session.seal(envelope);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(signature.length);
  const head = [
    `--${boundary}`,
    `\tContent-Type: ${protocol}`,
    `\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=${envelope.length}`,
    `--${boundary}`,
    "\tContent-Type: application/octet-stream",
    "",
  ].join("\r\n");
  return Buffer.concat([
    Buffer.from(head, "latin1"),
    length,
    signature,
    sealed,
    Buffer.from(`--${boundary}--\r\n`, "latin1"),
  ]);
}

/**
 * Unseals the body of an answer.
 *
 * @throws `HOST_ANSWER_INVALID` when it has another form, or is not what the host sealed.
 */
export function unsealBody(session: SessionSecurity, body: Buffer): Buffer {
  const head = body.toString("latin1", 0, Math.min(body.length, maxHeadBytes));
  const dataAt = head.indexOf("application/octet-stream\r\n");
  const told = /;\s*Length=(\d{1,9})\r\n/i.exec(head.slice(0, Math.max(dataAt, 0)))?.[1];
  if (told === undefined) throw invalid("it has no sealed part");
  const from = dataAt + "application/octet-stream\r\n".length;
  const length = Number(told);
  // NTLM pads nothing: the sealed text is as long as the text.
  const signatureAt = from + 4;
  const sealedAt = signatureAt + signatureBytes;
  const end = sealedAt + length;
  if (end > body.length || body.readUInt32LE(from) !== signatureBytes) {
    throw invalid("its lengths contradict each other");
  }
  // Some servers put a space between the dashes and the name.
  if (!/^--\s?Encrypted Boundary--/.test(body.toString("latin1", end, end + 32))) {
    throw invalid("it does not end where it says");
  }
  return session.unseal(body.subarray(signatureAt, sealedAt), body.subarray(sealedAt, end));
}

function invalid(found: string): SampanError {
  return new SampanError("HOST_ANSWER_INVALID", `unsealing an answer of WinRM: ${found}`);
}
