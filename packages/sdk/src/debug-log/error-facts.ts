import { isSampanError } from "@sampan/core";
import type { Facts } from "./debug-line.ts";

const mostCauses = 8;

/**
 * An error and what caused it, the outermost first, each of several that one stands for before what is underneath: kind, code, message,
 * details where they are ours, stack. At most eight.
 */
export function errorFacts(thrown: unknown): readonly Facts[] {
  const facts: Facts[] = [];
  const waiting = [thrown];
  while (waiting.length > 0 && facts.length < mostCauses) {
    const error = waiting.shift();
    if (error === undefined || error === null) continue;
    facts.push(oneError(error));
    if (error instanceof AggregateError) waiting.push(...error.errors);
    if (error instanceof Error) waiting.push(error.cause);
  }
  return facts;
}

function oneError(error: unknown): Facts {
  if (!(error instanceof Error)) {
    // An object of somebody else's may hold what it was asked with.
    return { error: typeof error === "object" ? Object.prototype.toString.call(error) : String(error) };
  }
  const { code, stack } = error as { code?: unknown; stack?: unknown };
  const isPlainCode = typeof code === "string" || typeof code === "number";
  return {
    kind: String(error.name),
    code: isPlainCode ? code : undefined,
    error: String(error.message),
    details: isSampanError(error) && Object.keys(error.details).length > 0 ? error.details : undefined,
    // The message is the stack's beginning, and is not said twice.
    stack:
      typeof stack === "string" ? stack.slice(Math.max(0, stack.indexOf("\n    at "))).trim() : undefined,
  };
}
