import { missingParameter, RpcError } from "./errors.ts";

/** Largest index of a list parameter: far above every documented limit, low enough to bound the work. */
const indexLimit = 1000;

/**
 * The parameters of a call: query and form merged, names as on the wire (`DiskDeviceMapping.1.OSSBucket`).
 *
 * Names are compared exactly. An empty value counts as absent, as in the cloud.
 */
export class RpcParameters {
  readonly #values: ReadonlyMap<string, string>;
  readonly #prefix: string;

  constructor(values: Iterable<readonly [string, string]>, prefix = "") {
    this.#values = new Map(values);
    this.#prefix = prefix;
  }

  /** Names and values as they were sent. */
  entries(): [string, string][] {
    return [...this.#values];
  }

  text(name: string): string | undefined {
    return this.#values.get(name) || undefined;
  }

  /** A text that must be there: `MissingParameter` otherwise. */
  required(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw missingParameter(this.#prefix + name);
    return value;
  }

  /** A boolean in any case; `InvalidParameter` naming it otherwise. */
  boolean(name: string): boolean | undefined {
    const value = this.text(name)?.toLowerCase();
    if (value === undefined) return undefined;
    if (value === "true" || value === "false") return value === "true";
    throw invalid(this.#prefix + name, "true or false");
  }

  /** A whole number within a range. */
  integer(name: string, range: { readonly min: number; readonly max: number }): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (!/^-?\d{1,15}$/.test(text) || value < range.min || value > range.max) {
      throw invalid(this.#prefix + name, `a whole number from ${range.min} to ${range.max}`);
    }
    return value;
  }

  /** A list `Name.1`, `Name.2` … in order; gaps are tolerated. A JSON array in `Name` is understood too. */
  list(name: string): string[] {
    const whole = this.text(name);
    if (whole?.startsWith("[")) return jsonList(whole, this.#prefix + name);
    return this.#indices(name)
      .map((index) => this.text(`${name}.${index}`))
      .filter((value): value is string => value !== undefined);
  }

  /** A list of structures `Name.1.Field` … in order of their numbers. */
  structures(name: string): { readonly number: number; readonly fields: RpcParameters }[] {
    return this.#indices(name).map((index) => {
      const prefix = `${name}.${index}.`;
      const inner = this.entries()
        .filter(([candidate]) => candidate.startsWith(prefix))
        .map(([candidate, value]) => [candidate.slice(prefix.length), value] as const);
      return { number: index, fields: new RpcParameters(inner, this.#prefix + prefix) };
    });
  }

  /** A comma list; `undefined` when absent. */
  commaList(name: string): string[] | undefined {
    return this.text(name)
      ?.split(",")
      .map((item) => item.trim())
      .filter((item) => item !== "");
  }

  #indices(name: string): number[] {
    const found = new Set<number>();
    for (const [candidate, value] of this.#values) {
      const rest = candidate.startsWith(`${name}.`) ? candidate.slice(name.length + 1) : "";
      const index = Number(/^(\d{1,4})(?:\.|$)/.exec(rest)?.[1] ?? 0);
      if (index >= 1 && index <= indexLimit && value !== "") found.add(index);
    }
    return [...found].sort((a, b) => a - b);
  }
}

/** A parameter's name with its list numbers replaced: `Tag.2.Key` → `Tag.N.Key`. */
export function parameterPattern(name: string): string {
  return name.replace(/\.\d+(?=\.|$)/g, ".N");
}

function jsonList(text: string, name: string): string[] {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  } catch {
    // Refused below.
  }
  throw invalid(name, "a JSON array of texts");
}

function invalid(name: string, wanted: string): RpcError {
  return new RpcError(400, `InvalidParameter.${name}`, `The parameter ${name} must be ${wanted}.`);
}
