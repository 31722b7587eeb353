import * as vscode from "vscode";
import { type PlanFiles, rangeOf } from "../plans/plan-files.ts";
import { stepOfStage } from "../plans/steps.ts";
import type { Logbook } from "./logbook.ts";
import { progressLine } from "./run-line.ts";
import { activeStage } from "./run-view.ts";

const refreshMs = 500;

/** Writes how a run is getting on behind the step it is at, in every editor that shows the plan. */
export function registerProgressMarks(plans: PlanFiles, logbook: Logbook): vscode.Disposable {
  const mark = vscode.window.createTextEditorDecorationType({
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
  let waiting: NodeJS.Timeout | undefined;
  const draw = (): void => {
    waiting = undefined;
    for (const editor of vscode.window.visibleTextEditors) {
      const file = plans.get(editor.document.uri);
      if (file === undefined || file.text !== editor.document.getText()) continue;
      const uri = editor.document.uri.toString();
      const marks = file.chains.flatMap((chain): vscode.DecorationOptions[] => {
        const run = logbook.ofPlace({ uri, chain: chain.index });
        const stage = run?.state === "running" ? activeStage(run.view) : null;
        const step = stage === null ? undefined : chain.steps[stepOfStage(chain.steps, stage.key)];
        if (run === undefined || step === undefined) return [];
        const line = rangeOf(file.text, step.span).end.line;
        const contentText = progressLine(run.view);
        const color = new vscode.ThemeColor("editorCodeLens.foreground");
        return [
          {
            range: editor.document.lineAt(line).range,
            // Hints may stand behind it.
            renderOptions: { after: { contentText, color, margin: "0 1.5em" } },
          },
        ];
      });
      editor.setDecorations(mark, marks);
    }
  };
  const soon = (): void => {
    waiting ??= setTimeout(draw, refreshMs);
  };
  return vscode.Disposable.from(
    mark,
    new vscode.Disposable(() => clearTimeout(waiting)),
    logbook.onDidChange(soon),
    vscode.window.onDidChangeVisibleTextEditors(soon),
  );
}
