import { homedir } from "node:os";
import * as vscode from "vscode";
import { ProgramError } from "../program/call-program.ts";
import type { ProgramAccess } from "../program/program-access.ts";
import { listRows, questionArguments } from "./cloud-lists.ts";
import { accountRows, type CloudQuestion, doctorRows, type FactRow, leftRows } from "./cloud-rows.ts";

const branches = ["account", "images", "snapshots", "buckets", "left", "doctor"] as const;

/**
 * The account, what it has by region, what runs left there, and whether this machine is ready; each asked for only when it is opened. What was
 * opened is asked for anew after a refresh.
 */
export function createCloudTree(
  program: ProgramAccess,
): vscode.TreeDataProvider<unknown> & { refresh(): void; dispose(): void } {
  const changed = new vscode.EventEmitter<void>();
  const provider: vscode.TreeDataProvider<FactRow> = {
    onDidChangeTreeData: changed.event,
    getChildren: async (row) => {
      // Without a program the view says how to get one.
      if (row === undefined) return typeof program.find() === "string" ? [] : branches.map(branchRow);
      if (row.rows !== undefined) return [...row.rows];
      return row.question === undefined ? [] : [...(await ask(program, row.question))];
    },
    getTreeItem: (row) => {
      const opens = row.question !== undefined || row.rows !== undefined;
      const { None, Collapsed } = vscode.TreeItemCollapsibleState;
      const item = new vscode.TreeItem(row.label, opens ? Collapsed : None);
      const branch = branches.find((one) => one === row.question?.of);
      item.contextValue =
        branch === undefined ? (row.copies === undefined ? "cloud-fact" : "cloud-thing") : `cloud-${branch}`;
      if (branch !== undefined) return item;
      item.description = row.description;
      item.tooltip = row.tooltip === "" ? row.description : row.tooltip;
      item.iconPath = new vscode.ThemeIcon(row.icon);
      if (row.code !== undefined && row.code !== "") {
        item.command = {
          title: vscode.l10n.t("Explain {0}", row.code),
          command: "sampan.explain",
          arguments: [row.code],
        };
      }
      return item;
    },
  };
  return Object.assign(provider, { refresh: () => changed.fire(), dispose: () => changed.dispose() });
}

function branchRow(of: (typeof branches)[number]): FactRow {
  return { label: branchTitle(of), description: "", icon: "info", tooltip: "", question: { of } };
}

function branchTitle(branch: (typeof branches)[number]): string {
  const { l10n } = vscode;
  switch (branch) {
    case "account":
      return l10n.t("Account");
    case "images":
      return l10n.t("Images");
    case "snapshots":
      return l10n.t("Snapshots");
    case "buckets":
      return l10n.t("Buckets");
    case "left":
      return l10n.t("Left by runs");
    case "doctor":
      return l10n.t("This machine");
  }
}

async function ask(program: ProgramAccess, question: CloudQuestion): Promise<readonly FactRow[]> {
  const cwd = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? homedir();
  try {
    const answer = await program.ask<Record<string, unknown>>(questionArguments(question), { cwd });
    const rows = rowsOf(question, answer);
    return rows.length > 0 ? rows : [nothing(question)];
  } catch (error) {
    const known = error instanceof ProgramError ? error : null;
    const message = error instanceof Error ? error.message : String(error);
    return [
      {
        label: known?.code || message,
        description: known?.code ? message : "",
        icon: "warning",
        tooltip: known?.hint ?? "",
        ...(known === null ? {} : { code: known.code }),
      },
    ];
  }
}

function rowsOf(question: CloudQuestion, answer: Record<string, unknown>): readonly FactRow[] {
  if (question.of === "account") return accountRows(answer);
  if (question.of === "left") return leftRows(answer);
  if (question.of === "doctor") return doctorRows(answer);
  return listRows(question, answer, (count) => vscode.l10n.t("{0} more", count));
}

/** What stands where there is nothing, and how there comes to be something. */
function nothing({ of }: CloudQuestion): FactRow {
  const { l10n } = vscode;
  const label =
    of === "images-in"
      ? l10n.t("No image here yet: a plan with import() makes one.")
      : of === "buckets"
        ? l10n.t("No bucket yet: a plan with upload() can create one.")
        : l10n.t("nothing");
  return { label, description: "", icon: "info", tooltip: "" };
}
