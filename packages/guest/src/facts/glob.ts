import type { GuestFiles } from "../files/guest-files.ts";

/** Whether a name matches a pattern of `*` and `?`. Takes time linear to the product of their lengths at most. */
export function matchesGlob(pattern: string, name: string): boolean {
  let at = 0;
  let from = 0;
  let star = -1;
  let mark = 0;
  while (from < name.length) {
    if (at < pattern.length && (pattern[at] === "?" || (pattern[at] === name[from] && pattern[at] !== "*"))) {
      at++;
      from++;
    } else if (pattern[at] === "*") {
      star = at++;
      mark = from;
    } else if (star >= 0) {
      at = star + 1;
      from = ++mark;
    } else return false;
  }
  while (pattern[at] === "*") at++;
  return at === pattern.length;
}

/** Paths that match a pattern whose last part may hold `*` and `?`, in order. Hidden files match no star. */
export async function pathsMatching(files: GuestFiles, pattern: string): Promise<readonly string[]> {
  const at = pattern.lastIndexOf("/");
  const [folder, last] = [pattern.slice(0, at), pattern.slice(at + 1)];
  if (!/[*?]/.test(last)) return [pattern];
  return (await files.list(folder))
    .filter((name) => matchesGlob(last, name) && (!name.startsWith(".") || last.startsWith(".")))
    .map((name) => `${folder}/${name}`);
}
