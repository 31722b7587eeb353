import * as vscode from "vscode";
import { LanguageClient, type Middleware, TransportKind } from "vscode-languageclient/node";
import { type PlanFiles, positionsIn } from "../plans/plan-files.ts";
import type { Logbook } from "../runs/logbook.ts";
import type { RunView } from "../runs/run-view.ts";
import { type ChainIds, namedPlans } from "./chain-ids.ts";
import { type PlanRun, planRunOf, runsToLoad } from "./plan-runs.ts";

// As often as lenses may change and still be hit.
const tellMs = 1000;
// Names follow an edit when the hand rests.
const nameMs = 300;

/** What the language client works with. */
export interface LanguageSurroundings {
  readonly context: vscode.ExtensionContext;
  readonly plans: PlanFiles;
  readonly logbook: Logbook;
  readonly chainIds: ChainIds;
  /** Told when plans have got other names than they had. */
  readonly named: () => void;
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
  const loaded = new WeakSet<RunView>();
  const tell = (): void => {
    waiting = undefined;
    if (!client.isRunning()) return;
    loadShown(around, loaded);
    // A server that ended meanwhile is told again once it runs.
    client.sendNotification("sampan/runs", { runs: planRuns(around) }).catch(() => {});
  };
  const soon = (): void => {
    waiting ??= setTimeout(tell, tellMs);
  };
  // Of which text each file's plans have their names.
  const named = new Map<string, string>();
  let naming: NodeJS.Timeout | undefined;
  const name = async (): Promise<void> => {
    naming = undefined;
    let changed = false;
    for (const { uri } of around.plans.all()) {
      // One that cannot be read keeps no other from its names; a server that ended meanwhile is asked again once it runs.
      const isNew = await nameFile(client, around, uri, named).catch(() => false);
      changed ||= isNew;
    }
    if (!changed) return;
    soon();
    around.named();
  };
  const nameSoon = (): void => {
    clearTimeout(naming);
    naming = setTimeout(name, nameMs);
  };
  const client = new LanguageClient(
    "sampan",
    "Sampan Language Server",
    { run, debug: run },
    {
      documentSelector: [{ language: "typescript", scheme: "file", pattern: "**/*.migration.ts" }],
      initializationOptions: { icons: true, commandLinks: true },
      middleware: lensMiddleware(around),
    },
  );
  const failed = (error: unknown) => client.error("starting the language server", error);
  client.start().then(() => {
    soon();
    nameSoon();
  }, failed);
  return vscode.Disposable.from(
    new vscode.Disposable(() => clearTimeout(waiting)),
    new vscode.Disposable(() => clearTimeout(naming)),
    // One that is still starting cannot be stopped; it ends with the channel to this process.
    new vscode.Disposable(() => void client.stop().catch(() => {})),
    logbook.onDidChange(soon),
    around.plans.onDidChange(nameSoon),
    vscode.window.onDidChangeVisibleTextEditors(soon),
    client.onDidChangeState(() => {
      soon();
      nameSoon();
    }),
    vscode.commands.registerCommand("sampan.restartLanguageServer", () => client.restart()),
  );
}

/** Asks for the names of a file's plans, once for each text of it. True when they are others than before. */
async function nameFile(
  client: LanguageClient,
  { plans, chainIds }: LanguageSurroundings,
  uri: vscode.Uri,
  named: Map<string, string>,
): Promise<boolean> {
  const key = uri.toString();
  const file = plans.get(uri);
  if (!client.isRunning() || file === undefined || named.get(key) === file.text) return false;
  const answer: unknown = await client.sendRequest("sampan/plans", { uri: key });
  // Edited meanwhile: the answer's places are of another text, and the edit has it asked for anew.
  if (plans.get(uri) !== file) return false;
  named.set(key, file.text);
  return chainIds.take(key, namedPlans(answer, file.chains, positionsIn(file.text)));
}

/**
 * Reads all events of runs that ended before this window opened and whose plans are on screen: the list of runs tells no sizes, which stand in
 * hints. Each is read once for what the list told of it; a record that cannot be read leaves the hint without.
 */
function loadShown({ plans, logbook }: LanguageSurroundings, loaded: WeakSet<RunView>): void {
  if (!vscode.workspace.isTrusted) return;
  for (const { document } of vscode.window.visibleTextEditors) {
    const uri = document.uri.toString();
    const chains = plans.get(document.uri)?.chains ?? [];
    for (const run of runsToLoad(
      logbook.list(),
      chains.map(({ index }) => ({ uri, chain: index })),
    )) {
      if (loaded.has(run.view)) continue;
      loaded.add(run.view);
      logbook.load(run.runId).catch(() => {});
    }
  }
}

/** The newest run of each plan that the server has named. */
function planRuns({ plans, logbook, chainIds }: LanguageSurroundings): readonly PlanRun[] {
  return plans.all().flatMap((file) =>
    chainIds.ofFile(file.uri.toString()).flatMap(({ id, chain: index }) => {
      const uri = file.uri.toString();
      const chain = file.chains[index];
      const run = logbook.ofPlace(chainIds.placeOf({ uri, chain: index, id }));
      return run === undefined || chain === undefined
        ? []
        : (planRunOf(run, chain, { uri, chainId: id }) ?? []);
    }),
  );
}

/** Puts into lenses which chain of the text they are about, before the server's name of its plan. */
function lensMiddleware({ plans }: LanguageSurroundings): Middleware {
  return {
    provideCodeLenses: async (document, token, next) => {
      const lenses = (await next(document, token)) ?? [];
      const file = plans.get(document.uri);
      const uri = document.uri.toString();
      const chainAt = (range: vscode.Range) => {
        const offset = document.offsetAt(range.start);
        return file?.chains.find(({ span }) => span.start <= offset && offset < span.end)?.index;
      };
      return lenses.flatMap((lens) => {
        const { command } = lens;
        if (command === undefined || command.command === "") return [lens];
        const chain = chainAt(lens.range);
        const [, id, ...rest] = (command.arguments ?? []) as readonly unknown[];
        if (chain === undefined) return [];
        // In a folder that is not trusted, only what starts nothing.
        if (!vscode.workspace.isTrusted && command.command !== "sampan.pipeline") return [];
        const isOfRun = command.command === "sampan.stop" || command.command === "sampan.resume";
        lens.command = { ...command, arguments: isOfRun ? rest : [uri, chain, id, ...rest] };
        return [lens];
      });
    },
  };
}
