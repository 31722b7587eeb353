import { homedir } from "node:os";
import * as vscode from "vscode";
import { ProgramError } from "../program/call-program.ts";
import type { ProgramAccess } from "../program/program-access.ts";
import { accountRows, doctorRows, type FactRow, leftRows } from "./cloud-rows.ts";

type Branch = "account" | "left" | "doctor";
type Row = { readonly branch: Branch } | { readonly fact: FactRow };

/** What `sampan` is asked when a branch is opened, and not before. */
const questions: Readonly<Record<Branch, readonly string[]>> = {
  account: ["whoami", "--cloud", "alibaba", "--json"],
  left: ["gc", "--json"],
  doctor: ["doctor", "--json"],
};

/** The account, what runs left there, and whether this machine is ready; each asked for only when it is opened. */
export function createCloudTree(
  program: ProgramAccess,
): vscode.TreeDataProvider<unknown> & { refresh(): void; dispose(): void } {
  const changed = new vscode.EventEmitter<void>();
  const provider: vscode.TreeDataProvider<Row> = {
    onDidChangeTreeData: changed.event,
    getChildren: async (row) => {
      // Without a program the view says how to get one.
      if (row === undefined) {
        return typeof program.find() === "string"
          ? []
          : (Object.keys(questions) as Branch[]).map((branch) => ({ branch }));
      }
      return "branch" in row ? (await ask(program, row.branch)).map((fact) => ({ fact })) : [];
    },
    getTreeItem: (row) => {
      if ("branch" in row) {
        const item = new vscode.TreeItem(branchTitle(row.branch), vscode.TreeItemCollapsibleState.Collapsed);
        item.contextValue = `cloud-${row.branch}`;
        return item;
      }
      const item = new vscode.TreeItem(row.fact.label, vscode.TreeItemCollapsibleState.None);
      item.description = row.fact.description;
      item.tooltip = row.fact.tooltip === "" ? row.fact.description : row.fact.tooltip;
      item.iconPath = new vscode.ThemeIcon(row.fact.icon);
      return item;
    },
  };
  return Object.assign(provider, { refresh: () => changed.fire(), dispose: () => changed.dispose() });
}

function branchTitle(branch: Branch): string {
  const { l10n } = vscode;
  if (branch === "account") return l10n.t("Account");
  return branch === "left" ? l10n.t("Left by runs") : l10n.t("This machine");
}

async function ask(program: ProgramAccess, branch: Branch): Promise<readonly FactRow[]> {
  const cwd = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? homedir();
  try {
    const answer = await program.ask<Record<string, unknown>>(questions[branch], { cwd });
    const rows =
      branch === "account" ? accountRows(answer) : branch === "left" ? leftRows(answer) : doctorRows(answer);
    const none = { label: vscode.l10n.t("nothing"), description: "", icon: "info", tooltip: "" } as const;
    return rows.length > 0 ? rows : [none];
  } catch (error) {
    const code = error instanceof ProgramError ? error.code : "";
    const message = error instanceof Error ? error.message : String(error);
    const hint = error instanceof ProgramError ? error.hint : "";
    return [
      {
        label: code === "" ? message : code,
        description: code === "" ? "" : message,
        icon: "warning",
        tooltip: hint,
      },
    ];
  }
}
