import { isDeepStrictEqual } from "node:util";
import { type Plan, type PlanStep, parseSource, type SourceSpec, sourceTitle } from "@sampan/sdk";
import { catalogue } from "@sampan/sdk/catalogue";

/**
 * A plan file, in TypeScript, that exports the plans: what `sampan run` loads gives the same plans again. Pure.
 *
 * It is written from the plans themselves, not from what was typed: how one came to them does not matter, and a plan holds no secrets.
 */
export function planSource(plans: readonly Plan[]): string {
  const [only] = plans;
  const chains = plans.map(chainOf);
  const exported =
    plans.length === 1 && only !== undefined
      ? `export default ${chains[0]};`
      : `export default [\n${chains.map((chain) => `${indented(chain)},`).join("\n")}\n];`;
  return `import { Migration } from "sampan";\n\n${exported}\n`;
}

function chainOf(plan: Plan): string {
  const start =
    Object.keys(plan.context).length === 0 ? "Migration" : `Migration.with(${literal(plan.context)})`;
  return [
    `${start}.from(${sourceLiteral(plan.source)})`,
    ...plan.steps.map((step) => `  .${callOf(step)}`),
  ].join("\n");
}

/** A source as people write it, where that says all of it. */
function sourceLiteral(source: SourceSpec): string {
  try {
    const title = sourceTitle(source);
    if (isDeepStrictEqual(parseSource(title), source)) return JSON.stringify(title);
  } catch {
    // Not every source can be written so.
  }
  return literal(source);
}

/** A verb with its arguments: those before the options by their places, as the catalogue has them. */
function callOf({ verb, options }: PlanStep): string {
  const rest: Record<string, unknown> = { ...options };
  const before: string[] = [];
  for (const name of catalogue[verb].positional) {
    const key = name.replace(/\.\.\.$/, "");
    const value = rest[key];
    delete rest[key];
    before.push(...(name.endsWith("...") && Array.isArray(value) ? value.map(literal) : [literal(value)]));
  }
  const last = Object.keys(rest).length === 0 ? [] : [literal(rest)];
  return `${verb}(${[...before, ...last].join(", ")})`;
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "undefined";
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .map(
      ([name, field]) =>
        `${/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)}: ${literal(field)}`,
    );
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
}

function indented(text: string): string {
  return text.replace(/^/gm, "  ");
}
