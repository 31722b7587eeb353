import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { SampanError } from "@sampan/core";
import { isLoopback, listen, type Served } from "../http/local-http.ts";
import { createAccess } from "./dashboard-access.ts";
import type { ShownQueue } from "./dashboard-queues.ts";

/** How {@link serveDashboard} is told. */
export interface DashboardOptions {
  readonly queues: readonly ShownQueue[];
  /** 0 for one that is free. */
  readonly port: number;
  /** An address of this machine alone: `127.0.0.1` by default. */
  readonly host?: string;
  /** A new random one by default. */
  readonly token?: string;
  /** Whether it is for looking only. Default: true. */
  readonly readOnly?: boolean;
}

/** A dashboard that is served until it is closed. The queues stay open. */
export interface Dashboard extends Served {
  /** Its address with the token in it: a secret to be shown to whoever started it, and to nobody else. */
  readonly url: string;
}

/**
 * Serves bull-board for some queues, to this machine alone and to whoever has the token.
 *
 * @throws `FLEET_LISTEN_REFUSED` for an address that other machines reach, `FLEET_DASHBOARD_PACKAGES_MISSING` where bull-board or express is not
 * installed, `FLEET_LISTEN_FAILED` where the port is taken.
 */
export async function serveDashboard(options: DashboardOptions): Promise<Dashboard> {
  const { queues, port, host = "127.0.0.1", readOnly = true } = options;
  if (!isLoopback(host)) {
    throw new SampanError(
      "FLEET_LISTEN_REFUSED",
      `opening the dashboard at ${host}: other machines reach it`,
    );
  }
  const { board, adapters, server, express } = await loadBoard();
  const view = new server.ExpressAdapter();
  board.createBullBoard({
    queues: queues.map(
      ({ queue, title }) => new adapters.BullMQAdapter(queue, { readOnlyMode: readOnly, displayName: title }),
    ),
    // The server brings a copy of the board's types of its own, whose private parts count as others.
    serverAdapter: view as unknown as Parameters<typeof board.createBullBoard>[0]["serverAdapter"],
    options: { uiConfig: { boardTitle: "Sampan", hideDocsLink: true, hideRedisDetails: true } },
  });
  const token = options.token ?? randomBytes(24).toString("base64url");
  const access = createAccess(token, { readOnly });
  const app = express();
  app.disable("x-powered-by");
  app.use((request, response, next) => {
    if (access.admits(request, response)) next();
  });
  app.use(view.getRouter());
  const served = await listen(createServer(app), { port, host }, "the dashboard");
  return { ...served, url: `${served.origin}/?token=${encodeURIComponent(token)}` };
}

/** What {@link serveDashboard} is made of, loaded when it is asked for. */
async function loadBoard() {
  return {
    board: await installed("@bull-board/api", () => import("@bull-board/api")),
    adapters: await installed("@bull-board/api", () => import("@bull-board/api/bullMQAdapter")),
    server: await installed("@bull-board/express", () => import("@bull-board/express")),
    express: (await installed("express", () => import("express"))).default,
  };
}

/** What `load` gives. Exported for its test. */
export async function installed<Module>(name: string, load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    // Also one of theirs: express comes with none of them. What is there and does not load is another fault.
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") throw error;
    const missing = /'([^'./][^']*)'/.exec((error as Error).message)?.[1] ?? name;
    throw new SampanError(
      "FLEET_DASHBOARD_PACKAGES_MISSING",
      `opening the dashboard: ${missing} is not installed`,
      { cause: error, details: { package: missing } },
    );
  }
}
