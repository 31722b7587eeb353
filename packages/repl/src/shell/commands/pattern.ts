/** Whether a text fits what was typed: a regular expression where it is one, in any case, else a part of the text. Everything fits nothing. Pure. */
export function patternOf(typed: string): (text: string) => boolean {
  const wanted = typed.trim();
  if (wanted === "") return () => true;
  try {
    const expression = new RegExp(wanted, "i");
    return (text) => expression.test(text);
  } catch {
    return (text) => text.toLowerCase().includes(wanted.toLowerCase());
  }
}
