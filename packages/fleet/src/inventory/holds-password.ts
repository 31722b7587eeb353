/** Whether a text holds `://user:password@`, also where the rest of the address is wrong. Takes time by its length alone. */
export function holdsPassword(text: string): boolean {
  for (const { 0: word } of text.matchAll(/\S+/g)) {
    const end = word.lastIndexOf("@");
    if (end < 0) continue;
    // The first colon of an authority: what is before any sign of a later one would be no more of a password.
    for (const { 0: authority, index } of word.matchAll(/:\/\/[^/?#]*/g)) {
      const colon = authority.indexOf(":", "://".length);
      if (colon >= 0 && index + colon < end) return true;
    }
  }
  return false;
}
