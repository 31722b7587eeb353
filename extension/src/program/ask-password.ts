import * as vscode from "vscode";
import { type AskPassword, Passwords } from "./passwords.ts";

const namesKey = "sampan.keptPasswords";

/** The passwords of this editor: kept in its secret storage, their names beside its other state. */
export function editorPasswords({ secrets, globalState }: vscode.ExtensionContext): Passwords {
  return new Passwords(
    secrets,
    {
      get: () => globalState.get<readonly string[]>(namesKey, []),
      set: (names) => globalState.update(namesKey, names),
    },
    askPassword,
  );
}

/** Asks a person for a password without showing it, and whether to keep it. */
const askPassword: AskPassword = async (passwordOf) => {
  const { l10n, window } = vscode;
  const title = l10n.t("Password of {0}", passwordOf);
  const prompt = l10n.t("It is handed to this run alone.");
  const password = await window.showInputBox({ title, prompt, password: true, ignoreFocusOut: true });
  if (!password) return null;
  const once = l10n.t("Use It Once");
  const keep = l10n.t("Remember It");
  const items = [
    { label: once, description: "" },
    {
      label: keep,
      description: l10n.t("in this editor's secret storage; `Forget Stored Passwords` takes it out"),
    },
  ];
  const picked = await window.showQuickPick(items, { title, ignoreFocusOut: true });
  return picked === undefined ? null : { password, remember: picked.label === keep };
};

/** Forgets all passwords that were kept, after a person agreed. */
export async function forgetPasswords(passwords: Passwords): Promise<void> {
  const { l10n, window } = vscode;
  const { kept } = passwords;
  if (kept.length === 0) {
    await window.showInformationMessage(l10n.t("No password is stored."));
    return;
  }
  const go = l10n.t("Forget");
  const question = l10n.t("Forget the stored passwords of {0}?", kept.join(", "));
  if ((await window.showWarningMessage(question, { modal: true }, go)) === go) await passwords.forget();
}
