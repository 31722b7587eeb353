import { basename, dirname } from "node:path";
import * as vscode from "vscode";
import { runLogText } from "./documents/run-log.ts";
import type { VirtualDocuments } from "./documents/virtual-documents.ts";
import { inspectorViewType } from "./inspector/image-inspector.ts";
import type { ChainIds } from "./language/chain-ids.ts";
import { createPlan } from "./new-plan.ts";
import type { Pipelines } from "./pipeline/panel.ts";
import { isPlanFile, type PlanFiles } from "./plans/plan-files.ts";
import { forgetPasswords } from "./program/ask-password.ts";
import type { Passwords } from "./program/passwords.ts";
import { type ProgramAccess, showProblem } from "./program/program-access.ts";
import type { KnownRun, Logbook } from "./runs/logbook.ts";
import { type PlanPlace, planArgument } from "./runs/plan-place.ts";
import { startPlan } from "./runs/start-plan.ts";

/** What commands work with. */
export interface CommandSurroundings {
  readonly chainIds: ChainIds;
  readonly passwords: Passwords;
  readonly plans: PlanFiles;
  readonly program: ProgramAccess;
  readonly logbook: Logbook;
  readonly documents: VirtualDocuments;
  readonly pipelines: Pipelines;
  readonly refresh: () => Promise<void>;
}

/** Starts one plan; `null` when nothing was started. */
export type Starter = (
  place: PlanPlace,
  how: { readonly through?: string; readonly rehearse?: boolean },
) => Promise<KnownRun | null>;

/** How a plan is started from everywhere: lenses, tests, trees, the palette. Throws what kept it from starting. */
export function createStarter(around: CommandSurroundings): Starter {
  return async (place, how) => {
    const meant = await onePlan(around, place);
    return meant === null ? null : startPlan(around.logbook, { ...meant, ...how });
  };
}

/** The plan that a place is of. Where one text makes several, a person says which; `null` when nobody does. */
async function onePlan(
  { chainIds, plans }: CommandSurroundings,
  place: PlanPlace,
): Promise<{ readonly place: PlanPlace; readonly plan: string | null } | null> {
  const chains = plans.get(vscode.Uri.parse(place.uri))?.chains.length ?? 1;
  const meant = planArgument(place, chainIds.ofFile(place.uri), chains);
  if ("plan" in meant) return { place, plan: meant.plan };
  if (meant.several.length === 0) {
    throw new Error(vscode.l10n.t("Nothing exports this plan, so that it cannot be run."));
  }
  const picked = await vscode.window.showQuickPick(
    meant.several.map(({ id, title, plan }) => ({ label: title, description: id, id, plan })),
    { placeHolder: vscode.l10n.t("Which plan?") },
  );
  return picked === undefined ? null : { place: { ...place, id: picked.id }, plan: picked.plan };
}

/** Registers the commands of the manifest. Each tells a person what went wrong, with the action that helps. */
export function registerCommands(around: CommandSurroundings): vscode.Disposable {
  const { plans, program, logbook, documents, pipelines } = around;
  const start = createStarter(around);
  const begin = async (given: unknown[], how: { through?: string; rehearse?: boolean } = {}) => {
    const place = await choosePlace(around, given);
    if (place !== null) await start(place, how);
  };
  const commands: Readonly<Record<string, (...given: unknown[]) => Promise<unknown> | unknown>> = {
    "sampan.run": (...given) => begin(given),
    "sampan.rehearse": (...given) => begin(given, { rehearse: true }),
    "sampan.assess": (...given) => begin(given, { through: "assess" }),
    "sampan.runTo": (uri, chain, id, step) => {
      const verb = plans.get(vscode.Uri.parse(String(uri)))?.chains[Number(chain)]?.steps[Number(step)]?.verb;
      return begin([uri, chain, id], verb === undefined ? {} : { through: verb });
    },
    "sampan.plan": async (...given) => {
      const place = await choosePlace(around, given);
      const meant = place === null ? null : await onePlan(around, place);
      if (meant === null) return;
      const file = vscode.Uri.parse(meant.place.uri).fsPath;
      const args = ["plan", file, ...(meant.plan === null ? [] : ["--plan", meant.plan])];
      const result = await program.call(args, { cwd: dirname(file) });
      // A plan that would be stopped is a forecast too; what could not be told at all is on stderr alone.
      await documents.showText(`${basename(file)}.plan`, result.stdout || result.stderr);
    },
    "sampan.pipeline": async (...given) => {
      const run = runOf(logbook, given);
      const place = run === undefined ? await choosePlace(around, given) : run.place;
      if (place === null && run === undefined) return;
      pipelines.show({
        uri: place?.uri ?? null,
        chain: place?.chain ?? 0,
        ...(place?.id === undefined ? {} : { id: place.id }),
        runId: place === null ? (run?.runId ?? null) : null,
      });
    },
    "sampan.stop": async (...given) => {
      const run = runOf(logbook, given) ?? (await pickRun(logbook, (one) => one.state === "running"));
      if (run !== undefined) await logbook.cancel(run.runId);
    },
    "sampan.resume": async (...given) => {
      const run = runOf(logbook, given) ?? (await pickRun(logbook, canResume));
      if (run !== undefined) await logbook.resume(run.runId);
    },
    "sampan.openLog": async (...given) => {
      const run = runOf(logbook, given) ?? (await pickRun(logbook, () => true));
      if (run !== undefined) await documents.showLog(run.runId);
    },
    "sampan.copyReport": async (...given) => {
      const run = runOf(logbook, given) ?? (await pickRun(logbook, () => true));
      if (run === undefined) return;
      const args = ["runs", "show", run.runId, "--report", "md", "--home", run.home];
      const result = await program.call(args, { cwd: dirname(run.home) });
      await vscode.env.clipboard.writeText(result.exitCode === 0 ? result.stdout : runLogText(run.view));
    },
    "sampan.inspect": (uri) => {
      if (uri instanceof vscode.Uri)
        return vscode.commands.executeCommand("vscode.openWith", uri, inspectorViewType);
    },
    "sampan.patch": (uri) => (uri instanceof vscode.Uri ? documents.showPatch(uri) : undefined),
    "sampan.explain": async (code) => {
      const wanted =
        typeof code === "string" ? code : await vscode.window.showInputBox({ prompt: vscode.l10n.t("Code") });
      if (!wanted) return;
      const cwd = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? process.cwd();
      const result = await program.call(["explain", wanted], { cwd });
      await documents.showText(`${wanted}.txt`, result.exitCode === 0 ? result.stdout : result.stderr);
    },
    "sampan.copyName": (row) => {
      const copies = typeof row === "object" && row !== null && "copies" in row ? row.copies : undefined;
      return typeof copies === "string" ? vscode.env.clipboard.writeText(copies) : undefined;
    },
    "sampan.forgetPasswords": () => forgetPasswords(around.passwords),
    "sampan.newPlan": () => createPlan(),
    "sampan.refresh": () => around.refresh(),
    "sampan.openWalkthrough": () =>
      vscode.commands.executeCommand(
        "workbench.action.openWalkthrough",
        "sampan.sampan-vscode#sampan.first",
        false,
      ),
  };
  return vscode.Disposable.from(
    ...Object.entries(commands).map(([name, command]) =>
      vscode.commands.registerCommand(name, async (...given: unknown[]) => {
        try {
          return await command(...given);
        } catch (error) {
          void showProblem(error);
        }
      }),
    ),
  );
}

