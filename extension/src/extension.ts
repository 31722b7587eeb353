import { dirname } from "node:path";
import * as vscode from "vscode";
import { createStarter, registerCommands } from "./commands.ts";
import { VirtualDocuments } from "./documents/virtual-documents.ts";
import { registerImageInspector } from "./inspector/image-inspector.ts";
import { ChainIds } from "./language/chain-ids.ts";
import { startLanguageClient } from "./language/language-client.ts";
import { Pipelines } from "./pipeline/panel.ts";
import { PlanFiles } from "./plans/plan-files.ts";
import { editorPasswords } from "./program/ask-password.ts";
import { ProgramAccess, showProblem } from "./program/program-access.ts";
import { guessPlace } from "./runs/listed-run.ts";
import { Logbook } from "./runs/logbook.ts";
import { registerProgressMarks } from "./runs/progress-marks.ts";
import { createStatusItem } from "./status-item.ts";
import { registerTasks } from "./task-provider.ts";
import { PlanTests } from "./testing/test-controller.ts";
import { createCloudTree } from "./trees/cloud-tree.ts";
import { createMigrationsTree } from "./trees/migrations-tree.ts";
import { createRunsTree } from "./trees/runs-tree.ts";

/**
 * Called by the editor when a plan file, a view or a command of ours is first needed. Starts no program: runs are looked for where
 * there is a journal, and everything else when somebody asks for it.
 */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel("Sampan", { log: true });
  const program = new ProgramAccess(output, context.asAbsolutePath("dist/program/bin/sampan.mjs"));
  const passwords = editorPasswords(context);
  const plans = new PlanFiles();
  const logbook = new Logbook(program, passwords, context.workspaceState, output);
  const documents = new VirtualDocuments(program, logbook);
  const pipelines = new Pipelines({
    extension: context.extensionUri,
    plans,
    logbook,
    act: (action, place, run) => {
      const byRun = { stop: "sampan.stop", resume: "sampan.resume", copy: "sampan.copyReport" };
      if (action === "run" || action === "plan") {
        if (place !== null)
          void vscode.commands.executeCommand(`sampan.${action}`, place.uri, place.chain, place.id);
      } else if (run !== undefined) void vscode.commands.executeCommand(byRun[action], run.runId);
    },
  });
  const cloud = createCloudTree(program);
  const refresh = async (): Promise<void> => {
    await tellContext(program);
    cloud.refresh();
    await logbook.refresh(foldersOfRuns(plans), (run) => guessPlace(run, plansForGuess(plans, chainIds)));
  };
  const chainIds = new ChainIds();
  const named = new vscode.EventEmitter<void>();
  const surroundings = { chainIds, passwords, plans, program, logbook, documents, pipelines, refresh };
  const journals = vscode.workspace.createFileSystemWatcher("**/.sampan/runs/*/journal.ndjson");
  let soon: NodeJS.Timeout | undefined;
  const refreshSoon = (): void => {
    soon ??= setTimeout(() => {
      soon = undefined;
      refresh().catch(showProblem);
    }, 500);
  };
  const migrations = createMigrationsTree(plans, logbook);
  const runs = createRunsTree(logbook);
  context.subscriptions.push(
    output,
    plans,
    logbook,
    documents,
    pipelines,
    named,
    cloud,
    migrations,
    runs,
    journals,
    new vscode.Disposable(() => clearTimeout(soon)),
    // A run that another window or a terminal started.
    journals.onDidCreate(refreshSoon),
    registerCommands(surroundings),
    registerProgressMarks(plans, logbook),
    registerImageInspector(context.extensionUri, program),
    registerTasks(program, plans),
    createStatusItem(program, logbook),
    vscode.window.registerTreeDataProvider("sampan.migrations", migrations),
    vscode.window.registerTreeDataProvider("sampan.runs", runs),
    vscode.window.registerTreeDataProvider("sampan.cloud", cloud),
    vscode.workspace.onDidGrantWorkspaceTrust(refreshSoon),
    vscode.workspace.onDidChangeWorkspaceFolders(refreshSoon),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("sampan.path")) refreshSoon();
    }),
  );
  await plans.load();
  context.subscriptions.push(
    startLanguageClient({ context, plans, logbook, chainIds, named: () => named.fire() }),
  );
  context.subscriptions.push(
    new PlanTests({ plans, logbook, chainIds, named: named.event, start: createStarter(surroundings) }),
  );
  await tellContext(program);
  if (await hasJournals()) await refresh();
}

/** What views and the walkthrough show depends on whether there is a program. */
async function tellContext(program: ProgramAccess): Promise<void> {
  const found = program.find();
  const state = typeof found === "string" ? found : "ready";
  await vscode.commands.executeCommand("setContext", "sampan.program", state);
}

async function hasJournals(): Promise<boolean> {
  const found = await vscode.workspace.findFiles("**/.sampan/runs/*/journal.ndjson", "**/node_modules/**", 1);
  return found.length > 0;
}

/** Folders around which `sampan` looks for runs. */
function foldersOfRuns(plans: PlanFiles): readonly string[] {
  const roots = (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
  return [...new Set([...roots, ...plans.all().map(({ uri }) => dirname(uri.fsPath))])];
}

function plansForGuess(plans: PlanFiles, chainIds: ChainIds) {
  return plans.all().map(({ uri, chains }) => {
    const told = chainIds.ofFile(uri.toString());
    const sources =
      told.length > 0
        ? told.map(({ chain, id, source }) => {
            const { uri: _, ...place } = chainIds.placeOf({ uri: uri.toString(), chain, id });
            return { ...place, source };
          })
        : chains.map(({ index, source }) => ({ chain: index, source }));
    return { uri: uri.toString(), path: uri.fsPath, sources };
  });
}
