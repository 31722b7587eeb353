import type { Condition } from "./conditions.ts";

/** A statement of a policy, ready to be judged. */
export interface Statement {
  readonly effect: "Allow" | "Deny";
  /** Patterns in lower case: actions have no case. */
  readonly actions: readonly string[];
  readonly areActionsExcluded: boolean;
  readonly resources: readonly string[];
  readonly areResourcesExcluded: boolean;
  /** Whom the statement is about; empty in policies of identities. */
  readonly principals: readonly Principal[];
  readonly arePrincipalsExcluded: boolean;
  readonly conditions: readonly Condition[];
}

/** Somebody a statement names: an id or ARN pattern, a service, or a federation. */
export interface Principal {
  readonly kind: "id" | "service" | "federated";
  readonly value: string;
}

/** A policy, parsed. */
export type Policy = readonly Statement[];

/** Where a policy is attached decides which elements it needs. */
export type PolicyKind = "identity" | "bucket" | "trust";

/** Thrown for a text that is no policy; the message names the element. */
export class PolicyProblem extends Error {}

const statementLimit = 100;
const listLimit = 1000;

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads a policy document: `Version` "1" and statements with Effect, Action or NotAction, and by kind Resource,
 * Principal and Condition. {@link PolicyProblem} when it is none.
 */
export function parsePolicy(text: string, kind: PolicyKind): Policy {
  const document = readJson(text);
  if (document.Version !== "1") throw new PolicyProblem('Version must be the text "1".');
  const unknown = Object.keys(document).find((name) => name !== "Version" && name !== "Statement");
  if (unknown !== undefined) throw new PolicyProblem(`${unknown} is no element of a policy.`);
  const list = Array.isArray(document.Statement) ? (document.Statement as readonly unknown[]) : undefined;
  if (!list || list.length === 0 || list.length > statementLimit) {
    throw new PolicyProblem(`Statement must be a list of 1 to ${statementLimit} statements.`);
  }
  return list.map((item) => readStatement(item, kind));
}

/** Parses policies once: the same text gives the same {@link Policy}. Holds the latest thousand. */
export class PolicyCache {
  readonly #parsed = new Map<string, Policy>();

  get(text: string, kind: PolicyKind): Policy {
    const key = `${kind} ${text}`;
    const known = this.#parsed.get(key);
    if (known) return known;
    const policy = parsePolicy(text, kind);
    if (this.#parsed.size >= 1000) this.#parsed.clear();
    this.#parsed.set(key, policy);
    return policy;
  }
}

function readJson(text: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new PolicyProblem("The document is not JSON.");
  }
  if (!isObject(value)) throw new PolicyProblem("The document is not a JSON object.");
  return value;
}

function readStatement(item: unknown, kind: PolicyKind): Statement {
  if (!isObject(item)) throw new PolicyProblem("A statement must be an object.");
  const unknown = Object.keys(item).find((name) => !elements.has(name));
  if (unknown !== undefined) throw new PolicyProblem(`${unknown} is no element of a statement.`);
  const { Effect: effect } = item;
  if (effect !== "Allow" && effect !== "Deny") throw new PolicyProblem("Effect must be Allow or Deny.");
  const actions = readEither(item, "Action");
  const bad = actions.values.find((action) => action !== "*" && !/^[\w*?-]+:\S+$/.test(action));
  if (bad !== undefined) throw new PolicyProblem(`The action ${bad} is malformed.`);
  const resources = kind === "trust" ? undefined : readEither(item, "Resource");
  const wrong = resources?.values.find((pattern) => pattern !== "*" && !pattern.startsWith("acs:"));
  if (wrong !== undefined) throw new PolicyProblem(`The resource ${wrong} is malformed.`);
  const names = ["Principal", "NotPrincipal"].filter((name) => item[name] !== undefined);
  if (names.length !== (kind === "identity" ? 0 : 1)) {
    throw new PolicyProblem(
      kind === "identity" ? "Principal has no place here." : "Principal or NotPrincipal must be given.",
    );
  }
  return {
    effect,
    actions: actions.values.map((action) => action.toLowerCase()),
    areActionsExcluded: actions.isExcluded,
    resources: resources?.values ?? [],
    areResourcesExcluded: resources?.isExcluded ?? true,
    principals: names[0] === undefined ? [] : readPrincipals(item[names[0]], kind),
    arePrincipalsExcluded: names[0] === "NotPrincipal",
    conditions: readConditions(item.Condition),
  };
}

const elements: ReadonlySet<string> = new Set(
  "Sid Effect Action NotAction Resource NotResource Principal NotPrincipal Condition".split(" "),
);

function readEither(
  item: Json,
  name: string,
): { readonly values: readonly string[]; readonly isExcluded: boolean } {
  const isExcluded = item[name] === undefined;
  const given = item[isExcluded ? `Not${name}` : name];
  if (given === undefined || (!isExcluded && item[`Not${name}`] !== undefined)) {
    throw new PolicyProblem(`${name} or Not${name} must be given, and not both.`);
  }
  return { values: readTexts(given, name), isExcluded };
}

function readTexts(value: unknown, name: string): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0 || list.length > listLimit || !list.every(isText)) {
    throw new PolicyProblem(`${name} must be a text or a list of texts.`);
  }
  return list;
}

/**
 * Ids and ARNs as a text or list, as OSS writes them, or by kind, as RAM does: `{ RAM: […], Service: […] }`. To OSS an
 * empty list is everybody. Source: vendor page on the syntax of its policies, 2026-02.
 */
function readPrincipals(value: unknown, kind: PolicyKind): readonly Principal[] {
  if (kind === "bucket" && Array.isArray(value) && value.length === 0) return [{ kind: "id", value: "*" }];
  if (!isObject(value)) return readTexts(value, "Principal").map((text) => ({ kind: "id", value: text }));
  const kinds: Readonly<Record<string, Principal["kind"]>> = {
    RAM: "id",
    Service: "service",
    Federated: "federated",
  };
  const entries = Object.entries(value);
  if (entries.length === 0) throw new PolicyProblem("Principal names nobody.");
  return entries.flatMap(([name, texts]) => {
    const named = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (!named) throw new PolicyProblem(`Principal cannot have ${name}.`);
    return readTexts(texts, `Principal.${name}`).map((text) => ({ kind: named, value: text }));
  });
}

function readConditions(value: unknown): readonly Condition[] {
  if (value === undefined) return [];
  if (!isObject(value)) throw new PolicyProblem("Condition must be an object.");
  return Object.entries(value).flatMap(([operator, block]) => {
    if (!isObject(block)) throw new PolicyProblem(`Condition.${operator} must be an object.`);
    return Object.entries(block).map(([key, given]) => {
      const list: readonly unknown[] = Array.isArray(given) ? given : [given];
      const values = list.map((item) =>
        typeof item === "boolean" || typeof item === "number" ? String(item) : item,
      );
      if (list.length === 0 || list.length > listLimit || !values.every((item) => typeof item === "string")) {
        throw new PolicyProblem(`Condition.${operator}.${key} must be a text or a list of texts.`);
      }
      return { operator, key: key.toLowerCase(), values: values as readonly string[] };
    });
  });
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
