import {
  type Connection,
  type DocumentDiagnosticReport,
  DocumentDiagnosticReportKind,
  LSPErrorCodes,
  ResponseError,
  type WorkspaceDocumentDiagnosticReport,
} from "vscode-languageserver";
import { diagnostics } from "../features/diagnostics.ts";
import { resultIdOf } from "./open-plans.ts";
import type { ServerState } from "./server-state.ts";

/** How long after the last change diagnostics are pushed, in milliseconds. */
const quietMs = 80;
/** Plans of the workspace that one partial result tells of. */
const batch = 20;

/** What the rest of the server tells of changes. */
export interface DiagnosticsAnswers {
  /** A plan was opened or changed. */
  changed(uri: string): void;
  closed(uri: string): void;
  /** Plans have other problems since another file changed. */
  othersChanged(uris: readonly string[]): void;
  /** Something that all plans are judged by has changed. */
  allChanged(): void;
}

/**
 * Answers requests for diagnostics of a document and of the workspace. To a client that does not ask, those of open plans are pushed, a
 * moment after the last change, with the version they are about; never an older one after a newer one.
 */
export function answerDiagnostics(connection: Connection, state: ServerState): DiagnosticsAnswers {
  const timers = new Map<string, NodeJS.Timeout>();

  const push = async (uri: string): Promise<void> => {
    await state.reader();
    const version = state.plans.versionOf(uri);
    const document = state.plans.get(uri);
    if (document === undefined || version === undefined) return;
    await connection.sendDiagnostics({ uri, version, diagnostics: [...diagnostics(document)] });
  };
  const pushSoon = (uri: string): void => {
    clearTimeout(timers.get(uri));
    if (state.plans.versionOf(uri) === undefined) return;
    timers.set(
      uri,
      setTimeout(() => {
        timers.delete(uri);
        push(uri).catch((error: unknown) =>
          connection.console.error(`telling of problems: ${String(error)}`),
        );
      }, quietMs),
    );
  };

  connection.languages.diagnostics.on(async ({ textDocument: { uri }, previousResultId }, token) => {
    await state.reader();
    if (token.isCancellationRequested) throw cancelled();
    const document = state.plans.get(uri);
    if (document === undefined) return full([]);
    const list = [...diagnostics(document)];
    const resultId = resultIdOf(list);
    if (resultId === previousResultId) return { kind: DocumentDiagnosticReportKind.Unchanged, resultId };
    return { ...full(list), resultId };
  });

  connection.languages.diagnostics.onWorkspace(async (params, token, progress, partial) => {
    await state.reader();
    const aborting = new AbortController();
    const listener = token.onCancellationRequested(() => aborting.abort());
    try {
      const before = new Map(params.previousResultIds.map(({ uri, value }) => [uri, value]));
      const uris = await state.workspace.find(state.folders, aborting.signal);
      progress.begin("Sampan", 0, undefined, true);
      const items: WorkspaceDocumentDiagnosticReport[] = [];
      for (const [index, uri] of uris.entries()) {
        // Other messages are read between two files.
        await new Promise((resolve) => setImmediate(resolve));
        if (token.isCancellationRequested) throw cancelled();
        const summary = await state.workspace.summaryOf(uri);
        if (summary === undefined) continue;
        items.push(reportOf(summary, before.get(uri)));
        before.delete(uri);
        if (index % batch !== batch - 1) continue;
        progress.report(Math.floor(((index + 1) / uris.length) * 100), `${index + 1}/${uris.length}`);
        if (partial !== undefined) partial.report({ items: items.splice(0) });
      }
      // Files that are gone have no problems any more.
      for (const uri of before.keys()) items.push({ uri, version: null, ...full([]) });
      if (partial === undefined) return { items };
      if (items.length > 0) partial.report({ items });
      return { items: [] };
    } finally {
      listener.dispose();
      progress.done();
    }
  });

  return {
    changed(uri) {
      if (!state.client.pullsDiagnostics) pushSoon(uri);
    },
    closed(uri) {
      clearTimeout(timers.get(uri));
      timers.delete(uri);
      if (!state.client.pullsDiagnostics) void connection.sendDiagnostics({ uri, diagnostics: [] });
    },
    othersChanged(uris) {
      if (!state.client.pullsDiagnostics) for (const uri of uris) pushSoon(uri);
      else if (state.client.refreshesDiagnostics)
        void connection.languages.diagnostics.refresh().catch(() => {});
    },
    allChanged() {
      if (!state.client.pullsDiagnostics) for (const uri of state.plans.uris) pushSoon(uri);
      else if (state.client.refreshesDiagnostics)
        void connection.languages.diagnostics.refresh().catch(() => {});
    },
  };
}

function full(items: DocumentDiagnosticFull["items"]): DocumentDiagnosticFull {
  return { kind: DocumentDiagnosticReportKind.Full, items };
}

type DocumentDiagnosticFull = Extract<DocumentDiagnosticReport, { kind: "full" }>;

type Summary = NonNullable<Awaited<ReturnType<ServerState["workspace"]["summaryOf"]>>>;

function reportOf(summary: Summary, previous: string | undefined): WorkspaceDocumentDiagnosticReport {
  const { uri, version, resultId } = summary;
  if (previous === resultId) return { uri, version, resultId, kind: DocumentDiagnosticReportKind.Unchanged };
  return { uri, version, resultId, ...full([...summary.diagnostics]) };
}

/** What a request is answered with that the client has given up. */
export function cancelled(): ResponseError<void> {
  return new ResponseError(LSPErrorCodes.RequestCancelled, "the client has cancelled this request");
}
