/**
 * Tells whether a text fits a pattern of a policy: `*` stands for any number of characters, `?` for one.
 *
 * Greedy with one point of return, so the work is bounded by pattern × text whatever the pattern: no `a*a*a*b` makes it
 * explode.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  let at = 0;
  let inText = 0;
  let star = -1;
  let resumeAt = 0;
  while (inText < text.length) {
    const sign = pattern[at];
    if (sign === "*") {
      star = at++;
      resumeAt = inText;
    } else if (sign !== undefined && (sign === "?" || sign === text[inText])) {
      at++;
      inText++;
    } else if (star >= 0) {
      at = star + 1;
      inText = ++resumeAt;
    } else {
      return false;
    }
  }
  while (pattern[at] === "*") at++;
  return at === pattern.length;
}
