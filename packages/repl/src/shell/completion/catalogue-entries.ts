import {
  catalogue,
  type MethodEntry,
  type OptionSchema,
  starts,
  type VerbEntry,
} from "@sampan/sdk/catalogue";

/** The part of a schema at a path of fields and lists (`[]`); `undefined` when there is none. */
export function schemaAt(
  schema: OptionSchema | undefined,
  path: readonly string[],
): OptionSchema | undefined {
  let part = schema;
  for (const step of path) {
    const ways: readonly OptionSchema[] = part?.anyOf ?? (part === undefined ? [] : [part]);
    part = ways
      .map(({ items, properties = {} }) =>
        step === "[]" ? items : Object.hasOwn(properties, step) ? properties[step] : undefined,
      )
      .find((found) => found !== undefined);
  }
  return part;
}

/** What stands in the table for a call on `Migration` or on a stage. */
export function entryOf(callee: string, on: "migration" | "stage"): VerbEntry | MethodEntry | undefined {
  const table: Readonly<Record<string, VerbEntry | MethodEntry>> = on === "migration" ? starts : catalogue;
  return Object.hasOwn(table, callee) ? table[callee] : undefined;
}
