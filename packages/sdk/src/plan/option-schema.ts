import { z } from "zod";

/** A part of what an option may be, as JSON Schema has it. */
export interface OptionSchema {
  readonly description?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, OptionSchema>>;
  readonly items?: OptionSchema;
  readonly anyOf?: readonly OptionSchema[];
}

const made = new WeakMap<object, OptionSchema>();

/** The options of an entry of the verb catalogue as data: a JSON Schema, made once for each; `undefined` for one without options. */
export function optionSchema(entry: { readonly options?: z.ZodType }): OptionSchema | undefined {
  if (entry.options === undefined) return undefined;
  const known = made.get(entry.options);
  if (known !== undefined) return known;
  const schema = z.toJSONSchema(entry.options, { unrepresentable: "any" }) as OptionSchema;
  made.set(entry.options, schema);
  return schema;
}
