import type { ErrorCodeEntry } from "./entry.ts";

export const fleetWatchErrorCodes = {
  FLEET_DASHBOARD_PACKAGES_MISSING: {
    meaning: "The dashboard of the queues needs packages that are not installed with Sampan.",
    cure: "Install them beside it: `npm install @bull-board/api@9 @bull-board/express@9 express@5`.",
    exitCode: 2,
  },
  FLEET_LISTEN_REFUSED: {
    meaning: "A page for this machine's users was to be served at an address that other machines reach.",
    cure: "Leave the address at 127.0.0.1, and reach it from elsewhere through a tunnel: `ssh -L 8080:127.0.0.1:8080 HOST`.",
    exitCode: 2,
  },
  FLEET_LISTEN_FAILED: {
    meaning: "The address at which a dashboard or metrics were to be served could not be listened at.",
    cure: "Give another port, or end what listens there.",
  },
} as const satisfies Record<string, ErrorCodeEntry>;
