import { isIP } from "node:net";
import { isInNetwork } from "./networks.ts";
import { matchesWildcard } from "./wildcard.ts";

/** What is known of a request, by condition key in lower case: `acs:sourceip`, `oss:prefix`. */
export type ConditionContext = ReadonlyMap<string, string>;

/** One line of a `Condition` block: the key's value must compare with one of the values. */
export interface Condition {
  readonly operator: string;
  /** In lower case. */
  readonly key: string;
  readonly values: readonly string[];
}

type Comparison = (value: string, wanted: string) => boolean;

const numeric = (compare: (a: number, b: number) => boolean): Comparison => {
  return (value, wanted) => value !== "" && wanted !== "" && compare(Number(value), Number(wanted));
};
const dated = (compare: (a: number, b: number) => boolean): Comparison => {
  return (value, wanted) => compare(Date.parse(value), Date.parse(wanted));
};
const equals = (a: number, b: number) => a === b;
const lessThan = (a: number, b: number) => a < b;
const lessThanEquals = (a: number, b: number) => a <= b;
const greaterThan = (a: number, b: number) => a > b;
const greaterThanEquals = (a: number, b: number) => a >= b;
const isEqual: Comparison = (value, wanted) => value === wanted;
const isSameWord: Comparison = (value, wanted) => value.toLowerCase() === wanted.toLowerCase();
const isLike: Comparison = (value, wanted) => matchesWildcard(wanted, value);
const isInside: Comparison = (value, wanted) => isIP(value) !== 0 && isInNetwork(value, wanted);

/**
 * The operators of policies, by name in lower case. Negated ones hold when no value compares, and when the key is
 * absent. Source: RAM's policy grammar, vendor page of 2026-03.
 */
const operators: ReadonlyMap<string, { readonly compare: Comparison; readonly isNegated?: true }> = new Map([
  ["stringequals", { compare: isEqual }],
  ["stringnotequals", { compare: isEqual, isNegated: true }],
  ["stringequalsignorecase", { compare: isSameWord }],
  ["stringnotequalsignorecase", { compare: isSameWord, isNegated: true }],
  ["stringlike", { compare: isLike }],
  ["stringnotlike", { compare: isLike, isNegated: true }],
  ["numericequals", { compare: numeric(equals) }],
  ["numericnotequals", { compare: numeric(equals), isNegated: true }],
  ["numericlessthan", { compare: numeric(lessThan) }],
  ["numericlessthanequals", { compare: numeric(lessThanEquals) }],
  ["numericgreaterthan", { compare: numeric(greaterThan) }],
  ["numericgreaterthanequals", { compare: numeric(greaterThanEquals) }],
  ["dateequals", { compare: dated(equals) }],
  ["datenotequals", { compare: dated(equals), isNegated: true }],
  ["datelessthan", { compare: dated(lessThan) }],
  ["datelessthanequals", { compare: dated(lessThanEquals) }],
  ["dategreaterthan", { compare: dated(greaterThan) }],
  ["dategreaterthanequals", { compare: dated(greaterThanEquals) }],
  ["bool", { compare: isSameWord }],
  ["ipaddress", { compare: isInside }],
  ["notipaddress", { compare: isInside, isNegated: true }],
]);

/** Whether an operator is one the simulator can judge. */
export function isKnownOperator(operator: string): boolean {
  return operators.has(operator.toLowerCase());
}

/** Tells whether a condition holds; `undefined` when its operator is not known. */
export function holds(condition: Condition, context: ConditionContext): boolean | undefined {
  const operator = operators.get(condition.operator.toLowerCase());
  if (!operator) return undefined;
  const value = context.get(condition.key);
  if (value === undefined) return operator.isNegated ?? false;
  const compares = condition.values.some((wanted) => operator.compare(value, wanted));
  return operator.isNegated ? !compares : compares;
}
