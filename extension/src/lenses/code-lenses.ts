import * as vscode from "vscode";
import { type PlanFiles, planSelector, rangeOf } from "../plans/plan-files.ts";
import type { Logbook } from "../runs/logbook.ts";
import { chainLenses, type LensWords } from "./lens-texts.ts";

function words(): LensWords {
  const { l10n } = vscode;
  return {
    run: l10n.t("Run"),
    plan: l10n.t("Plan"),
    assess: l10n.t("Assess"),
    pipeline: l10n.t("Pipeline"),
    stop: l10n.t("Stop"),
    stopping: l10n.t("Stopping…"),
    resume: (stage) => l10n.t("Resume from {0}", stage),
  };
}

// Buttons that change more often than this cannot be hit.
const refreshMs = 1000;

/** Buttons above chains, and `Run to here` above their steps. In a folder that is not trusted there are none. */
export function registerCodeLenses(plans: PlanFiles, logbook: Logbook): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  let waiting: NodeJS.Timeout | undefined;
  const soon = (): void => {
    waiting ??= setTimeout(() => {
      waiting = undefined;
      changed.fire();
    }, refreshMs);
  };
  const provider: vscode.CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    provideCodeLenses: (document) => {
      const file = plans.get(document.uri);
      if (file === undefined || !vscode.workspace.isTrusted) return [];
      const uri = document.uri.toString();
      return file.chains.flatMap((chain) => {
        const run = logbook.ofPlace({ uri, chain: chain.index });
        const range = rangeOf(file.text, chain.span);
        const top = chainLenses(uri, chain.index, run, words()).map(
          (lens) => new vscode.CodeLens(range, { ...lens, arguments: [...lens.arguments] }),
        );
        if (run?.state === "running") return top;
        const startLine = range.start.line;
        const toHere = chain.steps.flatMap((step, index) => {
          const at = rangeOf(file.text, step.name);
          if (at.start.line === startLine) return [];
          const command = {
            title: `$(debug-step-over) ${vscode.l10n.t("Run to here")}`,
            command: "sampan.runTo",
            arguments: [uri, chain.index, index],
          };
          return [new vscode.CodeLens(at, command)];
        });
        return vscode.workspace.getConfiguration("sampan", document.uri).get("stepLenses", false)
          ? [...top, ...toHere]
          : top;
      });
    },
  };
  return vscode.Disposable.from(
    changed,
    new vscode.Disposable(() => clearTimeout(waiting)),
    plans.onDidChange(() => soon()),
    logbook.onDidChange(() => soon()),
    vscode.workspace.onDidGrantWorkspaceTrust(() => changed.fire()),
    vscode.languages.registerCodeLensProvider(planSelector, provider),
  );
}
