/**
 * A header's value as clients sign it.
 *
 * Node gives header bytes as Latin-1. A client that sends UTF-8 bytes signs the characters they stand for; one that sends
 * Latin-1 characters signs those.
 */
export function signedText(value: string): string {
  const bytes = Buffer.from(value, "latin1");
  const text = bytes.toString("utf8");
  return (text.includes("\ufffd") ? value : text).trim();
}
