import * as vscode from "vscode";
import { type PlanFiles, rangeOf } from "../plans/plan-files.ts";
import { shortHost } from "../plans/short-host.ts";
import { showProblem } from "../program/program-access.ts";
import type { KnownRun, Logbook } from "../runs/logbook.ts";
import type { PlanPlace } from "../runs/plan-place.ts";
import { webviewHtml } from "../webview-html.ts";
import { pipelineModel } from "./lanes.ts";
import { type PipelineState, readFromPage, readPipelineState, type ToPage } from "./messages.ts";
import type { PipelineButton } from "./render.ts";
import { pipelineWords } from "./words.ts";

export const pipelineViewType = "sampan.pipeline";

// Four drawings a second are as many as an eye needs.
const drawMs = 250;

/** What the drawings need of the rest. */
export interface PipelineSurroundings {
  readonly extension: vscode.Uri;
  readonly plans: PlanFiles;
  readonly logbook: Logbook;
  act(action: PipelineButton, place: PlanPlace | null, run: KnownRun | undefined): void;
}

/** Opens the drawing of a chain, or brings the one that is open to the front. */
export class Pipelines implements vscode.Disposable {
  readonly #around: PipelineSurroundings;
  readonly #open = new Map<string, vscode.WebviewPanel>();
  readonly #subscription: vscode.Disposable;

  constructor(around: PipelineSurroundings) {
    this.#around = around;
    this.#subscription = vscode.window.registerWebviewPanelSerializer(pipelineViewType, {
      deserializeWebviewPanel: async (panel, kept: unknown) => {
        const state = readPipelineState(kept);
        if (state === null) panel.dispose();
        else this.#fill(panel, state);
      },
    });
  }

  show(state: PipelineState): void {
    const known = this.#open.get(keyOf(state));
    if (known !== undefined) {
      known.reveal();
      return;
    }
    const title = vscode.l10n.t("Pipeline");
    const where = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    this.#fill(vscode.window.createWebviewPanel(pipelineViewType, title, where), state);
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #fill(panel: vscode.WebviewPanel, state: PipelineState): void {
    const { extension, plans, logbook } = this.#around;
    this.#open.set(keyOf(state), panel);
    panel.webview.options = {
      enableScripts: true,
      localResourceRoots: [vscode.Uri.joinPath(extension, "dist"), vscode.Uri.joinPath(extension, "media")],
    };
    panel.iconPath = vscode.Uri.joinPath(extension, "media/sampan.svg");
    const post = (message: ToPage) => void panel.webview.postMessage(message);
    let ready = false;
    let waiting: NodeJS.Timeout | undefined;
    const draw = (): void => {
      waiting = undefined;
      const chain = this.#chainOf(state);
      const run = this.#runOf(state);
      const shown =
        run === undefined
          ? null
          : ({ view: run.view, state: run.stopping ? "stopping" : run.state } as const);
      const model = pipelineModel(chain, shown);
      panel.title =
        model.title === ""
          ? vscode.l10n.t("Pipeline")
          : `${vscode.l10n.t("Pipeline")}: ${shortHost(model.title)}`;
      post({ type: "draw", model, words: pipelineWords(), state });
    };
    const soon = (): void => {
      if (ready) waiting ??= setTimeout(draw, drawMs);
    };
    const subscriptions = [
      panel.webview.onDidReceiveMessage((said: unknown) => {
        const message = readFromPage(said);
        if (message === null) return;
        if (message.type === "ready") {
          ready = true;
          draw();
          const run = this.#runOf(state);
          if (run !== undefined) logbook.load(run.runId).catch(showProblem);
        } else if (message.type === "reveal") this.#reveal(state, message.step).catch(showProblem);
        else this.#around.act(message.action, placeOf(state), this.#runOf(state));
      }),
      logbook.onDidChange((run) => {
        if (run === null || run.runId === state.runId || run.place?.uri === state.uri) soon();
      }),
      plans.onDidChange(soon),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor, selections }) => {
        if (textEditor.document.uri.toString() !== state.uri || selections[0] === undefined) return;
        const offset = textEditor.document.offsetAt(selections[0].active);
        const step = this.#chainOf(state)?.steps.findIndex(
          ({ span }) => span.start <= offset && offset <= span.end,
        );
        post({ type: "select", step: step ?? -1 });
      }),
    ];
    panel.onDidDispose(() => {
      clearTimeout(waiting);
      if (this.#open.get(keyOf(state)) === panel) this.#open.delete(keyOf(state));
      for (const subscription of subscriptions) subscription.dispose();
    });
    panel.webview.html = webviewHtml(panel.webview, extension, {
      title: "Sampan",
      body: '<main><header id="head"></header><p id="status" role="status" aria-live="polite"></p><div id="lanes"></div><section id="timeline"></section></main>',
      style: "media/pipeline.css",
      script: "dist/pipeline.js",
    });
  }

  #chainOf(state: PipelineState) {
    if (state.uri === null) return null;
    return this.#around.plans.get(vscode.Uri.parse(state.uri))?.chains[state.chain] ?? null;
  }

  #runOf(state: PipelineState): KnownRun | undefined {
    if (state.runId !== null) return this.#around.logbook.get(state.runId);
    const place = placeOf(state);
    return place === null ? undefined : this.#around.logbook.ofPlace(place);
  }

  async #reveal(state: PipelineState, step: number): Promise<void> {
    if (state.uri === null) return;
    const uri = vscode.Uri.parse(state.uri);
    const file = this.#around.plans.get(uri);
    const span = this.#chainOf(state)?.steps[step]?.name;
    if (file === undefined || span === undefined) return;
    const shown = vscode.window.visibleTextEditors.find(
      (editor) => editor.document.uri.toString() === state.uri,
    );
    const viewColumn = shown?.viewColumn ?? vscode.ViewColumn.One;
    await vscode.window.showTextDocument(uri, { viewColumn, selection: rangeOf(file.text, span) });
  }
}

function placeOf({ uri, chain, id }: PipelineState): PlanPlace | null {
  return uri === null ? null : { uri, chain, ...(id === undefined ? {} : { id }) };
}

function keyOf({ uri, chain, id, runId }: PipelineState): string {
  return JSON.stringify([uri, chain, id ?? null, runId]);
}
