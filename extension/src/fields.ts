/** Fields by their names; what they hold is not known. */
export type Fields = Readonly<Record<string, unknown>>;

/** The fields of a value that came from elsewhere; none of what is no object. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

/** The fields of each value of a list that came from elsewhere; none of what is no list. */
export function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

/** A text that came from elsewhere; empty for anything else. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
