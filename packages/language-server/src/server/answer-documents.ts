import {
  type CancellationToken,
  type Connection,
  LSPErrorCodes,
  ResponseError,
  type TextDocumentIdentifier,
} from "vscode-languageserver";
import type { Place } from "../analysis/index.ts";
import { cloudCatalogue } from "../features/cloud-catalogue.ts";
import { type ActionKey, actionEdits, codeActions, workspaceEdit } from "../features/code-actions.ts";
import { codeLenses } from "../features/code-lenses.ts";
import { folderOf } from "../features/complete-path.ts";
import { type CompletionContext, completions, nameKindAt } from "../features/completion.ts";
import { documentLinks } from "../features/document-links.ts";
import { foldingRanges } from "../features/folding.ts";
import { hoverAt } from "../features/hover.ts";
import { inlayHints } from "../features/inlay-hints.ts";
import { regionOfBucket } from "../features/known-names.ts";
import type { PlanDocument } from "../features/plan-document.ts";
import { matchingSymbols, type PlanSymbol } from "../features/workspace-symbols.ts";
import { cancelled } from "./answer-diagnostics.ts";
import { isPlanUri } from "./plan-files.ts";
import type { PlanReader } from "./server-ports.ts";
import type { ServerState } from "./server-state.ts";

/** How long completion waits for names and files, in milliseconds. What is not there by then is offered when the user types on. */
const patienceMs = 150;

interface DocumentParams {
  readonly textDocument: TextDocumentIdentifier;
}

/** Answers requests about one document, and the search for plans. Documents that are no plans, or not open, hold nothing. */
export function answerDocuments(connection: Connection, state: ServerState): void {
  const { client } = state;
  /** Waits for the reader, then answers of the document as it is then. */
  const answering =
    <P extends DocumentParams, R>(answer: (document: PlanDocument, params: P, reader: PlanReader) => R) =>
    async (params: P, token: CancellationToken): Promise<R | null> => {
      const reader = await state.reader();
      if (token.isCancellationRequested) throw cancelled();
      const document = state.plans.get(params.textDocument.uri);
      return document === undefined ? null : answer(document, params, reader);
    };
  const namesIn = ({ analysis }: PlanDocument) => state.namesFor(analysis.chains[0]?.context);

  connection.onCodeLens(
    answering((document) => [
      ...codeLenses(document, {
        runs: state.runs,
        language: state.settings.language,
        icons: client.icons,
        steps: state.settings.stepLenses,
      }),
    ]),
  );
  connection.onDocumentLinks(
    answering((document) => [
      ...documentLinks(document, {
        runs: state.runs,
        language: state.settings.language,
        commands: client.commandLinks,
        facts: namesIn(document).facts,
      }),
    ]),
  );
  connection.onFoldingRanges(answering((document) => [...foldingRanges(document)]));
  connection.languages.inlayHint.on(
    answering((document, { range }) =>
      state.settings.inlayHints
        ? [
            ...inlayHints(document, document.text.partOf(range), {
              runs: state.runs,
              language: state.settings.language,
              regionOfBucket: (bucket) => regionOfBucket(namesIn(document), bucket),
            }),
          ]
        : [],
    ),
  );
  connection.onHover(
    answering((document, { position }, reader) => {
      const place = reader.placeAt(document.text.text, document.text.offsetAt(position));
      if (place === undefined) return null;
      return (
        hoverAt(document.text, place, {
          language: state.settings.language,
          catalogue: cloudCatalogue,
          names: state.namesFor(place.chain.context),
          nowMs: state.ports.clock.now(),
          run: runAround(document, place, state),
          markdown: client.markdown,
        }) ?? null
      );
    }),
  );
  connection.onCodeAction(
    answering((document, { range, context: { only } }, reader) => [
      ...codeActions(document, document.text.partOf(range), {
        language: state.settings.language,
        lazy: client.resolvesActions,
        suppress: reader.suppressionFix,
        ...(only === undefined ? {} : { only }),
      }),
    ]),
  );
  connection.onCodeActionResolve(async (action) => {
    const reader = await state.reader();
    const key = action.data as ActionKey | undefined;
    const document = key && state.plans.get(key.uri);
    const edits = document && actionEdits(document, key, reader.suppressionFix);
    if (edits === undefined) throw outdated();
    return { ...action, edit: workspaceEdit(document as PlanDocument, edits) };
  });

  connection.onRequest("sampan/plans", async (params: unknown) => {
    await state.reader();
    const uri = (params as { readonly uri?: unknown } | null)?.uri;
    if (typeof uri !== "string" || !isPlanUri(uri)) return { plans: [] };
    return { plans: (await state.workspace.summaryOf(uri))?.names ?? [] };
  });

  connection.onCompletion(async ({ textDocument: { uri }, position }, token) => {
    const reader = await state.reader();
    if (token.isCancellationRequested) throw cancelled();
    const text = state.plans.textOf(uri);
    if (text === undefined) return null;
    const place = reader.placeAt(text.text, text.offsetAt(position), { path: uri });
    if (place === undefined) return null;
    const { context, late } = await completionContext(uri, place, state);
    if (token.isCancellationRequested) throw cancelled();
    // Edits would be about a text that is gone.
    if (state.plans.textOf(uri) !== text) throw outdated();
    const document = state.plans.get(uri);
    const items = document === undefined ? [] : completions(document, place, context);
    return { isIncomplete: late, items: [...items] };
  });

  connection.onWorkspaceSymbol(async ({ query }, token) => {
    await state.reader();
    const aborting = new AbortController();
    const listener = token.onCancellationRequested(() => aborting.abort());
    try {
      const found: PlanSymbol[] = [];
      for (const uri of await state.workspace.find(state.folders, aborting.signal)) {
        await new Promise((resolve) => setImmediate(resolve));
        if (token.isCancellationRequested) throw cancelled();
        found.push(...((await state.workspace.summaryOf(uri))?.symbols ?? []));
      }
      return [...matchingSymbols(found, query)];
    } finally {
      listener.dispose();
    }
  });
}

