import { SampanError } from "@sampan/core";
import { joined, say } from "../../language/speech.ts";
import { count } from "../../terminal/numbers.ts";
import { formatTable } from "../../terminal/table.ts";
import { followJob } from "../follow-job.ts";
import type { Job } from "../jobs.ts";
import { jobAge } from "../messages.ts";
import type { ShellSession } from "../session.ts";
import { progressWords } from "../status-line.ts";
import { viewHeads } from "../views/list-views.ts";
import type { ColonCommand } from "./colon-command.ts";
import { runProgramCommand } from "./program-command.ts";

/** Commands about runs. */
export const runCommands: readonly ColonCommand[] = [
  {
    name: "runs",
    usage: "",
    summary: "colon.runs",
    run: async (session) => {
      listJobs(session);
      await runProgramCommand(session, "runs", []);
    },
  },
  {
    name: "fg",
    usage: "[n]",
    summary: "colon.fg",
    run: async (session, [which]) => {
      const job = jobOf(session, which);
      const end = await followJob(session, job);
      if (end === null || end.error?.code === "CORE_CANCELLED") return;
      if (end.error !== null) throw end.error;
      (await session.engine()).evaluator.keep(end.result, session.number);
    },
  },
  {
    name: "cancel",
    usage: "[n or ID]",
    summary: "colon.cancel",
    run: async (session, [which]) => {
      const job = which === undefined ? jobOf(session, which) : session.jobs.find(which);
      // Only the number of a job is sure to mean one; what else begins so may be a run on disk.
      if (job === undefined || job.handle.attached) {
        if (which !== undefined && /^\d{1,4}$/.test(which)) throw noJob(session, which);
        return runProgramCommand(session, "cancel", [job?.handle.id ?? which ?? ""]);
      }
      await followJob(session, job, { reason: "by `:cancel`" });
    },
  },
  {
    name: "attach",
    usage: "[ID]",
    summary: "colon.attach",
    run: (session, words) => runProgramCommand(session, "attach", words),
  },
];

function listJobs({ jobs, output }: ShellSession): void {
  const all = jobs.all();
  if (all.length === 0) return;
  const rows = all.map((job) => [`[${job.number}]`, job.handle.id, stateOf(job), job.view.title]);
  output.data(formatTable(viewHeads(["job", "run", "state", "host"]), rows, { borders: false }));
  output.data("");
}

function stateOf(job: Job): string {
  if (job.end === null) {
    return joined([...progressWords(job.view), jobAge(Date.now() - job.startedMs)]);
  }
  if (job.end.error === null) return say("status.finished");
  const { code } = job.end.error;
  return code === "CORE_CANCELLED" ? say("status.cancelled") : say("shell.failed-by", { code });
}

/** The job that is meant; without a word the newest, if possible one that goes on. */
function jobOf(session: ShellSession, which: string | undefined): Job {
  const { jobs } = session;
  const job = which === undefined ? (jobs.running().at(-1) ?? jobs.all().at(-1)) : jobs.find(which);
  if (job !== undefined) return job;
  throw noJob(session, which);
}

function noJob({ jobs }: ShellSession, which: string | undefined): SampanError {
  const all = jobs.all().length;
  return new SampanError(
    "RUN_NOT_FOUND",
    which === undefined ? "looking for a run of this session" : `looking for job ${which} of this session`,
    {
      hint:
        all === 0
          ? say("shell.no-jobs-hint")
          : `There ${all === 1 ? "is" : "are"} ${count(all, "job")}: \`:runs\` lists them.`,
    },
  );
}
