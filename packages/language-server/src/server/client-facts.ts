import type { InitializeParams } from "vscode-languageserver";
import type { PositionUnit } from "../features/plan-text.ts";

/** Features that a client may do without. */
const optionalFeatures = [
  "codeLens",
  "documentLink",
  "foldingRange",
  "inlayHint",
  "workspaceSymbol",
] as const;

/** One of the features that a client may do without. */
export type OptionalFeature = (typeof optionalFeatures)[number];

/** What the server has to know of its client. */
export interface ClientFacts {
  readonly unit: PositionUnit;
  /** The client asks for diagnostics: then none are pushed, or each would be shown twice. */
  readonly pullsDiagnostics: boolean;
  readonly refreshesDiagnostics: boolean;
  readonly refreshesLenses: boolean;
  readonly refreshesHints: boolean;
  readonly answersConfiguration: boolean;
  readonly registersWatchers: boolean;
  readonly registersConfiguration: boolean;
  readonly tellsFolders: boolean;
  readonly showsProgress: boolean;
  /** Fixes may come without their edits, which are asked for when one is chosen. */
  readonly resolvesActions: boolean;
  /** Documentation of a completion may be asked for when it is looked at. */
  readonly resolvesCompletions: boolean;
  readonly insertReplace: boolean;
  /** Hovers may be Markdown. */
  readonly markdown: boolean;
  /** Titles of lenses may hold VS Code's icons: initialization option `icons`. */
  readonly icons: boolean;
  /** Links may be `command:` addresses: initialization option `commandLinks`. */
  readonly commandLinks: boolean;
  /** Features the client has itself, and wants no second time: initialization option `without`. */
  readonly without: readonly OptionalFeature[];
  readonly locale: string | undefined;
  /** URIs of the open folders. */
  readonly folders: readonly string[];
}

/** Reads what a client says of itself. */
export function readClient(params: InitializeParams): ClientFacts {
  const { textDocument, workspace, window, general } = params.capabilities;
  const options = asRecord(params.initializationOptions);
  const root = params.rootUri ? [params.rootUri] : [];
  return {
    unit: unitOf(general?.positionEncodings),
    pullsDiagnostics: textDocument?.diagnostic !== undefined,
    refreshesDiagnostics: workspace?.diagnostics?.refreshSupport === true,
    refreshesLenses: workspace?.codeLens?.refreshSupport === true,
    refreshesHints: workspace?.inlayHint?.refreshSupport === true,
    answersConfiguration: workspace?.configuration === true,
    registersWatchers: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    registersConfiguration: workspace?.didChangeConfiguration?.dynamicRegistration === true,
    tellsFolders: workspace?.workspaceFolders === true,
    showsProgress: window?.workDoneProgress === true,
    resolvesActions: textDocument?.codeAction?.resolveSupport?.properties.includes("edit") === true,
    resolvesCompletions:
      textDocument?.completion?.completionItem?.resolveSupport?.properties.includes("documentation") === true,
    insertReplace: textDocument?.completion?.completionItem?.insertReplaceSupport === true,
    markdown: textDocument?.hover?.contentFormat?.includes("markdown") !== false,
    icons: options.icons === true,
    commandLinks: options.commandLinks === true,
    without: Array.isArray(options.without)
      ? optionalFeatures.filter((feature) => (options.without as readonly unknown[]).includes(feature))
      : [],
    locale: params.locale,
    folders: params.workspaceFolders?.map(({ uri }) => uri) ?? root,
  };
}

/** The first unit the client names that we count in; every client takes UTF-16. */
function unitOf(offered: readonly string[] | undefined): PositionUnit {
  return offered?.find((unit): unit is PositionUnit => unit === "utf-16" || unit === "utf-8") ?? "utf-16";
}

/** An object of unknown properties; an empty one for anything else. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
