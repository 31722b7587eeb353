import type { JsonObject } from "@sampan/core";
import type { RunHandle } from "@sampan/sdk";
import type { Evaluation } from "./evaluator.ts";
import { followJob } from "./follow-job.ts";
import { jobStarted } from "./messages.ts";
import { isRun, type ShellSession } from "./session.ts";

/** An input that was evaluated. */
type Evaluated = Extract<Evaluation, { readonly kind: "value" }>;

/**
 * Takes what an input gave and shows it: a run becomes a job, or, where it is awaited, is shown to its end and leaves its result; a
 * promise is waited for; anything else is printed, unless it was only given a name. What there is is `_` and `out[n]` from then on.
 *
 * @param isShown whether the value is an answer; a statement of a script that is no expression has none.
 */
export async function showResult(session: ShellSession, evaluated: Evaluated, isShown = true): Promise<void> {
  const { evaluator, showValue, isStage } = await session.engine();
  const { value: given, awaited, declared, name } = evaluated;
  const { value } = isRun(given)
    ? await takeRun(session, given, awaited || (session.terminal === null && !declared))
    : { value: awaited || (given instanceof Promise && !declared) ? await given : given };
  if (awaited && name !== null) evaluator.bind(name, value);
  evaluator.keep(value, session.number);
  if (isStage(value)) session.lastPlan = value.plan();
  const { output, pager, terminal } = session;
  // A plan that was given a name is shown all the same: it is what one looks at while building it.
  if (!isShown || (declared && (terminal === null || !isStage(value)))) return;
  if (output.asJson) output.json(jsonOf(isStage(value) ? value.plan() : value));
  else if (value !== undefined && !isRun(given)) pager.show(showValue(value, output));
}

/** Makes a run a job; one that is awaited is shown to its end, and its result is the value. In an object: a run can be awaited itself. */
async function takeRun(
  session: ShellSession,
  handle: RunHandle<JsonObject>,
  awaited: boolean,
): Promise<{ readonly value: unknown }> {
  const { output, jobs, terminal } = session;
  const job = jobs.add(handle);
  if (!awaited) {
    if (terminal !== null)
      output.talk(output.talkColours.dim(jobStarted(job.number, handle.id, handle.attached)));
    return { value: handle };
  }
  const end = await followJob(session, job);
  if (end === null) return { value: handle };
  // Whoever stopped it knows; a script ends by it.
  if (end.error?.code === "CORE_CANCELLED" && terminal !== null) return { value: undefined };
  if (end.error !== null) throw end.error;
  return { value: end.result };
}

/** What a value is to a program: a big number is its digits, what JSON has no word for is `null`. */
function jsonOf(value: unknown): unknown {
  const text = JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "bigint" ? String(inner) : inner,
  );
  return text === undefined ? null : JSON.parse(text);
}
