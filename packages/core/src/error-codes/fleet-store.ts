import type { ErrorCodeEntry } from "./entry.ts";

export const fleetStoreErrorCodes = {
  FLEET_STORE_URL: {
    meaning: "The address of the fleet's store is missing or cannot be understood.",
    cure: "Give `redis://`, `rediss://` or `postgres://`, a host, and what the manual's page of the store names; best in SAMPAN_FLEET_STORE.",
    exitCode: 2,
  },
  FLEET_STORE_DRIVER_MISSING: {
    meaning: "A package that the fleet's store needs is not installed.",
    cure: "Install it with npm next to Sampan; the message gives the command.",
  },
  FLEET_STORE_UNREACHABLE: {
    meaning: "The fleet's store does not answer, or answers with what is not its protocol.",
    cure: "Check the address, that the server runs, and that a firewall lets this machine through; then run again.",
  },
  FLEET_STORE_TLS: {
    meaning:
      "The encrypted connection to the fleet's store could not be made, or its certificate is not trusted.",
    cure: "Give the authority that signed the server's certificate, and the client's certificate where the server asks for one.",
  },
  FLEET_STORE_CREDENTIALS: {
    meaning: "The fleet's store refused the user, the password, or what that user wants to do.",
    cure: "Check user and password in SAMPAN_FLEET_STORE, and the rights of that user.",
    exitCode: 4,
  },
  FLEET_STORE_SHARDED: {
    meaning:
      "The Redis server is part of a cluster, where a fleet's scripts cannot reach all keys they touch.",
    cure: "Take a standard (non-cluster) instance of Redis or Tair, or PostgreSQL.",
  },
  FLEET_STORE_VERSION: {
    meaning: "The server of the fleet's store is too old, or was set up by a newer Sampan.",
    cure: "Bring the server, or Sampan, to the version that the message names.",
  },
  FLEET_STORE_CONNECTIONS: {
    meaning: "The PostgreSQL server has too few connections left for this process.",
    cure: "Raise `max_connections` of the server, or start fewer workers.",
  },
  FLEET_STORE_POOLER: {
    meaning: "A pooler such as PgBouncer stands before the PostgreSQL server; notifications do not pass it.",
    cure: "Give the address of the server itself.",
  },
} as const satisfies Record<string, ErrorCodeEntry>;
