import { SampanError } from "@sampan/core";
import { count } from "../../terminal/numbers.ts";
import { formatTable } from "../../terminal/table.ts";
import { followJob } from "../follow-job.ts";
import type { Job } from "../jobs.ts";
import { jobAge, noJobs } from "../messages.ts";
import type { ShellSession } from "../session.ts";
import { progressWords } from "../status-line.ts";
import type { ColonCommand } from "./colon-command.ts";
import { runProgramCommand } from "./program-command.ts";

/** Commands about runs. */
export const runCommands: readonly ColonCommand[] = [
  {
    name: "runs",
    usage: "",
    summary: "list the runs of this session, and those on disk",
    run: async (session) => {
      listJobs(session);
      await runProgramCommand(session, "runs", []);
    },
  },
  {
    name: "fg",
    usage: "[n]",
    summary: "show a run of this session on the whole screen; Ctrl+C there stops it, Ctrl+Z goes back",
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
    summary: "stop a run, wait until it has ended, and say what is left of it",
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
    summary: "follow a run that another process works on; Ctrl+C leaves it as it is",
    run: (session, words) => runProgramCommand(session, "attach", words),
  },
];

function listJobs({ jobs, output }: ShellSession): void {
  const all = jobs.all();
  if (all.length === 0) return;
  const rows = all.map((job) => [`[${job.number}]`, job.handle.id, stateOf(job), job.view.title]);
  output.data(formatTable(["job", "run", "state", "host"], rows, { borders: false }));
  output.data("");
}

function stateOf(job: Job): string {
  if (job.end === null) {
    return [...progressWords(job.view), jobAge(Date.now() - job.startedMs)].join(", ");
  }
  if (job.end.error === null) return "finished";
  return job.end.error.code === "CORE_CANCELLED" ? "cancelled" : `failed (${job.end.error.code})`;
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
          ? `${noJobs}.`
          : `There ${all === 1 ? "is" : "are"} ${count(all, "job")}: \`:runs\` lists them.`,
    },
  );
}
