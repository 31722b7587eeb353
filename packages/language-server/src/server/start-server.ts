import {
  type Connection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  type InitializeResult,
  TextDocumentSyncKind,
} from "vscode-languageserver";
import { fixAllKind } from "../features/code-actions.ts";
import { readPlanRuns } from "../features/plan-run.ts";
import { answerDiagnostics, type DiagnosticsAnswers } from "./answer-diagnostics.ts";
import { answerDocuments } from "./answer-documents.ts";
import { asRecord, type ClientFacts, type OptionalFeature, readClient } from "./client-facts.ts";
import type { ServerPorts } from "./server-ports.ts";
import { ServerState } from "./server-state.ts";
import { readSettings } from "./settings.ts";
import { followSharedNames } from "./shared-names.ts";

/** Section of the editor's settings. */
const section = "sampan";
/** At most one request to ask again for lenses in this time, in milliseconds: progress comes more often. */
const refreshEveryMs = 250;

/**
 * Serves plan files over a connection until it is closed.
 *
 * Reads what the client tells of and the plan files of its folders; runs nothing, asks no cloud, reads no credentials, and does nothing
 * when a file is saved.
 */
export function startServer(connection: Connection, ports: ServerPorts): void {
  connection.onInitialize((params) => {
    const client = readClient(params);
    const state = new ServerState(client, ports);
    takeSettings(connection, state, params.initializationOptions);
    // Loading takes longer than answering: it goes on while the client opens its first document.
    state
      .reader()
      .catch((error: unknown) => connection.console.error(`loading what reads plans: ${String(error)}`));
    answerDocuments(connection, state);
    const told = answerDiagnostics(connection, state);
    const { soon } = followSharedNames(
      state,
      (uris) => told.othersChanged(uris),
      (error) => connection.console.error(`looking for names that plans share: ${String(error)}`),
    );
    takeDocuments(connection, state, told, soon);
    takeSurroundings(connection, state, told, soon, params.initializationOptions);
    return initializeResult(client, ports.version);
  });
  connection.onShutdown(() => {});
  connection.listen();
}

function initializeResult(client: ClientFacts, version: string): InitializeResult {
  const unless = <T extends object>(feature: OptionalFeature, ability: T): T | Record<string, never> =>
    client.without.includes(feature) ? {} : ability;
  return {
    serverInfo: { name: "sampan", version },
    capabilities: {
      positionEncoding: client.unit,
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: false },
      completionProvider: { triggerCharacters: ['"', "'", "`", "/"], resolveProvider: false },
      hoverProvider: true,
      codeActionProvider: { codeActionKinds: ["quickfix", fixAllKind], resolveProvider: true },
      ...unless("codeLens", { codeLensProvider: { resolveProvider: false } }),
      ...unless("documentLink", { documentLinkProvider: { resolveProvider: false } }),
      ...unless("inlayHint", { inlayHintProvider: { resolveProvider: false } }),
      ...unless("foldingRange", { foldingRangeProvider: true }),
      ...unless("workspaceSymbol", { workspaceSymbolProvider: { resolveProvider: false } }),
      diagnosticProvider: {
        identifier: "sampan",
        interFileDependencies: true,
        workspaceDiagnostics: true,
        workDoneProgress: true,
      },
      workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
    },
  };
}

/** @param lookSoon called when the plans of the workspace may be others than they were */
function takeDocuments(
  connection: Connection,
  { plans, workspace }: ServerState,
  told: DiagnosticsAnswers,
  lookSoon: () => void,
): void {
  connection.onDidOpenTextDocument(({ textDocument: { uri, version, text } }) => {
    plans.open(uri, version, text);
    if (plans.versionOf(uri) === undefined) return;
    told.changed(uri);
    lookSoon();
  });
  connection.onDidChangeTextDocument(({ textDocument: { uri, version }, contentChanges }) => {
    plans.change(uri, version, contentChanges);
    told.changed(uri);
  });
  connection.onDidCloseTextDocument(({ textDocument: { uri } }) => {
    const wasOpen = plans.versionOf(uri) !== undefined;
    plans.close(uri);
    if (!wasOpen) return;
    workspace.forget(uri);
    told.closed(uri);
    lookSoon();
  });
}

/** Settings, folders, files and runs: what plans are judged by, besides their text. */
function takeSurroundings(
  connection: Connection,
  state: ServerState,
  told: DiagnosticsAnswers,
  lookSoon: () => void,
  initial: unknown,
): void {
  const { client, ports } = state;
  const refresh = refresher(connection, client);
  const allChanged = () => {
    told.allChanged();
    refresh();
  };
  const askSettings = async () => {
    if (!client.answersConfiguration) return;
    const given: unknown = await connection.workspace.getConfiguration(section);
    takeSettings(connection, state, { ...asRecord(initial), ...asRecord(given) });
    allChanged();
  };
  const askNames = async () => {
    if (state.takeNames(await ports.names.read())) allChanged();
  };
  const failed = (doing: string) => (error: unknown) =>
    connection.console.error(`${doing}: ${String(error)}`);

  connection.onInitialized(() => {
    if (client.registersWatchers) {
      const watchers = [{ globPattern: "**/*.migration.{ts,mts,cts,js,mjs,cjs}" }];
      connection.client
        .register(DidChangeWatchedFilesNotification.type, { watchers })
        .catch(failed("watching files"));
    }
    if (client.registersConfiguration) {
      connection.client
        .register(DidChangeConfigurationNotification.type, { section })
        .catch(failed("watching settings"));
    }
    if (client.tellsFolders) {
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        const gone = new Set(removed.map(({ uri }) => uri));
        state.folders = [...state.folders.filter((uri) => !gone.has(uri)), ...added.map(({ uri }) => uri)];
        told.allChanged();
        lookSoon();
      });
    }
    askSettings().catch(failed("asking for settings"));
    askNames().catch(failed("reading known names"));
  });
  connection.onDidChangeConfiguration(({ settings }) => {
    if (client.answersConfiguration) {
      askSettings().catch(failed("asking for settings"));
      return;
    }
    takeSettings(connection, state, { ...asRecord(initial), ...asRecord(asRecord(settings)[section]) });
    allChanged();
  });
  connection.onDidChangeWatchedFiles(() => {
    told.allChanged();
    lookSoon();
  });
  connection.onNotification("sampan/runs", (params: unknown) => {
    const { runs, refused } = readPlanRuns(params);
    if (refused > 0) connection.console.warn(`sampan/runs: ${refused} entries are malformed and left out`);
    if (state.takeRuns(runs)) told.allChanged();
    refresh();
  });
}

function takeSettings(connection: Connection, state: ServerState, given: unknown): void {
  const { settings, refused } = readSettings(given, state.client.locale);
  if (refused.length > 0) {
    connection.console.warn(
      `settings: ${refused.map((key) => `${section}.${key}`).join(", ")} kept at the default`,
    );
  }
  state.settings = settings;
  state.plans.forget();
}

/** Has the client ask again for lenses and hints, soon and not too often. */
function refresher(connection: Connection, client: ClientFacts): () => void {
  let timer: NodeJS.Timeout | undefined;
  return () => {
    if (!client.refreshesLenses && !client.refreshesHints) return;
    if (timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      if (client.refreshesLenses) void connection.sendRequest("workspace/codeLens/refresh").catch(() => {});
      if (client.refreshesHints) void connection.languages.inlayHint.refresh().catch(() => {});
    }, refreshEveryMs);
  };
}
