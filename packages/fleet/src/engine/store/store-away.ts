const codes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
]);

// Class 08: the connection; 57P01 to 57P03: the server ends, or is beginning; 53300: it takes no more connections now.
const states = /^(08...|57P0[123]|53300)$/;

// What the drivers give no code.
const words =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection|Connection is closed)/;

/** Whether an error says no more than that the store cannot be asked now: it may answer later. */
export function isStoreAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code = "", message } = error as NodeJS.ErrnoException;
  return codes.has(code) || states.test(code) || words.test(message);
}
