/*
 * How the texts of rules are put together for the manual.
 */

/** Paragraphs and blocks, one after the other. */
export function steps(...parts: readonly string[]): string {
  return parts.join("\n\n");
}

/** Commands for the shell of a Linux guest. */
export function shell(...lines: readonly string[]): string {
  return ["```sh", ...lines, "```"].join("\n");
}

/** Commands for PowerShell or the command prompt of a Windows guest, run as administrator. */
export function powershell(...lines: readonly string[]): string {
  return ["```powershell", ...lines, "```"].join("\n");
}

/** Lines for a plan or another TypeScript file. */
export function plan(...lines: readonly string[]): string {
  return ["```ts", ...lines, "```"].join("\n");
}
