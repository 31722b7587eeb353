import type { AnalysisOptions } from "../plan-analysis.ts";
import type { RuleExample } from "./rule-facts.ts";

/** A plan file whose default export is this chain. */
export function plan(chain: string, options?: AnalysisOptions): RuleExample {
  return file(`export default ${chain};\n`, options);
}

/** A plan file with these statements. */
export function file(statements: string, options?: AnalysisOptions): RuleExample {
  const text = `import { Migration } from "sampan";\n\n${statements}`;
  return options === undefined ? { text } : { text, options };
}

/** A chain up to an upload, the steps below each other. */
export const uploaded =
  'Migration.from("./web-01.vmdk")\n  .assess()\n  .capture()\n  .toVhd()\n  .upload("web-images")';

/** When the facts of the examples were asked for. */
export const askedAtMs = 0;

/** A whole answer of the cloud. */
export function all<T>(...items: readonly T[]) {
  return { complete: true, askedAtMs, items };
}
