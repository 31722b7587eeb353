import * as vscode from "vscode";
import { isPlanFile } from "./plans/plan-files.ts";
import type { FoundProgram } from "./program/find-program.ts";
import type { ProgramAccess } from "./program/program-access.ts";
import type { Logbook } from "./runs/logbook.ts";
import { onSlow } from "./trees/migrations-tree.ts";
import { statusText } from "./trees/run-texts.ts";

/** The one status item: how many runs go on and how far they are; beside a plan file, whether there is a program to run it. */
export function createStatusItem(program: ProgramAccess, logbook: Logbook): vscode.Disposable {
  const { l10n } = vscode;
  const item = vscode.window.createStatusBarItem("sampan.status", vscode.StatusBarAlignment.Left);
  item.name = "Sampan";
  item.command = "sampan.runs.focus";
  const draw = (): void => {
    const running = statusText(logbook.list(), (count) => l10n.t("{0} running", count));
    if (running !== null) {
      item.text = `$(sync~spin) ${running}`;
      item.tooltip = l10n.t("Show the runs");
      item.show();
      return;
    }
    const active = vscode.window.activeTextEditor?.document.uri;
    if (active === undefined || !isPlanFile(active)) {
      item.hide();
      return;
    }
    const found = program.find();
    item.text = typeof found === "string" ? `$(warning) ${l10n.t("Sampan not found")}` : "Sampan";
    if (found === "untrusted") item.text = `$(shield) ${l10n.t("Sampan: analysis only")}`;
    item.tooltip = typeof found === "string" ? "" : tooltipOf(found);
    item.show();
  };
  draw();
  return vscode.Disposable.from(
    item,
    onSlow(logbook, draw),
    vscode.window.onDidChangeActiveTextEditor(draw),
    vscode.workspace.onDidGrantWorkspaceTrust(draw),
  );
}

/** Which program runs plans here, and why that one. */
function tooltipOf(found: FoundProgram): string {
  const { l10n } = vscode;
  const chosen = {
    setting: l10n.t("The program of the setting `sampan.path`"),
    workspace: l10n.t("The program installed in the workspace"),
    path: l10n.t("The program on the PATH"),
    extension: l10n.t("The program that the extension brings"),
  };
  return `${chosen[found.from]}: ${found.args.at(-1) ?? found.command}`;
}
