import { type ExitCode, isSampanError, SampanError } from "@sampan/core";
import { type ShellSession, sayError, thrownText } from "./session.ts";

/**
 * Evaluates a script, statement by statement, as though each had been typed: what a query or a promise answers is waited for, a run is
 * waited for to its end, and the value of every statement that is an expression is printed, a line of JSON each under `--json`. Ends at
 * the first error; runs that go on at the end are waited for.
 *
 * @param name what the script is called in errors.
 */
export async function runScript(session: ShellSession, source: string, name: string): Promise<ExitCode> {
  try {
    await evaluateScript(session, source, name, true);
    for (const job of session.jobs.running()) {
      const { error } = await job.ended;
      if (error !== null) throw error;
    }
    return 0;
  } catch (error) {
    return sayError(session, error);
  }
}

/** As {@link runScript}, but throws, and prints values only where they are shown. */
export async function evaluateScript(
  session: ShellSession,
  source: string,
  name: string,
  isShown: boolean,
): Promise<void> {
  const [{ splitScript }, { evaluator, showResult }] = await Promise.all([
    import("./split-script.ts"),
    session.engine(),
  ]);
  for (const statement of splitScript(withoutShebang(source), name)) {
    try {
      const evaluated = await evaluator.evaluate(statement.source);
      // A statement of a script that was parsed as a whole is whole itself.
      if (evaluated.kind === "value") await showResult(session, evaluated, isShown && statement.isExpression);
    } catch (error) {
      if (isSampanError(error)) throw error;
      const line = statement.linesBefore + 1;
      throw new SampanError(
        "COMMAND_SCRIPT_FAILED",
        `${name}, statement at line ${line}: ${thrownText(error)}`,
        {
          details: { line },
          cause: error,
        },
      );
    }
    session.number++;
  }
}

function withoutShebang(source: string): string {
  return source.replace(/^#!.*/, "");
}
