import { SampanError } from "@sampan/core";
import { isTlsFailure, notSpoken } from "./redis-checks.ts";

/** What a PostgreSQL server says of itself. */
export interface PostgresFacts {
  /** `server_version_num`, such as 150018. */
  readonly version: number;
  /** Process of the server that the driver believes to talk to, and the one that answered. */
  readonly greetedBy: number | null;
  readonly answeredBy: number;
  /** Connections that are not taken, those kept for administrators left out. */
  readonly freeConnections: number;
}

// BullMQ refuses what is older.
const oldest = 13;
/** Queries at once, besides a connection for each worker and each listener. */
export const queriesAtOnce = 6;
// A worker of some sites and pools listens to about a dozen queues.
const comfortable = queriesAtOnce + 14;

/**
 * What of a PostgreSQL server forbids (thrown: `FLEET_STORE_POOLER`, `FLEET_STORE_VERSION`, `FLEET_STORE_CONNECTIONS`) or speaks against
 * (returned) keeping a fleet in it.
 */
export function judgePostgres(facts: PostgresFacts, shown: string): readonly string[] {
  const told = `opening the fleet's store ${shown}`;
  // A pooler makes up the process it names when it greets: what a cancel request has to name later.
  if (facts.greetedBy !== null && facts.greetedBy !== facts.answeredBy)
    throw new SampanError(
      "FLEET_STORE_POOLER",
      `${told}: process ${facts.greetedBy} greeted and ${facts.answeredBy} answered, so a pooler stands in between`,
    );
  const major = Math.floor(facts.version / 10_000);
  if (major < oldest)
    throw new SampanError(
      "FLEET_STORE_VERSION",
      `${told}: the server is PostgreSQL ${major}, at least ${oldest} is needed`,
      { details: { found: major, needed: oldest } },
    );
  if (facts.freeConnections < queriesAtOnce)
    throw tooFew(told, `${facts.freeConnections} connections are left, ${queriesAtOnce} are needed at least`);
  return facts.freeConnections < comfortable
    ? [
        `the server has ${facts.freeConnections} connections left, and every worker takes one for each queue it works on: raise max_connections`,
      ]
    : [];
}

function tooFew(told: string, found: string): SampanError {
  return new SampanError("FLEET_STORE_CONNECTIONS", `${told}: ${found}`, { retryable: true });
}

/** Which `FLEET_STORE_…` error an error of opening a store in PostgreSQL is. */
export function postgresFailure(error: unknown, shown: string): SampanError {
  const told = `opening the fleet's store ${shown}`;
  const { code = "", message = "", name = "" } = error as NodeJS.ErrnoException;
  const said = message.slice(0, 200);
  if (name === "SchemaVersionMismatchError" || name === "UnsupportedPostgresVersionError")
    return new SampanError("FLEET_STORE_VERSION", `${told}: ${said}`, { cause: error });
  // Class 28: who one is; 42501: what one may; 3D000: the database, which an address names as it does a user.
  if (code.startsWith("28") || /password must be a string|no password/i.test(message))
    return new SampanError("FLEET_STORE_CREDENTIALS", `${told}: the server refused user or password`, {
      details: { code },
    });
  if (code === "42501" || code === "3D000")
    return new SampanError("FLEET_STORE_CREDENTIALS", `${told}: ${said}`, {
      hint: "Make the database, and let its user create a schema in it.",
      details: { code },
      cause: error,
    });
  if (code === "53300") return tooFew(told, said);
  // PgBouncer takes none of the settings a connection begins with, and names the first.
  if (/unsupported startup parameter/.test(message))
    return new SampanError("FLEET_STORE_POOLER", `${told}: ${said}`, { cause: error });
  if (isTlsFailure(code, message))
    return new SampanError("FLEET_STORE_TLS", `${told}: ${said}`, { details: { code }, cause: error });
  return new SampanError("FLEET_STORE_UNREACHABLE", `${told}: ${said || "no answer"}`, {
    ...notSpoken(code, message),
    retryable: true,
    details: { code },
    cause: error,
  });
}
