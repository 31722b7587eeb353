import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as vscode from "vscode";
import type { ProgramAccess } from "../program/program-access.ts";
import type { PlanPlace } from "./listed-run.ts";
import type { KnownRun, Logbook, StartRequest } from "./logbook.ts";

/** What a person asked to be started. */
export interface PlanStart {
  readonly place: PlanPlace;
  /** How many chains the file has as far as its text tells. */
  readonly chains: number;
  /** Which of the file's plans the chain is, from 0 on. */
  readonly plan: number;
  readonly through?: string;
  readonly rehearse?: boolean;
}

/**
 * Starts one chain of a file. Of a file with several, that one alone: its plan is asked for as JSON and run from there.
 *
 * A real account, and what cannot be taken back, are asked for first: `sampan` refuses to start until somebody agreed. Gives `null` when a
 * person said no, or nothing had to be done.
 */
export async function startPlan(
  program: ProgramAccess,
  logbook: Logbook,
  start: PlanStart,
): Promise<KnownRun | null> {
  await saveDirty(start.place.uri);
  const earlier = logbook.ofPlace(start.place);
  const again =
    earlier?.state === "finished" && earlier.view.end?.kind === "finished" && earlier.view.end.complete;
  if (again && earlier.view.cloud?.rehearsal === false && !(await agreeToSecond(earlier.title))) return null;
  const file = vscode.Uri.parse(start.place.uri).fsPath;
  const scratch = start.chains > 1 ? await mkdtemp(join(tmpdir(), "sampan-plan-")) : null;
  try {
    const single = scratch === null ? null : await writeSinglePlan(program, file, start.plan, scratch);
    const request: StartRequest = {
      place: start.place,
      file: single ?? file,
      ...(single === null ? {} : { home: join(dirname(file), ".sampan") }),
      ...(start.through === undefined ? {} : { through: start.through }),
      rehearse: start.rehearse ?? false,
      again,
    };
    return await logbook.start(request);
  } finally {
    if (scratch !== null) await rm(scratch, { recursive: true, force: true });
  }
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

/** The plan of one chain as a file of its own; `null` when the chains cannot be told apart, and all are run. */
async function writeSinglePlan(
  program: ProgramAccess,
  file: string,
  index: number,
  folder: string,
): Promise<string | null> {
  const plans = await program.ask<unknown>(["run", file, "--dry-run", "--json"], { cwd: dirname(file) });
  const plan: unknown = Array.isArray(plans) ? plans[index] : undefined;
  if (plan === undefined) return null;
  const path = join(folder, "plan.json");
  await writeFile(path, JSON.stringify(plan), { mode: 0o600 });
  return path;
}

/** What is run is the file: unsaved changes are saved first, as for tests and tasks. */
async function saveDirty(uri: string): Promise<void> {
  const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri);
  if (document?.isDirty) await document.save();
}
