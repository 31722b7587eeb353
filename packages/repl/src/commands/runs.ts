import type { RunStatus } from "@sampan/sdk";
import { type CommandFunction, optionText } from "../command-call.ts";
import { type FoundRun, isComplete, listRuns } from "../run/homes.ts";
import { formatTable } from "../terminal/table.ts";

/** `sampan runs`: lists the runs of every home around. */
export const run: CommandFunction = async (call) => {
  const { output } = call;
  const runs = await listRuns({ flag: optionText(call.options, "home"), env: call.env, cwd: call.cwd });
  if (output.asJson) {
    output.json(runs.map(({ home, status }) => ({ home, ...status })));
    return 0;
  }
  if (runs.length === 0) {
    output.talk("no runs here; `sampan run PLAN` starts one, `--home DIR` looks elsewhere");
    return 0;
  }
  output.data(
    formatTable(["run", "state", "cloud", "done", "last change", "host"], runs.map(row), { borders: false }),
  );
  return 0;
};

function row({ status }: FoundRun): string[] {
  const done = status.stages.filter((stage) => stage.state === "finished").length;
  return [
    status.runId,
    stateText(status),
    status.cloud.rehearsal ? "rehearsal" : status.cloud.name,
    `${done} of ${status.stages.length}`,
    status.updatedAt.replace("T", " ").replace(/\..*$/, ""),
    status.title,
  ];
}

function stateText(status: RunStatus): string {
  if (status.error !== null) return `${status.state} (${status.error.code})`;
  return status.state === "finished" && !isComplete(status) ? "stopped where asked" : status.state;
}
