import { ossError } from "./errors.ts";

/** What a form says, names in lower case. */
export type FormFields = ReadonlyMap<string, string>;

/** Sizes a policy allows for the file, both ends included. */
export interface LengthRange {
  readonly minBytes: number;
  readonly maxBytes: number;
}

/**
 * Checks a form against its policy: the expiry, then each condition (`eq`, `starts-with`, `in`, `not-in`; a pair is `eq`).
 * Returns the lengths it allows for the file, which are known only when it has come.
 *
 * `InvalidPolicyDocument` when it cannot be read, `AccessDenied` when it forbids the form. Source: vendor page PostObject,
 * 2025-02.
 */
export function checkPostPolicy(base64: string, fields: FormFields, nowMs: number): LengthRange | undefined {
  const policy = readPolicy(base64);
  const expiresAtMs = typeof policy.expiration === "string" ? Date.parse(policy.expiration) : Number.NaN;
  if (Number.isNaN(expiresAtMs) || !Array.isArray(policy.conditions)) throw invalidPolicy();
  if (expiresAtMs < nowMs) throw forbidden("Policy expired.");
  let range: LengthRange | undefined;
  for (const condition of policy.conditions as readonly unknown[]) {
    if (Array.isArray(condition) && String(condition[0]).toLowerCase() === "content-length-range") {
      range = readRange(condition);
    } else {
      checkCondition(condition, fields);
    }
  }
  return range;
}

function readPolicy(base64: string): { readonly expiration?: unknown; readonly conditions?: unknown } {
  try {
    const value: unknown = JSON.parse(Buffer.from(base64, "base64").toString("utf8"));
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Refused below.
  }
  throw invalidPolicy();
}

function readRange(condition: readonly unknown[]): LengthRange {
  const [, minBytes, maxBytes] = condition.map(Number);
  if (!Number.isSafeInteger(minBytes) || !Number.isSafeInteger(maxBytes)) throw invalidPolicy();
  return { minBytes: minBytes ?? 0, maxBytes: maxBytes ?? 0 };
}

function checkCondition(condition: unknown, fields: FormFields): void {
  if (typeof condition !== "object" || condition === null) throw invalidPolicy();
  if (!Array.isArray(condition)) {
    for (const [name, wanted] of Object.entries(condition)) {
      if (fieldOf(fields, name) !== String(wanted)) throw failed(condition);
    }
    return;
  }
  const [operator, name, wanted] = condition as readonly unknown[];
  if (typeof operator !== "string" || typeof name !== "string") throw invalidPolicy();
  const value = fieldOf(fields, name.replace(/^\$/, ""));
  const list = Array.isArray(wanted) ? wanted.map(String) : [];
  const holds = {
    eq: value === String(wanted),
    "starts-with": value.startsWith(String(wanted)),
    in: list.includes(value),
    "not-in": !list.includes(value),
  };
  if (!Object.hasOwn(holds, operator.toLowerCase())) throw invalidPolicy();
  if (!holds[operator.toLowerCase() as keyof typeof holds]) throw failed(condition);
}

function fieldOf(fields: FormFields, name: string): string {
  return fields.get(name.toLowerCase()) ?? "";
}

function invalidPolicy(): Error {
  return ossError("InvalidPolicyDocument");
}

function failed(condition: object): Error {
  return forbidden(`Policy Condition failed: ${JSON.stringify(condition).slice(0, 1024)}`);
}

function forbidden(why: string): Error {
  return ossError("AccessDenied", { message: `Invalid according to Policy: ${why}` });
}
