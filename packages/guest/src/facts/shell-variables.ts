import { pairOf, textLines } from "./lines.ts";

/** Reads lines `KEY=value` with shell quoting, as os-release, lsb-release and ifcfg files have them. */
export function parseShellVariables(text: string | undefined): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of textLines(text)) {
    const pair = pairOf(line);
    const key = pair?.[0].replace(/^export\s+/, "");
    if (pair && key !== undefined && /^[A-Za-z_]\w*$/.test(key)) values.set(key, shellValue(pair[1]));
  }
  return values;
}

/** What a shell makes of the right side of an assignment, variables aside. */
function shellValue(raw: string): string {
  const quoted = /^"((?:[^"\\]|\\.)*)"|^'([^']*)'/.exec(raw);
  if (quoted) return quoted[1]?.replace(/\\(.)/g, "$1") ?? quoted[2] ?? "";
  const comment = raw.split("").findIndex((char, at) => char === "#" && /\s/.test(raw[at - 1] ?? ""));
  return comment < 0 ? raw : raw.slice(0, comment).trimEnd();
}