/** Everything completion needs of the world, as far as it is there within {@link patienceMs}. */
async function completionContext(
  uri: string,
  place: Place,
  state: ServerState,
): Promise<{ readonly context: CompletionContext; readonly late: boolean }> {
  const { files, names, clock } = state.ports;
  const kind = place.kind === "value" ? nameKindAt(place) : undefined;
  const needsNames = kind !== undefined && kind !== "source";
  const waiting = new AbortController();
  const tooLong = clock.sleep(patienceMs, waiting.signal).catch(() => undefined);
  const inTime = async <T, O>(work: Promise<T>, otherwise: O): Promise<{ value: T | O; late: boolean }> =>
    Promise.race([
      work.then((value) => ({ value, late: false })).catch(() => ({ value: otherwise, late: false })),
      tooLong.then(() => ({ value: otherwise, late: true })),
    ]);
  try {
    const [known, listed, typed] = await Promise.all([
      needsNames ? inTime(names.read(), undefined) : { value: undefined, late: false },
      kind === "source" && place.kind === "value"
        ? inTime(files.list(uri, folderOf(place.typed)), [])
        : { value: [], late: false },
      inTime(files.hasTypes(uri), true),
    ]);
    if (known.value !== undefined) state.takeNames(known.value);
    return {
      late: known.late || listed.late,
      context: {
        language: state.settings.language,
        catalogue: cloudCatalogue,
        extraRegions: state.settings.extraRegions,
        names: state.namesFor(place.chain.context),
        files: listed.value,
        typesKnown: typed.value,
      },
    };
  } finally {
    waiting.abort();
  }
}

/** The last run of the chain that a place lies in. */
function runAround(
  { uri, analysis }: PlanDocument,
  place: Place,
  state: ServerState,
): ServerState["runs"][number] | undefined {
  const chain = analysis.chains.find(
    ({ range }) => range.start <= place.range.start && place.range.end <= range.end,
  );
  return state.runs.find((run) => run.uri === uri && run.chainId === chain?.id);
}

function outdated(): ResponseError<void> {
  return new ResponseError(LSPErrorCodes.ContentModified, "the text has changed meanwhile");
}
