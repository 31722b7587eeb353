import type { Fault, FaultEffect } from "./faults.ts";

/** Says what a value must be when it is not. */
type FieldCheck = (value: unknown) => string | undefined;

const whole =
  (min: number, max: number): FieldCheck =>
  (value) =>
    Number.isInteger(value) && Number(value) >= min && Number(value) <= max
      ? undefined
      : `must be a whole number from ${min} to ${max}`;

const number =
  (min: number, max: number): FieldCheck =>
  (value) =>
    typeof value === "number" && value >= min && value <= max
      ? undefined
      : `must be a number from ${min} to ${max}`;

const oneOf =
  (...names: readonly string[]): FieldCheck =>
  (value) =>
    names.includes(value as string) ? undefined : `must be one of ${names.join(", ")}`;

const text: FieldCheck = (value) =>
  typeof value === "string" && value.length > 0 && value.length <= 1024 ? undefined : "must be a text";

/** A field that may be left out. */
const maybe =
  (check: FieldCheck): FieldCheck =>
  (value) =>
    value === undefined ? undefined : check(value);

const status = whole(200, 599);
const bytes = whole(0, Number.MAX_SAFE_INTEGER);
const dayMs = 86_400_000;

type Fields = Readonly<Record<string, FieldCheck>>;

/** The fields of each effect, besides its kind, and what each must be. */
export const faultEffects: Readonly<Record<FaultEffect["kind"], Fields>> = {
  answer: { status, code: text, message: maybe(text), retryAfterMs: maybe(number(0, dayMs)) },
  html: { status },
  empty: { status },
  reset: { afterBytes: bytes },
  delay: { ms: number(0, dayMs) },
  slow: { bytesPerSecond: number(1, 1e12) },
  answerEarly: { status, code: text },
  errorIn200: { code: text, message: maybe(text) },
  loseAnswer: {},
  cutAnswer: { afterBytes: bytes },
  dropCrc: {},
  changeEtag: {},
  expireUpload: {},
  clockSkew: { ms: number(-1e13, 1e13) },
  expireToken: {},
  storeFull: {},
  roleNotVisible: {},
  copyRefusesVhd: {},
  jobFails: { atPercent: number(0, 100), code: maybe(text), message: maybe(text) },
  jobHangs: { status: oneOf("Waiting", "Creating"), atPercent: maybe(number(0, 100)) },
};

const matchFields: Fields = {
  service: maybe(oneOf("oss", "ecs", "vpc", "ram", "sts")),
  operation: maybe(text),
  bucket: maybe(text),
  key: maybe(text),
  partNumber: maybe(whole(1, 10_000)),
};

const faultFields: Fields = {
  match: () => undefined,
  effect: () => undefined,
  nth: maybe(whole(1, Number.MAX_SAFE_INTEGER)),
  times: (value) =>
    value === undefined || value === null || whole(1, Number.MAX_SAFE_INTEGER)(value) === undefined
      ? undefined
      : "must be a whole number from 1, or null",
};

/** Throws a RangeError that names the first field of a fault that is missing, unknown, or makes no sense. */
export function checkFault(fault: Fault): void {
  check("", fault, faultFields);
  if (fault.match !== undefined) check("match", fault.match, matchFields);
  const kind: unknown = (fault.effect as FaultEffect | undefined)?.kind;
  if (typeof kind !== "string" || !Object.hasOwn(faultEffects, kind)) {
    throw new RangeError(`effect.kind must be one of ${Object.keys(faultEffects).join(", ")}`);
  }
  check("effect", fault.effect, { kind: () => undefined, ...faultEffects[kind as FaultEffect["kind"]] });
}

function check(place: string, value: unknown, fields: Fields): void {
  const prefix = place === "" ? "" : `${place}.`;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new RangeError(`${place || "the fault"} must be an object`);
  }
  const unknown = Object.keys(value).find((name) => !Object.hasOwn(fields, name));
  if (unknown !== undefined) {
    throw new RangeError(
      `${prefix}${unknown} is not a field of it: it has ${Object.keys(fields).join(", ")}`,
    );
  }
  for (const [name, problemOf] of Object.entries(fields)) {
    const problem = problemOf((value as Record<string, unknown>)[name]);
    if (problem !== undefined) throw new RangeError(`${prefix}${name} ${problem}`);
  }
}
