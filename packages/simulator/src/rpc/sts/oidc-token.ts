import { constants, createPublicKey, type JsonWebKey, verify } from "node:crypto";
import type { SimulatorOidcProvider } from "../../accounts.ts";
import { RpcError } from "../errors.ts";

/** What a token says, once it is known to be its provider's. */
export interface OidcClaims {
  readonly issuer: string;
  readonly subject: string;
  /** The one of the provider's client ids the token was made for. */
  readonly clientId: string;
  readonly issuedAtMs: number | null;
  readonly expiresAtMs: number;
}

/** How far the clocks of provider and service may differ. */
const leewayMs = 60_000;
/** Later times cannot be written as dates. */
const latestSeconds = 8.64e12;

type Json = Readonly<Record<string, unknown>>;

/**
 * Checks a token (JWT) against a provider: signature by one of its keys, issuer, client id, times. 400
 * `AuthenticationFail.OIDCToken.Invalid` or `.Expired` otherwise; the token itself is never repeated.
 */
export function verifyOidcToken(token: string, provider: SimulatorOidcProvider, nowMs: number): OidcClaims {
  const [head, body, signature, ...rest] = token.split(".");
  if (!head || !body || !signature || rest.length > 0) throw invalid("It is no signed JWT.");
  const header = readPart(head);
  const signed = Buffer.from(`${head}.${body}`);
  const given = Buffer.from(signature, "base64url");
  const keys = provider.publicKeys.filter((key) => header.kid === undefined || key.kid === header.kid);
  if (!keys.some((key) => isSignedBy(key, String(header.alg), signed, given))) {
    throw invalid("No key of the provider made its signature.");
  }
  return readClaims(readPart(body), provider, nowMs);
}

function readClaims(claims: Json, provider: SimulatorOidcProvider, nowMs: number): OidcClaims {
  const { iss, sub, exp, iat, nbf } = claims;
  const audience: readonly unknown[] = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
  const clientId = provider.clientIds.find((id) => audience.includes(id));
  if (iss !== provider.issuerUrl) throw invalid("Its issuer is not the provider's.");
  if (clientId === undefined) throw invalid("It was made for none of the provider's client ids.");
  if (typeof sub !== "string" || sub === "") throw invalid("It has no subject.");
  if (!isTime(exp)) throw invalid("It does not say when it expires.");
  if (exp * 1000 + leewayMs <= nowMs) {
    throw new RpcError(400, "AuthenticationFail.OIDCToken.Expired", "This JsonWebToken is expired.");
  }
  if ([iat, nbf].some((time) => isTime(time) && time * 1000 - leewayMs > nowMs)) {
    throw invalid("It is not valid yet.");
  }
  return {
    issuer: iss,
    subject: sub,
    clientId,
    issuedAtMs: isTime(iat) ? iat * 1000 : null,
    expiresAtMs: exp * 1000,
  };
}

/** Public-key signatures alone: with `none` or a shared secret anybody who knows the public key could make a token. */
function isSignedBy(key: Json, algorithm: string, signed: Buffer, signature: Buffer): boolean {
  const [, family, bits] = /^(RS|PS|ES)(256|384|512)$/.exec(algorithm) ?? [];
  if (!family || (key.alg !== undefined && key.alg !== algorithm)) return false;
  try {
    const publicKey = createPublicKey({ key: key as JsonWebKey, format: "jwk" });
    const isElliptic = publicKey.asymmetricKeyType === "ec";
    if (isElliptic !== (family === "ES")) return false;
    const padding = family === "PS" ? { padding: constants.RSA_PKCS1_PSS_PADDING } : {};
    const encoding = isElliptic ? ({ dsaEncoding: "ieee-p1363" } as const) : {};
    return verify(`sha${bits}`, signed, { key: publicKey, ...padding, ...encoding }, signature);
  } catch {
    // A key of the options that is none signs nothing.
    return false;
  }
}

function readPart(part: string): Json {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Json;
  } catch {
    // Refused below.
  }
  throw invalid("A part of it is not JSON.");
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= latestSeconds;
}

function invalid(problem: string): RpcError {
  return new RpcError(400, "AuthenticationFail.OIDCToken.Invalid", `The OIDC token is invalid. ${problem}`);
}
