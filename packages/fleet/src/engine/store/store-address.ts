import { SampanError } from "@sampan/core";

/** Where a store is. The password is in it: never into a message. */
export interface StoreAddress {
  readonly kind: "redis" | "postgres";
  readonly host: string;
  readonly port: number;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Number of the database of Redis, name of that of PostgreSQL; `undefined` for the server's default. */
  readonly database: string | undefined;
  /** Whether the address asks for an encrypted connection, and whether the certificate's name is to be compared. */
  readonly tls: "none" | "name-unchecked" | "checked";
  /** The address without its password, for people. */
  readonly shown: string;
}

const schemes: Readonly<Record<string, { readonly kind: StoreAddress["kind"]; readonly port: number }>> = {
  "redis:": { kind: "redis", port: 6379 },
  "rediss:": { kind: "redis", port: 6379 },
  "postgres:": { kind: "postgres", port: 5432 },
  "postgresql:": { kind: "postgres", port: 5432 },
};

/**
 * Takes the address of a store apart. Nothing of it but what is known not to be a password stands in the `FLEET_STORE_URL` it throws.
 *
 * @param text `redis://user:password@host:port/0`, `rediss://…`, `postgres://user:password@host:port/database?sslmode=verify-full`.
 */
export function parseStoreAddress(text: string): StoreAddress {
  if (!URL.canParse(text)) throw refused("it is not a URL");
  const url = new URL(text);
  const scheme = schemes[url.protocol];
  if (scheme === undefined)
    throw refused(`its scheme is ${JSON.stringify(url.protocol.slice(0, -1).slice(0, 20))}`);
  if (url.hostname === "") throw refused("it names no host");
  const user = decoded(url.username);
  const password = decoded(url.password);
  const database = decoded(url.pathname.replace(/^\//, ""));
  if (scheme.kind === "redis" && database !== undefined && !/^\d{1,4}$/.test(database))
    throw refused("after the host of a Redis server stands the number of a database");
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const port = url.port === "" ? scheme.port : Number(url.port);
  const shownUser = user === undefined ? "" : `${encodeURIComponent(user)}@`;
  const shownDatabase = database === undefined ? "" : `/${encodeURIComponent(database)}`;
  return {
    kind: scheme.kind,
    host,
    port,
    user,
    password,
    database,
    tls: tlsOf(url),
    shown: `${url.protocol}//${shownUser}${url.hostname}:${port}${shownDatabase}`,
  };
}

function tlsOf(url: URL): StoreAddress["tls"] {
  const names = [...url.searchParams.keys()];
  const known = url.protocol.startsWith("redis") ? [] : ["sslmode"];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw refused(`${JSON.stringify(unknown.slice(0, 40))} is not understood after its question mark`);
  if (url.protocol === "rediss:") return "checked";
  const mode = url.searchParams.get("sslmode");
  switch (mode) {
    case null:
    case "disable":
      return "none";
    case "verify-ca":
      return "name-unchecked";
    // Encryption without a look at the certificate hides from nobody who can stand in between.
    case "require":
    case "verify-full":
      return "checked";
    default:
      throw refused("its sslmode is none of disable, require, verify-ca and verify-full");
  }
}

function decoded(part: string): string | undefined {
  if (part === "") return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    throw refused("a % in it is not followed by two hexadecimal digits");
  }
}

function refused(because: string): SampanError {
  return new SampanError("FLEET_STORE_URL", `reading the address of the fleet's store: ${because}`);
}
