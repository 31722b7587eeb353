import { basename, dirname } from "node:path";
import * as vscode from "vscode";
import { ProgramError } from "../program/call-program.ts";
import type { ProgramAccess } from "../program/program-access.ts";
import type { Logbook } from "../runs/logbook.ts";
import { type PatchedFile, patchSides } from "./patch-sides.ts";
import { logSections, runLogText } from "./run-log.ts";

const logScheme = "sampan-log";
const textScheme = "sampan-text";
const refreshMs = 500;

/** Documents that are made when they are looked at: logs of runs, plans in words, both sides of a patch. */
export class VirtualDocuments implements vscode.Disposable {
  readonly #program: ProgramAccess;
  readonly #logbook: Logbook;
  readonly #texts = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #waiting = new Map<string, NodeJS.Timeout>();
  readonly #subscriptions: vscode.Disposable[];

  constructor(program: ProgramAccess, logbook: Logbook) {
    this.#program = program;
    this.#logbook = logbook;
    const { workspace, languages } = vscode;
    this.#subscriptions = [
      this.#changed,
      workspace.registerTextDocumentContentProvider(logScheme, {
        onDidChange: this.#changed.event,
        provideTextDocumentContent: async ({ path }) => {
          const runId = basename(path, ".log");
          const run = (await this.#logbook.load(runId)) ?? this.#logbook.get(runId);
          return run === undefined
            ? vscode.l10n.t("Run {0} is not known here.", runId)
            : runLogText(run.view);
        },
      }),
      workspace.registerTextDocumentContentProvider(textScheme, {
        provideTextDocumentContent: (uri) => this.#texts.get(uri.toString()) ?? "",
      }),
      languages.registerDocumentSymbolProvider(
        { scheme: logScheme },
        {
          provideDocumentSymbols: (document) =>
            logSections(document.getText()).map(({ name, line }) => {
              const { range } = document.lineAt(line);
              return new vscode.DocumentSymbol(name, "", vscode.SymbolKind.Event, range, range);
            }),
        },
      ),
      logbook.onDidChange((run) => {
        if (run !== null) this.#soon(run.runId);
      }),
      workspace.onDidCloseTextDocument(({ uri }) => this.#texts.delete(uri.toString())),
    ];
  }

  /** Shows the log of a run; it goes on while the run does. */
  async showLog(runId: string): Promise<void> {
    const document = await vscode.workspace.openTextDocument(logUri(runId));
    await vscode.window.showTextDocument(document, { preview: true });
  }

  /** Shows a text that nobody has to save. */
  async showText(name: string, text: string, language = "plaintext"): Promise<void> {
    const document = await vscode.workspace.openTextDocument(this.#keep(name, text));
    await vscode.languages.setTextDocumentLanguage(document, language);
    await vscode.window.showTextDocument(document, { preview: true });
  }

  /** Shows what the fix-ups would change in an image: each file beside what it would become, or the whole diff. */
  async showPatch(image: vscode.Uri): Promise<void> {
    const { fsPath } = image;
    const result = await this.#program.call(["patch", fsPath], { cwd: dirname(fsPath) });
    if (result.exitCode !== 0) {
      const asJson = await this.#program.ask<unknown>(["patch", fsPath, "--json"], { cwd: dirname(fsPath) });
      throw new ProgramError("COMMAND_USAGE", String(asJson), "");
    }
    const files = patchSides(result.stdout);
    if (files.length === 0) {
      await vscode.window.showInformationMessage(
        vscode.l10n.t("The fix-ups would change nothing in this image."),
      );
      return;
    }
    const whole = vscode.l10n.t("All changes as one diff");
    const picked = await vscode.window.showQuickPick([whole, ...files.map(({ path }) => path)], {
      title: vscode.l10n.t("What the fix-ups change in {0}", basename(fsPath)),
    });
    if (picked === undefined) return;
    const file = files.find(({ path }) => path === picked);
    if (file === undefined) await this.showText(`${basename(fsPath)}.patch`, result.stdout, "diff");
    else await this.#showSides(basename(fsPath), file);
  }

  dispose(): void {
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #showSides(image: string, file: PatchedFile): Promise<void> {
    const before = this.#keep(`${image}/before${file.path}`, file.before);
    const after = this.#keep(`${image}/after${file.path}`, file.after);
    await vscode.commands.executeCommand("vscode.diff", before, after, `${image}: ${file.path}`);
  }

  #keep(name: string, text: string): vscode.Uri {
    const uri = vscode.Uri.from({ scheme: textScheme, path: `/${name}` });
    this.#texts.set(uri.toString(), text);
    return uri;
  }

  #soon(runId: string): void {
    const uri = logUri(runId);
    const isOpen = vscode.workspace.textDocuments.some((open) => open.uri.toString() === uri.toString());
    if (!isOpen || this.#waiting.has(runId)) return;
    const timer = setTimeout(() => {
      this.#waiting.delete(runId);
      this.#changed.fire(uri);
    }, refreshMs);
    this.#waiting.set(runId, timer);
  }
}

function logUri(runId: string): vscode.Uri {
  return vscode.Uri.from({ scheme: logScheme, path: `/${runId}.log` });
}
