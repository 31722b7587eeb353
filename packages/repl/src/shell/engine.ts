import type { Evaluator } from "./evaluator.ts";
import type { ShellSession } from "./session.ts";

/** What evaluates, shows and explains: everything that takes long to load. */
export interface Engine {
  readonly evaluator: Evaluator;
  readonly isStage: typeof import("@sampan/sdk").isStage;
  readonly showValue: typeof import("./views/show-value.ts").showValue;
  readonly showResult: typeof import("./show-result.ts").showResult;
  readonly announceJob: typeof import("./follow-job.ts").announceJob;
  readonly runShellLine: typeof import("./commands/index.ts").runShellLine;
}

/**
 * Loads it. A prompt is there before: the SDK, the compiler and the tables are loaded while somebody begins to type.
 *
 * @param around called around what may compute for long, so that Ctrl+C can break it off.
 */
export async function loadEngine(
  session: () => ShellSession,
  around?: <T>(work: () => T) => T,
): Promise<Engine> {
  const { call } = session();
  const [sdk, { createEvaluator }, { createQueries }, { queryNames }, views, results, jobs, commands, help] =
    await Promise.all([
      import("@sampan/sdk"),
      import("./evaluator.ts"),
      import("./queries/create-queries.ts"),
      import("./queries/query-table.ts"),
      import("./views/show-value.ts"),
      import("./show-result.ts"),
      import("./follow-job.ts"),
      import("./commands/index.ts"),
      import("./commands/help-world.ts"),
    ]);
  const h = (value: unknown): Promise<void> => help.sayHelpOnValue(session(), commands.colonCommands, value);
  const evaluator = createEvaluator({
    folder: call.cwd,
    globals: { ...sdk, ...createQueries(call), h },
    sdk: { ...sdk },
    queries: new Set(queryNames),
    ...(around === undefined ? {} : { around }),
  });
  return {
    evaluator,
    isStage: sdk.isStage,
    showValue: views.showValue,
    showResult: results.showResult,
    announceJob: jobs.announceJob,
    runShellLine: commands.runShellLine,
  };
}
