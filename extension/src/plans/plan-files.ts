import * as vscode from "vscode";
import { type OutlineChain, outlinePlan } from "./outline.ts";

/** A plan file and its chains. */
export interface PlanFile {
  readonly uri: vscode.Uri;
  readonly text: string;
  readonly chains: readonly OutlineChain[];
}

const mostFiles = 2000;

/** True for a plan file that can be run. */
export function isPlanFile(uri: vscode.Uri): boolean {
  return uri.scheme === "file" && uri.path.endsWith(".migration.ts");
}

/**
 * The plan files of the workspace with their outlines, kept as they are edited: an open document's text counts, else the file's.
 */
export class PlanFiles implements vscode.Disposable {
  readonly #files = new Map<string, PlanFile>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable[] = [];
  readonly onDidChange = this.#changed.event;

  constructor() {
    const watcher = vscode.workspace.createFileSystemWatcher("**/*.migration.ts");
    this.#subscriptions.push(
      watcher,
      watcher.onDidCreate((uri) => this.#read(uri)),
      watcher.onDidChange((uri) => this.#read(uri)),
      watcher.onDidDelete((uri) => {
        this.#files.delete(uri.toString());
        this.#changed.fire();
      }),
      vscode.workspace.onDidOpenTextDocument((document) => this.#take(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#take(document)),
      // What was not saved is gone; the file counts again.
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#read(uri)),
    );
  }

  /** Reads the files of the workspace; afterwards changes are told. */
  async load(): Promise<void> {
    const found = await vscode.workspace.findFiles("**/*.migration.ts", "**/node_modules/**", mostFiles);
    await Promise.all(found.map((uri) => this.#read(uri)));
    for (const document of vscode.workspace.textDocuments) this.#take(document);
  }

  all(): readonly PlanFile[] {
    return [...this.#files.values()].sort((a, b) => (a.uri.path < b.uri.path ? -1 : 1));
  }

  get(uri: vscode.Uri): PlanFile | undefined {
    return this.#files.get(uri.toString());
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }

  async #read(uri: vscode.Uri): Promise<void> {
    if (!isPlanFile(uri) || uri.path.includes("/node_modules/")) return;
    let text: string | undefined;
    try {
      text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
    } catch {
      // Gone again before it was read.
    }
    const open = vscode.workspace.textDocuments.find(
      (document) => document.uri.toString() === uri.toString(),
    );
    if (open !== undefined) this.#take(open);
    else if (text !== undefined) this.#put(uri, text);
    else if (this.#files.delete(uri.toString())) this.#changed.fire();
  }

  #take(document: vscode.TextDocument): void {
    if (isPlanFile(document.uri)) this.#put(document.uri, document.getText());
  }

  #put(uri: vscode.Uri, text: string): void {
    if (this.#files.get(uri.toString())?.text === text) return;
    this.#files.set(uri.toString(), { uri, text, chains: outlinePlan(text) });
    this.#changed.fire();
  }
}

/** The range of a span in a text; for files that may not be open. */
export function rangeOf(text: string, span: { readonly start: number; readonly end: number }): vscode.Range {
  return new vscode.Range(positionOf(text, span.start), positionOf(text, span.end));
}

/** Offsets of positions in a text, as editors count them. */
export function positionsIn(
  text: string,
): (position: { readonly line: number; readonly character: number }) => number {
  const starts = [0, ...[...text.matchAll(/\r\n|\r|\n/g)].map((match) => match.index + match[0].length)];
  return ({ line, character }) => (starts[line] ?? text.length) + character;
}

function positionOf(text: string, offset: number): vscode.Position {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/);
  return new vscode.Position(before.length - 1, before.at(-1)?.length ?? 0);
}
