import * as vscode from "vscode";
import { shortHost } from "../plans/short-host.ts";
import type { KnownRun, Logbook } from "../runs/logbook.ts";
import { formatDuration } from "../runs/numbers.ts";
import type { StageView } from "../runs/run-view.ts";
import { onSlow, themed } from "./migrations-tree.ts";
import { type RunWords, runDescription, runIcon } from "./run-texts.ts";

type Row = { readonly run: KnownRun; readonly stage: StageView | null };

const stageIcons = {
  waiting: "circle-outline",
  running: "loading~spin",
  finished: "pass",
  failed: "error",
} as const;

/** Runs around the workspace, newest first, and their stages. */
export function createRunsTree(logbook: Logbook): vscode.TreeDataProvider<unknown> & vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const subscriptions = [changed, onSlow(logbook, () => changed.fire())];
  const provider: vscode.TreeDataProvider<Row> = {
    onDidChangeTreeData: changed.event,
    getChildren: async (row) => {
      if (row === undefined) return logbook.list().map((run) => ({ run, stage: null }));
      if (row.stage !== null) return [];
      const run = (await logbook.load(row.run.runId)) ?? row.run;
      return run.view.stages.map((stage) => ({ run, stage }));
    },
    getTreeItem: ({ run, stage }) => {
      if (stage !== null) {
        const item = new vscode.TreeItem(stage.key, vscode.TreeItemCollapsibleState.None);
        item.description = stage.tookMs === null ? stage.note : formatDuration(stage.tookMs);
        item.iconPath = new vscode.ThemeIcon(stageIcons[stage.state]);
        return item;
      }
      const item = new vscode.TreeItem(
        run.title === "" ? run.runId : shortHost(run.title),
        vscode.TreeItemCollapsibleState.Collapsed,
      );
      item.id = run.runId;
      item.description = runDescription(run, runWords());
      item.tooltip = `${run.title}\n${run.runId}`;
      item.iconPath = themed(runIcon(run));
      item.contextValue =
        run.state === "running" ? "run-going" : run.state === "finished" ? "run-finished" : "run-stopped";
      return item;
    },
  };
  return Object.assign(provider, {
    dispose() {
      for (const subscription of subscriptions) subscription.dispose();
    },
  });
}

function runWords(): RunWords {
  const { l10n } = vscode;
  return {
    rehearsal: l10n.t("rehearsal"),
    running: l10n.t("running"),
    interrupted: l10n.t("interrupted"),
    finished: l10n.t("done"),
    failed: l10n.t("failed"),
    cancelled: l10n.t("stopped"),
    unreadable: l10n.t("unreadable"),
  };
}
