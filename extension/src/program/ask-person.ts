import * as vscode from "vscode";
import type { Question } from "./agree.ts";

/** Asks a person whether something may be changed; what cannot be taken back has its name typed, as in a terminal. */
export async function askPerson({ title, changes, name }: Question): Promise<boolean> {
  const go = vscode.l10n.t("Go On");
  const detail = changes.join("\n");
  if ((await vscode.window.showWarningMessage(title, { modal: true, detail }, go)) !== go) return false;
  if (name === null) return true;
  const typed = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t("This cannot be taken back. Type {0} to go on.", name),
    ignoreFocusOut: true,
  });
  return typed === name;
}
