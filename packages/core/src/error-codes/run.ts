import type { ErrorCodeEntry } from "./entry.ts";

export const runErrorCodes = {
  PLAN_INVALID: {
    meaning: "The plan is not valid.",
    cure: "Correct the field named in the message.",
    exitCode: 2,
  },
  PLAN_LOAD_FAILED: {
    meaning: "The plan file could not be loaded.",
    cure: "It must default-export a stage, an array of stages, or a function returning one.",
    exitCode: 2,
  },
  PLAN_FILE_CHANGED: {
    meaning: "The file that `sampan plan --out` wrote was edited or damaged since, or is of a later version.",
    cure: "Write it anew with `sampan plan PLAN --out plan.json`; what is to be changed is changed in the plan itself.",
    exitCode: 2,
  },
  PLAN_WORLD_CHANGED: {
    meaning: "The source, or something in the cloud, is no longer what the plan was written for.",
    cure: "Look at what it would do now and write it anew: `sampan plan PLAN --out plan.json`. `--changed-world accept` runs it on the world as it is.",
    exitCode: 5,
  },
  RUN_NOT_FOUND: {
    meaning: "There is no run by that id.",
    cure: "`sampan runs` lists the runs; SAMPAN_HOME says where they lie.",
    exitCode: 2,
  },
  RUN_LOCKED: {
    meaning: "Another process is already working on this run or this host.",
    cure: "Follow it with `sampan attach` or stop it with `sampan cancel`; its id and process id are in the details.",
    exitCode: 6,
  },
  RUN_HANDED_OVER: {
    meaning: "The run was handed over to a fleet, which goes on with it.",
    cure: "Look at it, stop it and go on with it there: `sampan fleet status`, `cancel` and `resume`, with the store and prefix that the message names. Where it is lost there, `sampan fleet adopt --lost` takes it from where this machine left it.",
    exitCode: 6,
  },
  RUN_INTERRUPTED: {
    meaning: "The process that worked on the run is gone, and the run has not ended.",
    cure: "Go on with it: `sampan resume` and its id.",
  },
  RUN_LEASE_LOST: {
    meaning:
      "A worker of a fleet lost its lease on what it worked on, or gave it back when it was told to end; another worker goes on.",
    cure: "Nothing is to be done. Where it happens often, the line to the store is bad, or the machine too slow to renew leases in time.",
  },
  RUN_DETACH_FAILED: {
    meaning:
      "The process that was to work on the run by itself could not be started, or ended before the run had started.",
    cure: "Its last words are in the details; without `--detach` the run goes on in this terminal.",
  },
  RUN_DEADLINE: {
    meaning: "The time given for waiting is over; what the cloud was asked to do goes on there.",
    cure: "`sampan resume` goes on where the run is, and picks up what the cloud has done meanwhile.",
    exitCode: 124,
  },
  RUN_JOURNAL_CORRUPT: {
    meaning: "The journal of the run cannot be read.",
    cure: "Start a new run; keep the folder if you want to report this.",
  },
  RUN_JOURNAL_FAILED: {
    meaning:
      "The journal could not be written, so the run stopped before doing anything it could not record.",
    cure: "Free space or mend permissions in the run's folder, then resume.",
  },
} as const satisfies Record<string, ErrorCodeEntry>;
