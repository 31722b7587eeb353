import { catalogue, contextOptions, type Verb } from "@sampan/sdk/catalogue";
import { z } from "zod";

/** What is known of an option, as its schema says it. */
export interface OptionFacts {
  readonly name: string;
  /** One or two sentences of Markdown; empty when the schema says nothing. */
  readonly description: string;
  readonly required: boolean;
  /** The values it may have, when they are few and known. */
  readonly values: readonly (string | boolean)[];
  /** `text`, `number`, `boolean`, `list` or `record`. */
  readonly type: "text" | "number" | "boolean" | "list" | "record" | "any";
  readonly minimum?: number;
  readonly maximum?: number;
}

/** The part of JSON Schema that is looked at. */
interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
}

const schemas = new Map<string, Schema>();

/** Schema of the options of a verb, or of `with`; `undefined` for what has none. */
function schemaOf(verb: string): Schema | undefined {
  const known = schemas.get(verb);
  if (known !== undefined) return known;
  const options = verb === "with" ? contextOptions : isVerb(verb) ? catalogue[verb].options : undefined;
  if (options === undefined) return undefined;
  // What JSON Schema cannot say, such as a refinement, is left out: it is not needed here.
  const made = z.toJSONSchema(options, { io: "input", unrepresentable: "any" }) as Schema;
  schemas.set(verb, made);
  return made;
}

/** True for a verb of the catalogue. */
export function isVerb(name: string): name is Verb {
  return Object.hasOwn(catalogue, name);
}

/** Options that may stand in an object of a verb's options: at the top for an empty path. Those that come before it are left out. */
export function optionsAt(verb: string, path: readonly (string | number)[]): readonly OptionFacts[] {
  const schema = schemaAt(schemaOf(verb), path);
  const positional =
    path.length === 0 && isVerb(verb)
      ? catalogue[verb].positional.map((name) => name.replace("...", ""))
      : [];
  return Object.entries(schema?.properties ?? {})
    .filter(([name]) => !positional.includes(name))
    .map(([name, inner]) => factsOf(name, inner, schema?.required?.includes(name) === true));
}

/** What is known of one option; `undefined` for none of the verb's. */
export function optionAt(verb: string, path: readonly (string | number)[]): OptionFacts | undefined {
  const schema = schemaAt(schemaOf(verb), path);
  const name = path.findLast((step) => typeof step === "string");
  return schema === undefined || name === undefined ? undefined : factsOf(String(name), schema, false);
}

function schemaAt(root: Schema | undefined, path: readonly (string | number)[]): Schema | undefined {
  let at = root;
  for (const step of path) {
    const choices: readonly Schema[] = at?.anyOf ?? (at ? [at] : []);
    at = choices
      .map((choice) => (typeof step === "number" ? choice.items : own(choice.properties, step)))
      .find((inner) => inner !== undefined);
  }
  return at;
}

function own<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}

function factsOf(name: string, schema: Schema, required: boolean): OptionFacts {
  const choices = schema.anyOf ?? [schema];
  const values = choices.flatMap((choice) => choice.enum ?? ("const" in choice ? [choice.const] : []));
  const { minimum, maximum } = schema;
  return {
    name,
    description: schema.description ?? "",
    required,
    values: values.filter((value) => typeof value === "string" || typeof value === "boolean"),
    type: types[choices[0]?.type ?? ""] ?? "any",
    // Not what every whole number of JavaScript is held to.
    ...(minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? { minimum } : {}),
    ...(maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? { maximum } : {}),
  };
}

const types: Readonly<Record<string, OptionFacts["type"]>> = {
  string: "text",
  number: "number",
  integer: "number",
  boolean: "boolean",
  array: "list",
  object: "record",
};
