import { randomBytes } from "node:crypto";

/** Makes the id of a run: sorts by time, fits a path segment and a client token, such as `20261123-094205-k3f8`. */
export function createRunId(nowMs: number): string {
  const [date, time] = new Date(nowMs).toISOString().split(/[T.]/) as [string, string];
  const alphabet = "abcdefghjkmnpqrstuvwxyz23456789";
  const tail = [...randomBytes(5)].map((byte) => alphabet[byte % alphabet.length]).join("");
  return `${date.replaceAll("-", "")}-${time.replaceAll(":", "")}-${tail}`;
}

/** True for text that may be a run id and is safe as a path segment. */
export function isRunId(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text);
}
