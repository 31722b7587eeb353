import { type Engine, loadEngine } from "./engine.ts";
import { createJobs, type Job } from "./jobs.ts";
import type { ShellCall, ShellSession } from "./session.ts";
import { createPager, type PageSize } from "./views/pager.ts";

/** A session but for who types in it, and what evaluates. */
type SessionStart = Omit<ShellSession, "engine" | "terminal">;

/** What every session begins with; `onEnd` is told of each run that ends. */
export function startOf(call: ShellCall, onEnd: (job: Job) => void): SessionStart {
  const { output } = call;
  const size = (): PageSize =>
    output.stdout.isTTY === true
      ? { rows: output.stdout.rows ?? 24, columns: output.columns() }
      : { rows: Number.POSITIVE_INFINITY, columns: Number.POSITIVE_INFINITY };
  const pager = createPager(
    (text) => output.data(text),
    size,
    (text) => output.talk(output.talkColours.dim(text)),
  );
  return { call, output, jobs: createJobs(onEnd), pager, lastPlan: null, number: 1 };
}

/** The session with its engine, which is loaded when it is first asked for. */
export function withEngine<S extends ShellSession>(
  start: Omit<S, "engine">,
  around?: <T>(work: () => T) => T,
): S {
  let loading: Promise<Engine> | undefined;
  const session = {
    ...start,
    engine: () => {
      loading ??= loadEngine(() => session, around);
      return loading;
    },
  } as S;
  return session;
}

/** The session of a script. */
export function scriptSession(call: ShellCall): ShellSession {
  return withEngine<ShellSession>({ ...startOf(call, () => undefined), terminal: null });
}
