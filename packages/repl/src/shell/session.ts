import { type ExitCode, isSampanError, type JsonObject } from "@sampan/core";
import { isStage, type RunHandle, sampanHome } from "@sampan/sdk";
import { type ProgramWorld, reportError } from "../program.ts";
import { followRun } from "../run/follow-run.ts";
import type { Output } from "../terminal/output.ts";
import { plainText } from "../terminal/plain-text.ts";
import type { Evaluation, Evaluator } from "./evaluator.ts";
import { showValue } from "./show-value.ts";

/** The world of the shell: that of the program, and where lines come from. */
export interface ShellWorld extends ProgramWorld {
  readonly stdin: NodeJS.ReadStream;
}

/** A shell that is open. */
export interface ShellSession {
  readonly world: ShellWorld;
  readonly output: Output;
  readonly evaluator: Evaluator;
}

/** Folder of the shell's history and of the runs started in it. */
export function shellHome({ world }: ShellSession): string {
  return sampanHome({ env: world.env, baseFolder: world.cwd });
}

/**
 * Shows what an input gave: a run is followed to its end and leaves its result as the last value, a promise is waited for,
 * a plan is described, anything else is printed; what was only given a name is not.
 */
export async function showResult(
  session: ShellSession,
  evaluation: Extract<Evaluation, { readonly kind: "value" }>,
): Promise<void> {
  const { output, evaluator, world } = session;
  let { value } = evaluation;
  if (isRun(value)) {
    const handle = value;
    const call = { args: [], options: {}, output, env: world.env, cwd: world.cwd };
    const followed = await followRun(call, shellHome(session), () => handle);
    if (followed.error) throw followed.error;
    evaluator.keep(followed.result);
    return;
  }
  if (evaluation.awaited || value instanceof Promise) {
    value = await value;
    evaluator.keep(value);
  }
  if (value === undefined || (evaluation.declared && !isStage(value))) return;
  output.data(showValue(value, output));
}

/** True for a run that was started: it can be watched, cancelled and waited for. */
export function isRun(value: unknown): value is RunHandle<JsonObject> {
  return (
    typeof value === "object" && value !== null && "events" in value && "cancel" in value && "then" in value
  );
}

/** Tells errors of ours as everywhere, those of what was typed by their own words; gives the exit code they stand for. */
export function sayError(session: ShellSession, error: unknown): ExitCode {
  if (isSampanError(error)) return reportError(session.world, error);
  const text = error instanceof Error ? `${error.name}: ${error.message}` : `thrown: ${String(error)}`;
  session.output.alert(plainText(text));
  return 1;
}
