import { parse } from "yaml";

/** Configurations of a guest are much smaller. `yaml` takes time that grows faster than the text. */
const maxLength = 16 * 1024;
const maxDepth = 24;

/**
 * The value of a YAML text; `undefined` when it is malformed, or larger or nested deeper than any configuration, for
 * the parser takes minutes over a kilobyte of brackets.
 */
export function parseYaml(text: string): unknown {
  if (text.length > maxLength || isDeep(text)) return undefined;
  try {
    return parse(text, { logLevel: "silent", maxAliasCount: 20, uniqueKeys: false, strict: false });
  } catch {
    // Malformed, or a value that no JavaScript object can have.
    return undefined;
  }
}

/** Counts what nests: brackets, wherever they stand, and dashes and question marks that begin one line. */
function isDeep(text: string): boolean {
  let open = 0;
  for (const char of text) {
    if (char === "{" || char === "[") open++;
    else if (char === "}" || char === "]") open = Math.max(0, open - 1);
    if (open > maxDepth) return true;
  }
  return text.split("\n").some((line) => (line.match(/(?<!\S)[?-](?!\S)/g)?.length ?? 0) > maxDepth);
}

/** A mapping of a YAML value; empty for anything else. Keys that are no text are left out. */
export function mappingOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(
    typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [],
  );
}
