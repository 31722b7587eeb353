import type { Plan } from "@sampan/sdk";

/**
 * Name of the first setting of a plan whose secret is to be asked for, such as `passwordFrom`; `undefined` where nobody has to be there to
 * type one.
 */
export function askedSecret(plan: Plan): string | undefined {
  return askedIn(plan);
}

function askedIn(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    if (name.endsWith("From") && inner === "ask") return name;
    const found = askedIn(inner);
    if (found !== undefined) return found;
  }
  return undefined;
}
