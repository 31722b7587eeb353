import { SampanError, Secret } from "@sampan/core";
import type { CloudCredentials } from "./credentials.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** Takes a value as an object of fields; anything else has none. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** The text in a field; `undefined` when it is absent, empty or no text. Inherited fields do not count. */
export function textIn(fields: Fields, name: string): string | undefined {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

/** The number in a field, also one written as text. */
export function numberIn(fields: Fields, name: string): number | undefined {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

/** Reads JSON; `undefined` for anything else. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Under which names an answer holds the parts of a key. */
export interface KeyNames {
  readonly id: string;
  readonly secret: string;
  readonly token: string;
  readonly expiration: string;
}

export const pascalNames: KeyNames = {
  id: "AccessKeyId",
  secret: "AccessKeySecret",
  token: "SecurityToken",
  expiration: "Expiration",
};

/**
 * Takes a temporary key out of an answer.
 *
 * @throws `CLOUD_ANSWER_INVALID` naming what is missing, never what was there.
 */
export function keyOf(value: unknown, names: KeyNames, doing: string): CloudCredentials {
  const fields = fieldsOf(value);
  const accessKeyId = textIn(fields, names.id);
  const secret = textIn(fields, names.secret);
  const token = textIn(fields, names.token);
  if (accessKeyId === undefined || secret === undefined) {
    const missing = accessKeyId === undefined ? names.id : names.secret;
    throw new SampanError("CLOUD_ANSWER_INVALID", `${doing}: the answer lacks ${missing}`);
  }
  const expiresAt = Date.parse(textIn(fields, names.expiration) ?? "");
  return {
    accessKeyId,
    accessKeySecret: new Secret(secret),
    ...(token === undefined ? {} : { securityToken: new Secret(token) }),
    ...(Number.isFinite(expiresAt) ? { expiresAt } : {}),
  };
}
