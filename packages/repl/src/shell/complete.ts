import { catalogue } from "@sampan/sdk/catalogue";

const verbs = [...Object.keys(catalogue), "run", "plan", "describe"].sort();

/**
 * What a line may go on with: verbs after a dot, names otherwise. Looks at text only, so that completing never calls a step.
 * Gives the candidates and the part of the line they replace, as readline wants them.
 */
export function completeLine(line: string, names: readonly string[]): [string[], string] {
  const verb = /(?:^|[)\w\]])\s*\.(\w*)$/.exec(line);
  if (verb) {
    const begun = verb[1] ?? "";
    return [verbs.filter((name) => name.startsWith(begun)), begun];
  }
  const begun = /[\w$]*$/.exec(line)?.[0] ?? "";
  if (begun === "") return [[], ""];
  return [names.filter((name) => name.startsWith(begun)), begun];
}
