import { createHash } from "node:crypto";
import { md5 } from "./keys.ts";

/** Hashes of signature algorithms, by the bytes of their identifier in hexadecimal. MD5 and SHA-1 count as SHA-256 (RFC 5929 §4.1). */
const hashes: Readonly<Record<string, string>> = {
  "2a864886f70d010104": "sha256", // md5WithRSAEncryption
  "2a864886f70d010105": "sha256", // sha1WithRSAEncryption
  "2a864886f70d01010b": "sha256",
  "2a864886f70d01010c": "sha384",
  "2a864886f70d01010d": "sha512",
  "2a864886f70d01010e": "sha224",
  "2a8648ce3d0401": "sha256", // ecdsa-with-SHA1
  "2a8648ce3d040301": "sha224",
  "2a8648ce3d040302": "sha256",
  "2a8648ce3d040303": "sha384",
  "2a8648ce3d040304": "sha512",
  // Hashes themselves, which RSASSA-PSS names in its parameters.
  "2b0e03021a": "sha256", // SHA-1
  "608648016503040201": "sha256",
  "608648016503040202": "sha384",
  "608648016503040203": "sha512",
  "608648016503040204": "sha224",
};
const rsaPss = "2a864886f70d01010a";

/**
 * The token that ties a login to its TLS connection: MD5 of a `gss_channel_bindings_struct` (RFC 2744 §3.11) that holds
 * `tls-server-end-point` of the server's certificate (RFC 5929 §4). `undefined` where that is not defined, as with Ed25519.
 */
export function channelBindingOf(certificate: Uint8Array): Buffer | undefined {
  const algorithm = hashOf(Buffer.from(certificate));
  if (algorithm === undefined) return undefined;
  const data = Buffer.concat([
    Buffer.from("tls-server-end-point:", "latin1"),
    createHash(algorithm).update(certificate).digest(),
  ]);
  // Neither side's address is bound: types and lengths of both are zero.
  const head = Buffer.alloc(20);
  head.writeUInt32LE(data.length, 16);
  return md5(head, data);
}

/** The hash a certificate is signed with, from its DER. */
function hashOf(certificate: Buffer): string | undefined {
  const whole = element(certificate, 0);
  const signed = whole && element(certificate, whole.from);
  const algorithm = signed && element(certificate, signed.to);
  const name = algorithm && element(certificate, algorithm.from);
  if (algorithm === undefined || name?.tag !== 6) return undefined;
  const identifier = certificate.toString("hex", name.from, name.to);
  if (identifier !== rsaPss) return Object.hasOwn(hashes, identifier) ? hashes[identifier] : undefined;
  // parameters: SEQUENCE { [0] { SEQUENCE { hash } } … }; SHA-1 where they are left out.
  const parameters = name.to < algorithm.to ? element(certificate, name.to) : undefined;
  const tagged = parameters && element(certificate, parameters.from);
  const hash = tagged?.tag === 0xa0 ? element(certificate, tagged.from) : undefined;
  const own = hash && element(certificate, hash.from);
  if (own?.tag !== 6) return "sha256";
  return hashes[certificate.toString("hex", own.from, own.to)];
}

/** An element of DER: its tag, and where its content lies; `undefined` when it is longer than the bytes. */
function element(bytes: Buffer, at: number) {
  if (at + 2 > bytes.length) return undefined;
  const short = bytes[at + 1] as number;
  const count = short < 0x80 ? 0 : short & 0x7f;
  if (count > 4 || at + 2 + count > bytes.length) return undefined;
  const length = count === 0 ? short & 0x7f : bytes.readUIntBE(at + 2, count);
  const from = at + 2 + count;
  return from + length > bytes.length ? undefined : { tag: bytes[at] as number, from, to: from + length };
}
