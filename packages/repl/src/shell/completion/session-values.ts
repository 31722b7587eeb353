import { types } from "node:util";
import { Migration, outlineOf, type StageOutline } from "@sampan/sdk";

/** What completion knows of a value of the session. */
export type ValueOutline =
  | { readonly kind: "migration" }
  | ({ readonly kind: "stage" } & StageOutline)
  | { readonly kind: "value"; readonly value: unknown };

// An object with more names than these is no thing to pick a name from.
const mostNames = 1_000;
const mostPrototypes = 8;

/**
 * Looks at a value without running any code of it: no getter, no trap of a proxy, no method. What a proxy is around stays unknown.
 */
export function outlineValue(value: unknown): ValueOutline {
  if (value === Migration) return { kind: "migration" };
  const stage = outlineOf(value);
  return stage === undefined ? { kind: "value", value } : { kind: "stage", ...stage };
}

/** Variables of a session, looked at without touching them. */
export interface SessionVariables {
  names(): readonly string[];
  /** What a name stands for; `undefined` for a name that is not there. */
  get(name: string): ValueOutline | undefined;
}

/**
 * The variables of a scope but for the hidden ones, as {@link outlineValue} sees them: each is looked at when it is asked for. A variable
 * that is a getter is known by its name alone.
 */
export function outlineScope(scope: object, hidden: readonly string[] = []): SessionVariables {
  return {
    names() {
      const names = Object.getOwnPropertyNames(scope);
      return hidden.length === 0 ? names : names.filter((name) => !hidden.includes(name));
    },
    get(name) {
      const descriptor = hidden.includes(name) ? undefined : Object.getOwnPropertyDescriptor(scope, name);
      return descriptor === undefined ? undefined : outlineValue(descriptor.value);
    },
  };
}

/** A name that a value has. */
export interface Member {
  readonly name: string;
  /** What it is, in a word or two. */
  readonly summary: string;
}

/** Names of a value's members, its own first, then those it inherits but for what every object has; nothing of proxies. */
export function membersOf(value: unknown): readonly Member[] {
  const found = new Map<string, Member>();
  for (const holder of holdersOf(value)) {
    for (const name of Object.getOwnPropertyNames(holder)) {
      if (found.size >= mostNames) return [...found.values()];
      if (name === "constructor" || found.has(name) || !/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name))
        continue;
      const descriptor = descriptorOf(holder, name);
      if (descriptor !== undefined) found.set(name, { name, summary: kindOf(descriptor) });
    }
  }
  return [...found.values()];
}

/** The value of a member that simply lies there; `undefined` for what a getter would make. */
export function memberValue(value: unknown, name: string): unknown {
  for (const holder of holdersOf(value)) {
    const descriptor = descriptorOf(holder, name);
    if (descriptor !== undefined) return descriptor.value;
  }
  return undefined;
}

/** The value and its prototypes, up to the first proxy and to what every object and function has. */
function* holdersOf(value: unknown): Generator<object> {
  let holder: unknown = typeof value === "string" ? String.prototype : value;
  for (let count = 0; count < mostPrototypes; count++) {
    if ((typeof holder !== "object" && typeof holder !== "function") || holder === null) return;
    if (types.isProxy(holder) || holder === Object.prototype || holder === Function.prototype) return;
    yield holder;
    holder = Object.getPrototypeOf(holder);
  }
}

function descriptorOf(holder: object, name: string): PropertyDescriptor | undefined {
  try {
    return Object.getOwnPropertyDescriptor(holder, name);
  } catch {
    // A name of a module that has not been given its value yet.
    return undefined;
  }
}

function kindOf(descriptor: PropertyDescriptor): string {
  if (!("value" in descriptor)) return "computed when read";
  return kindOfValue(descriptor.value);
}

/** What a value is, in a word or two, without touching it. */
export function kindOfValue(value: unknown): string {
  if (value === null) return "null";
  if (types.isProxy(value)) return "proxy";
  if (Array.isArray(value)) return `list of ${value.length}`;
  return typeof value;
}
