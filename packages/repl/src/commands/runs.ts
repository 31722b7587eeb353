import { writeFile } from "node:fs/promises";
import { extname, resolve } from "node:path";
import { type ExitCode, SampanError } from "@sampan/core";
import { type RunReport, type RunStatus, reportOf } from "@sampan/sdk";
import { type CommandCall, type CommandFunction, optionText } from "../command-call.ts";
import { say, translated } from "../language/speech.ts";
import { reportHtml } from "../report/report-html.ts";
import { reportMarkdown } from "../report/report-markdown.ts";
import { reportSections } from "../report/report-sections.ts";
import { type FoundRun, findRun, isComplete, listRuns, lookingRunner } from "../run/homes.ts";
import type { Output } from "../terminal/output.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { formatTable } from "../terminal/table.ts";

/** `sampan runs`: lists the runs of every home around; `sampan runs show ID` tells one, as a report where that is asked for. */
export const run: CommandFunction = async (call) => {
  const [what] = call.args;
  if (what === undefined) return list(call);
  if (what === "show") return show(call);
  throw new SampanError(
    "COMMAND_USAGE",
    `\`sampan runs\` lists runs and shows one, and cannot ${oneLine(what)}`,
    {
      hint: "`sampan runs show ID --report html` writes a report.",
    },
  );
};

const writers: Readonly<Record<string, (report: RunReport) => string>> = {
  md: reportMarkdown,
  html: reportHtml,
  json: (report) => `${JSON.stringify(report, null, 2)}\n`,
};

async function show(call: CommandCall): Promise<ExitCode> {
  const { output, options } = call;
  const question = { flag: optionText(options, "home"), env: call.env, cwd: call.cwd };
  const { home, status } = await findRun(question, call.args[1]);
  const runner = lookingRunner(home);
  const report = reportOf(await runner.plan(status.runId), await runner.recorded(status.runId));
  const format = optionText(options, "report");
  const path = optionText(options, "out");
  if (path === undefined && (format === undefined || output.asJson)) {
    if (output.asJson) output.json(report);
    else showReport(output, report);
    return 0;
  }
  const text = (writers[format ?? extname(path ?? "").slice(1)] ?? reportMarkdown)(report);
  if (path === undefined) {
    output.data(text.trimEnd());
    return 0;
  }
  const file = resolve(call.cwd, path);
  try {
    await writeFile(file, text, { mode: 0o600 });
  } catch (error) {
    throw new SampanError("COMMAND_WRITE_FAILED", `writing the report of run ${status.runId} to ${file}`, {
      cause: error,
    });
  }
  if (output.asJson) output.json({ runId: status.runId, report: file });
  else output.talk(say("runs.wrote", { file }));
  return 0;
}

/** The report's parts as tables of the terminal. */
function showReport(output: Output, report: RunReport): void {
  for (const part of reportSections(report)) {
    if (part.kind === "table" && part.rows.length === 0) continue;
    output.data(output.colours.bold(part.title));
    if (part.kind === "code") output.data(part.text);
    else
      output.data(formatTable(part.kind === "facts" ? ["", ""] : part.head, part.rows, { borders: false }));
    output.data("");
  }
}

async function list(call: CommandCall): Promise<ExitCode> {
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
}

function row({ status }: FoundRun): string[] {
  const done = status.stages.filter((stage) => stage.state === "finished").length;
  return [
    status.runId,
    stateText(status),
    status.state === "unreadable" ? "–" : status.cloud.rehearsal ? say("run.rehearsal") : status.cloud.name,
    status.state === "unreadable" ? "–" : say("progress.of", { done, total: status.stages.length }),
    status.updatedAt.replace("T", " ").replace(/\..*$/, ""),
    status.title,
  ];
}

function stateText(status: RunStatus): string {
  // Nothing failed: what the cloud was asked to do goes on.
  if (status.error?.code === "RUN_DEADLINE" || status.error?.code === "CLOUD_DEADLINE")
    return translated("stopped waiting");
  if (status.error !== null) return `${translated(status.state)} (${status.error.code})`;
  return translated(
    status.state === "finished" && !isComplete(status) ? "stopped where asked" : status.state,
  );
}
