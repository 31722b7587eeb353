import { setFlagsFromString } from "node:v8";
import { systemClock } from "@sampan/core";
import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { namesFromFiles } from "./names-files.ts";
import { localPlanFiles } from "./plan-files.ts";
import { startServer } from "./start-server.ts";

/** What {@link serve} is told. */
export interface ServeOptions {
  /** Version the server gives itself out as. */
  readonly version: string;
}

/**
 * Serves the language server protocol to the process that started this one: over standard input and output with `--stdio`, over the channel
 * of a parent that is Node with `--node-ipc`, as this process's arguments say. Ends the process when the client is gone.
 */
export function serve({ version }: ServeOptions): void {
  // Trees of plans die young. Room for the young that grows keeps them longer than needed, for 30 MiB that are never given back.
  setFlagsFromString("--semi-space-growth-factor=1");
  startServer(createConnection(ProposedFeatures.all), {
    // The parser takes longer to load than everything else.
    loadReader: () => import("../analysis/index.ts"),
    files: localPlanFiles(),
    names: namesFromFiles(process.env),
    clock: systemClock,
    version,
  });
}
