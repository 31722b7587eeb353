import * as vscode from "vscode";
import type { OutlineChain } from "../plans/outline.ts";
import { type PlanFile, type PlanFiles, rangeOf } from "../plans/plan-files.ts";
import { shortHost } from "../plans/short-host.ts";
import { stepStates } from "../plans/steps.ts";
import type { Logbook } from "../runs/logbook.ts";
import { runIcon } from "./run-texts.ts";

type Row =
  | { readonly kind: "file"; readonly file: PlanFile }
  | { readonly kind: "chain"; readonly file: PlanFile; readonly chain: OutlineChain }
  | { readonly kind: "step"; readonly file: PlanFile; readonly chain: OutlineChain; readonly step: number };

const stepIcons = {
  waiting: "circle-outline",
  running: "loading~spin",
  passed: "pass",
  failed: "error",
} as const;

/** Plans of the workspace: files, their hosts, their steps. */
export function createMigrationsTree(
  plans: PlanFiles,
  logbook: Logbook,
): vscode.TreeDataProvider<unknown> & vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const subscriptions = [
    changed,
    plans.onDidChange(() => changed.fire()),
    onSlow(logbook, () => changed.fire()),
  ];
  const provider: vscode.TreeDataProvider<Row> = {
    onDidChangeTreeData: changed.event,
    getChildren: (row) => {
      if (row === undefined) return plans.all().map((file) => ({ kind: "file", file }));
      if (row.kind === "file")
        return row.file.chains.map((chain) => ({ kind: "chain", file: row.file, chain }));
      if (row.kind === "step") return [];
      return row.chain.steps.map((_step, step) => ({ kind: "step", file: row.file, chain: row.chain, step }));
    },
    getTreeItem: (row) => {
      if (row.kind === "file") {
        const item = new vscode.TreeItem(row.file.uri, vscode.TreeItemCollapsibleState.Expanded);
        item.contextValue = "plan-file";
        item.description = true;
        item.iconPath = vscode.ThemeIcon.File;
        item.command = open(row.file, { start: 0, end: 0 });
        return item;
      }
      const uri = row.file.uri.toString();
      const run = logbook.ofPlace({ uri, chain: row.chain.index });
      if (row.kind === "chain") {
        const source = row.chain.source ?? vscode.l10n.t("host computed at run time");
        const label = shortHost(source);
        const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Collapsed);
        item.tooltip = source;
        item.contextValue = run?.state === "running" ? "chain-running" : "chain";
        item.iconPath = run === undefined ? new vscode.ThemeIcon("server") : themed(runIcon(run));
        item.command = open(row.file, row.chain.span);
        return item;
      }
      const step = row.chain.steps[row.step];
      const item = new vscode.TreeItem(step?.verb ?? "", vscode.TreeItemCollapsibleState.None);
      item.description = step?.strings.join(", ") ?? "";
      const state = run === undefined ? undefined : stepStates(run.view, row.chain.steps)[row.step]?.state;
      item.iconPath = new vscode.ThemeIcon(stepIcons[state ?? "waiting"]);
      item.contextValue = "step";
      if (step !== undefined) item.command = open(row.file, step.name);
      return item;
    },
  };
  return Object.assign(provider, {
    dispose() {
      for (const subscription of subscriptions) subscription.dispose();
    },
  });
}

function open(file: PlanFile, span: { readonly start: number; readonly end: number }): vscode.Command {
  const { start } = rangeOf(file.text, span);
  return {
    title: vscode.l10n.t("Open"),
    command: "vscode.open",
    arguments: [file.uri, { selection: new vscode.Range(start, start) }],
  };
}

/** An icon in its theme colour. */
export function themed({
  id,
  color,
}: {
  readonly id: string;
  readonly color: string | null;
}): vscode.ThemeIcon {
  return color === null ? new vscode.ThemeIcon(id) : new vscode.ThemeIcon(id, new vscode.ThemeColor(color));
}

const slowMs = 1000;

/** Tells of changes of runs at most once a second: rows that change more often cannot be read. */
export function onSlow(logbook: Logbook, tell: () => void): vscode.Disposable {
  let waiting: NodeJS.Timeout | undefined;
  const subscription = logbook.onDidChange(() => {
    waiting ??= setTimeout(() => {
      waiting = undefined;
      tell();
    }, slowMs);
  });
  return new vscode.Disposable(() => {
    clearTimeout(waiting);
    subscription.dispose();
  });
}
