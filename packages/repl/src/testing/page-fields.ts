import { readFileSync } from "node:fs";

/** The fields a page of `docs` describes: the first cells of its tables. */
export function describedFields(page: string): ReadonlySet<string> {
  const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), "utf8");
  return new Set([...text.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1] ?? ""));
}

/** How {@link fieldsOf} takes objects that are described in another way. */
export interface FieldRules {
  /** Fields that are described as a whole, whatever is in them. */
  readonly wholes: ReadonlySet<string>;
  /** Fields that may be null and have a row of their own beside those of what is in them. */
  readonly nullable?: RegExp;
}

/** The fields of a JSON value as the pages write them: `a.b`, `list[].c`; of an empty list its name. */
export function fieldsOf(value: unknown, rules: FieldRules, at = ""): readonly string[] {
  if (rules.wholes.has(at) || value === null || typeof value !== "object") return [at];
  if (Array.isArray(value)) {
    const inside = value.flatMap((item: unknown) => fieldsOf(item, rules, `${at}[]`));
    return inside.length > 0 ? inside : [`${at}[]`];
  }
  const fields = Object.entries(value).flatMap(([name, inner]) =>
    fieldsOf(inner, rules, at === "" ? name : `${at}.${name}`),
  );
  return rules.nullable?.test(at) ? [at, ...fields] : fields;
}

/** Fields that were seen and are not described. */
export function undescribed(seen: Iterable<string>, described: ReadonlySet<string>): readonly string[] {
  return [...seen].filter(
    (field) =>
      !described.has(field) &&
      !(field.endsWith("[]") && [...described].some((one) => one.startsWith(`${field}.`))),
  );
}
