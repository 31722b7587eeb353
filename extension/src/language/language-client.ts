import * as vscode from "vscode";
import { LanguageClient, type Middleware, TransportKind } from "vscode-languageclient/node";
import type { PlanFiles } from "../plans/plan-files.ts";
import type { Logbook } from "../runs/logbook.ts";
import type { ChainIds } from "./chain-ids.ts";
import { type PlanRun, planRunOf } from "./plan-runs.ts";

// As often as lenses may change and still be hit.
const tellMs = 1000;

/** What the language client works with. */
export interface LanguageSurroundings {
  readonly context: vscode.ExtensionContext;
  readonly plans: PlanFiles;
  readonly logbook: Logbook;
  readonly chainIds: ChainIds;
}

/**
 * Starts the language server as a process of its own and tells it of runs. It analyses plans in every folder, trusted or not: it
 * executes nothing of them. One that ends is started again; after some times it is left, and `Restart Language Server` tries anew.
 */
export function startLanguageClient(around: LanguageSurroundings): vscode.Disposable {
  const { context, logbook } = around;
  const module = context.asAbsolutePath("dist/server.cjs");
  const version = String((context.extension.packageJSON as { version?: unknown }).version);
  const options = { env: { ...process.env, SAMPAN_EXTENSION_VERSION: version } };
  const run = { module, transport: TransportKind.ipc, options };
  let waiting: NodeJS.Timeout | undefined;
  const tell = (): void => {
    waiting = undefined;
    if (!client.isRunning()) return;
    // A server that ended meanwhile is told again once it runs.
    client.sendNotification("sampan/runs", { runs: planRuns(around) }).catch(() => {});
  };
  const soon = (): void => {
    waiting ??= setTimeout(tell, tellMs);
  };
  const client = new LanguageClient(
    "sampan",
    "Sampan Language Server",
    { run, debug: run },
    {
      documentSelector: [{ language: "typescript", scheme: "file", pattern: "**/*.migration.ts" }],
      initializationOptions: { icons: true, commandLinks: true },
      middleware: lensMiddleware(around, soon),
    },
  );
  const failed = (error: unknown) => client.error("starting the language server", error);
  client.start().then(soon, failed);
  return vscode.Disposable.from(
    new vscode.Disposable(() => clearTimeout(waiting)),
    // One that is still starting cannot be stopped; it ends with the channel to this process.
    new vscode.Disposable(() => void client.stop().catch(() => {})),
    logbook.onDidChange(soon),
    client.onDidChangeState(soon),
    vscode.commands.registerCommand("sampan.restartLanguageServer", () => client.restart()),
  );
}

/** The newest run of each chain that the server has named. */
function planRuns({ plans, logbook, chainIds }: LanguageSurroundings): readonly PlanRun[] {
  return plans.all().flatMap((file) =>
    file.chains.flatMap((chain) => {
      const uri = file.uri.toString();
      const run = logbook.ofPlace({ uri, chain: chain.index });
      const chainId = chainIds.of(uri, chain.index);
      return run === undefined || chainId === undefined
        ? []
        : (planRunOf(run, chain, { uri, chainId }) ?? []);
    }),
  );
}

/** Turns the server's names of chains in lenses into places in the text, and learns the names by the way. */
function lensMiddleware({ plans, chainIds }: LanguageSurroundings, learnt: () => void): Middleware {
  return {
    provideCodeLenses: async (document, token, next) => {
      const lenses = (await next(document, token)) ?? [];
      const file = plans.get(document.uri);
      const uri = document.uri.toString();
      const chainAt = (range: vscode.Range) => {
        const offset = document.offsetAt(range.start);
        return file?.chains.find(({ span }) => span.start <= offset && offset < span.end)?.index;
      };
      const found = new Map<number, string>();
      const placed = lenses.flatMap((lens) => {
        const { command } = lens;
        if (command === undefined || command.command === "") return [lens];
        const chain = chainAt(lens.range);
        const [, id, ...rest] = (command.arguments ?? []) as readonly unknown[];
        if (chain === undefined) return [];
        if (typeof id === "string") found.set(chain, id);
        // In a folder that is not trusted, only what starts nothing.
        if (!vscode.workspace.isTrusted && command.command !== "sampan.pipeline") return [];
        const isOfRun = command.command === "sampan.stop" || command.command === "sampan.resume";
        lens.command = { ...command, arguments: isOfRun ? rest : [uri, chain, ...rest] };
        return [lens];
      });
      if (chainIds.take(uri, found)) learnt();
      return placed;
    },
  };
}
