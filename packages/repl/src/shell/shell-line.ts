/** Whether an input is for the shell itself and no TypeScript: `:command`, `?name`, `name?`, and what other shells are left by. Pure. */
export function isShellLine(input: string): boolean {
  const text = input.trim();
  if (text.includes("\n")) return false;
  return /^[:?]/.test(text) || /^[\w$.:-]+\?{1,2}$/.test(text) || /^(\.help|\.exit|exit|quit)$/.test(text);
}

/** Whether the last line of an input asks for the whole of it to be dropped. Pure. */
export function isBreak(input: string): boolean {
  const text = input.trimEnd();
  const at = text.lastIndexOf("\n");
  return at >= 0 && text.slice(at).trim() === ":break";
}