function canResume(run: KnownRun): boolean {
  return run.state === "failed" || run.state === "cancelled" || run.state === "interrupted";
}

/** The run a command was called with: its id, or the row of a tree. */
function runOf(logbook: Logbook, [first]: readonly unknown[]): KnownRun | undefined {
  if (typeof first === "string") return logbook.get(first);
  if (typeof first === "object" && first !== null && "run" in first) {
    const { run } = first as { readonly run: KnownRun };
    return logbook.get(run.runId);
  }
  return undefined;
}

/** The plan a command was called with: file, number and the server's name; the row of a tree; a file; or where the cursor is. */
function placeOf(
  { chainIds, plans }: CommandSurroundings,
  [first, second, third]: readonly unknown[],
): PlanPlace | null {
  if (typeof first === "string" && typeof second === "number") {
    return chainIds.placeOf({
      uri: first,
      chain: second,
      ...(typeof third === "string" ? { id: third } : {}),
    });
  }
  if (typeof first === "object" && first !== null && "file" in first) {
    const row = first as {
      readonly file: { readonly uri: vscode.Uri };
      readonly chain?: { readonly index: number };
    };
    return { uri: row.file.uri.toString(), chain: row.chain?.index ?? 0 };
  }
  const editor = vscode.window.activeTextEditor;
  const uri = first instanceof vscode.Uri ? first : editor?.document.uri;
  if (uri === undefined || !isPlanFile(uri)) return null;
  const isShown = editor?.document.uri.toString() === uri.toString();
  const offset = isShown ? editor.document.offsetAt(editor.selection.active) : 0;
  const chain = plans.get(uri)?.chains.find(({ span }) => span.start <= offset && offset <= span.end);
  // A file whose chains cannot be told apart is run as it is, and no other in its place.
  return { uri: uri.toString(), chain: chain?.index ?? 0 };
}

/**
 * The chain a command was called with; where nothing says which, as in the walkthrough, the only plan file of the workspace, or the one
 * that is chosen of several. Where there is none a person is told so.
 */
async function choosePlace(
  around: CommandSurroundings,
  given: readonly unknown[],
): Promise<PlanPlace | null> {
  const place = placeOf(around, given);
  if (place !== null) return place;
  const files = around.plans.all();
  if (files.length === 0) {
    await vscode.window.showInformationMessage(vscode.l10n.t("Open a plan file (*.migration.ts) first."));
    return null;
  }
  const picks = files.map(({ uri }) => ({ label: vscode.workspace.asRelativePath(uri), uri }));
  const picked = picks.length > 1 ? await vscode.window.showQuickPick(picks) : picks[0];
  return picked === undefined ? null : { uri: picked.uri.toString(), chain: 0 };
}

async function pickRun(logbook: Logbook, fits: (run: KnownRun) => boolean): Promise<KnownRun | undefined> {
  const runs = logbook.list().filter(fits);
  if (runs.length <= 1) return runs[0];
  const picked = await vscode.window.showQuickPick(
    runs.map((run) => ({ label: run.title, description: `${run.runId} ${run.state}`, run })),
  );
  return picked?.run;
}
