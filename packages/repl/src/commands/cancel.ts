import { argument, type CommandFunction, optionText } from "../command-call.ts";
import { findRun, lookingRunner } from "../run/homes.ts";

/** `sampan cancel ID`: asks whoever works on a run to stop. */
export const run: CommandFunction = async (call) => {
  const { output } = call;
  const { home, status } = await findRun(
    { flag: optionText(call.options, "home"), env: call.env, cwd: call.cwd },
    argument(call, 0),
  );
  const asked = status.state === "running";
  if (asked) await lookingRunner(home).cancel(status.runId, "by `sampan cancel`");
  if (output.asJson) output.json({ runId: status.runId, state: status.state, asked });
  else if (asked)
    output.talk(`asked run ${status.runId} to stop; \`sampan resume ${status.runId}\` goes on later`);
  else output.talk(`nobody is working on run ${status.runId}: it is ${status.state}`);
  return 0;
};
