import * as vscode from "vscode";
import type { KnownRun, Logbook, StartRequest } from "./logbook.ts";
import type { PlanPlace } from "./plan-place.ts";

/** What a person asked to be started. */
export interface PlanStart {
  readonly place: PlanPlace;
  /** Which of the file's plans that is, as `--plan` takes it; `null` where the file holds no other. */
  readonly plan: string | null;
  readonly through?: string;
  readonly rehearse?: boolean;
}

/**
 * Starts one plan of a file, of several that one alone.
 *
 * A real account, and what cannot be taken back, are asked for first: `sampan` refuses to start until somebody agreed. Gives `null` when a
 * person said no, or nothing had to be done.
 */
export async function startPlan(logbook: Logbook, start: PlanStart): Promise<KnownRun | null> {
  await saveDirty(start.place.uri);
  const earlier = logbook.ofPlace(start.place);
  const again =
    earlier?.state === "finished" && earlier.view.end?.kind === "finished" && earlier.view.end.complete;
  if (again && earlier.view.cloud?.rehearsal === false && !(await agreeToSecond(earlier.title))) return null;
  const request: StartRequest = {
    place: start.place,
    file: vscode.Uri.parse(start.place.uri).fsPath,
    ...(start.plan === null ? {} : { plan: start.plan }),
    ...(start.through === undefined ? {} : { through: start.through }),
    rehearse: start.rehearse ?? false,
    again,
  };
  return logbook.start(request);
}

async function agreeToSecond(title: string): Promise<boolean> {
  const go = vscode.l10n.t("Run Again");
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t("The migration of {0} has finished. Run it again and make a second image?", title),
    { modal: true },
    go,
  );
  return answer === go;
}

/** What is run is the file: unsaved changes are saved first, as for tests and tasks. */
async function saveDirty(uri: string): Promise<void> {
  const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri);
  if (document?.isDirty) await document.save();
}
