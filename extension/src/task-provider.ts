import { dirname } from "node:path";
import * as vscode from "vscode";
import type { PlanFiles } from "./plans/plan-files.ts";
import type { ProgramAccess } from "./program/program-access.ts";

interface SampanTask extends vscode.TaskDefinition {
  readonly command: "check" | "plan" | "run";
  readonly file: string;
}

const commands = ["check", "plan", "run"] as const;

/** Tasks that check, plan and run each plan file, in a terminal. `$sampan` reads what `check` says. */
export function registerTasks(program: ProgramAccess, plans: PlanFiles): vscode.Disposable {
  const make = (folder: vscode.WorkspaceFolder, definition: SampanTask): vscode.Task | undefined => {
    const found = program.find();
    if (typeof found === "string") return undefined;
    const { command, file } = definition;
    const path = vscode.Uri.joinPath(folder.uri, file).fsPath;
    // `check` names files as seen from its working folder, and the matcher looks for them in the folder of the workspace. A run keeps
    // its journal beside the plan.
    const cwd = command === "check" ? folder.uri.fsPath : dirname(path);
    const run = new vscode.ProcessExecution(found.command, [...found.args, command, path], {
      cwd,
      ...(found.env && { env: { ...found.env } }),
    });
    const matchers = command === "check" ? ["$sampan"] : [];
    return new vscode.Task(definition, folder, `${command} ${file}`, "sampan", run, matchers);
  };
  return vscode.tasks.registerTaskProvider("sampan", {
    provideTasks: () =>
      plans.all().flatMap(({ uri }) => {
        const folder = vscode.workspace.getWorkspaceFolder(uri);
        if (folder === undefined) return [];
        const file = vscode.workspace.asRelativePath(uri, false);
        return commands.flatMap((command) => make(folder, { type: "sampan", command, file }) ?? []);
      }),
    resolveTask: (task) => {
      const definition = task.definition as SampanTask;
      const folder = typeof task.scope === "object" ? task.scope : vscode.workspace.workspaceFolders?.[0];
      return folder === undefined ? undefined : make(folder, definition);
    },
  });
}
