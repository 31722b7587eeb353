import type { CommandEntry } from "../command-entry.ts";
import {
  account,
  cloud,
  confirm,
  deadline,
  detach,
  home,
  hostOptions,
  json,
  jsonEvents,
  noConfig,
  onePlan,
  passwordsStdin,
  questionOptions,
  quiet,
  yes,
} from "../command-options.ts";

/** What plans and their runs are worked with. */
export const plans: readonly CommandEntry[] = [
  {
    name: "demo",
    usage: "",
    summary: "Rehearse a whole migration on a small real disk, without an account.",
    details:
      "Each demo starts anew: what an earlier one left in .sampan/demo is replaced. Nothing outside that folder is written.",
    options: [
      { flags: "--disk <file>", summary: "use a disk image of yours instead" },
      noConfig,
      jsonEvents,
      quiet,
    ],
    examples: ["sampan demo", "sampan demo --disk web-01.vmdk"],
    load: () => import("../commands/demo.ts"),
  },
  {
    name: "run",
    usage: "<plan...>",
    summary: "Run plan files, or go on with their earlier runs.",
    details:
      "A plan file is a module (TypeScript or JavaScript) whose default export is a plan, an array of plans, or a function\n" +
      "returning either; or the JSON that `sampan plan --out` writes. Several plans, of one file or of several, run side by side,\n" +
      "those of one host one after the other; a table at the end tells of all. One that fails keeps no other from running; the exit\n" +
      "code is the worst of all: 130 before 1, 4, 6, 5, 2, 124 and 0. A plan that is being worked on already is followed. With\n" +
      "--detach a process of its own does the work, and the id of the run is printed once it has started; `sampan attach` follows it.",
    options: [
      onePlan,
      { flags: "--dry-run", summary: "say what would be done and do nothing" },
      { flags: "--through <stage>", summary: "stop after this step of the plan", names: "stage" },
      { flags: "--again", summary: "start a new run even when the plan has an earlier one" },
      {
        flags: "--refresh",
        summary: "read the disks again and send only what changed since the last upload, for a second image",
      },
      {
        flags: "--image-name <name>",
        summary: "with --refresh: name of the image; default: the first one's and a number",
      },
      detach,
      passwordsStdin,
      deadline,
      {
        flags: "--parallel <number>",
        summary: "how many plans run at once (default: 4)",
        setting: "parallel",
        integer: { min: 1, max: 64 },
      },
      {
        flags: "--bandwidth <rate>",
        summary: "what all uploads may send together, such as 100mbit or 12MB/s",
        setting: "bandwidth",
      },
      {
        flags: "--changed-world <how>",
        summary:
          "what to do when the world is not what `sampan plan --out` wrote the plan for (default: refuse)",
        choices: ["refuse", "accept"],
      },
      cloud,
      account,
      yes,
      confirm,
      home,
      noConfig,
      jsonEvents,
      quiet,
    ],
    examples: [
      "sampan run web-01.migration.ts",
      "sampan run plan.json --through upload --json",
      "sampan run fleet.migration.ts --plan 2",
      "sampan run plan.json --refresh",
      "sampan run web-01.migration.ts --detach",
      "sampan run web-*.migration.ts --parallel 8 --bandwidth 200mbit",
    ],
    executesPlan: true,
    load: () => import("../commands/run.ts"),
  },
  {
    name: "plan",
    usage: "<plan>",
    summary: "Look at the world and say what a plan would do to it, or write it down for `sampan run`.",
    details:
      "Opens the source, measures what would be read of it, and looks at bucket, object, role, image names, quotas and regions; changes\n" +
      "nothing anywhere. Tells of each step what it would read, create, overwrite or skip, how much, how long, and what that rests on; what\n" +
      "is billed; what would stop the run (exit code 5). What --out writes is run only on the world it was written for.",
    options: [
      onePlan,
      { flags: "--all", summary: "show steps too that an earlier run has done" },
      { flags: "--again", summary: "say what `run --again` would do" },
      {
        flags: "--out <file>",
        summary: "write plan and world as JSON; `sampan run FILE` refuses when either has changed",
      },
      { flags: "--policy", summary: "print the least RAM policy that lets the plan run, and nothing else" },
      { flags: "--offline", summary: "look at nothing but the plan and the journals here" },
      ...questionOptions,
    ],
    executesPlan: true,
    examples: [
      "sampan plan web-01.migration.ts",
      "sampan plan web-01.migration.ts --out plan.json",
      "sampan plan web-01.migration.ts --cloud alibaba --policy",
      "sampan plan web-01.migration.ts --offline --json",
    ],
    load: () => import("../commands/plan.ts"),
  },
  {
    name: "check",
    usage: "<plan...>",
    summary: "Judge plan files by reading them; runs none of them and asks no cloud.",
    details:
      "Takes files, folders (every *.migration.ts and the like below them), patterns, or `-` for standard input. A sampan.config.ts\n" +
      'above a file may set levels: `rules: { SMP107: "off" }`, and `extraRegions`. `// sampan-ignore SMP107 reason` silences one line.\n' +
      "Exit code: 0 when there is nothing to mend, 1 with errors, 3 with warnings alone. `sampan explain SMP101` explains a code.",
    options: [
      { flags: "--fix", summary: "make the changes that are safe, and tell what is left" },
      {
        flags: "--max-level <level>",
        summary: "gravest problem that does not fail the check (default: info)",
        choices: ["info", "warning", "error"],
      },
      { flags: "--sarif", summary: "the result as a SARIF 2.1.0 log" },
      { flags: "--watch", summary: "check again whenever a file changes, until Ctrl+C" },
      { flags: "--stdin-path <file>", summary: "with `-`: the name of what stands on standard input" },
      // Not `noConfig`: settings are looked up from each plan on, not from the working folder.
      { flags: "--no-config", summary: "read no sampan.config.ts around the plans, and no config.json" },
      json,
      quiet,
    ],
    examples: [
      "sampan check web-01.migration.ts",
      "sampan check . --fix",
      "sampan check plans --sarif > plans.sarif",
      "git show HEAD:web-01.migration.ts | sampan check - --stdin-path web-01.migration.ts",
    ],
    load: () => import("../commands/check.ts"),
  },
  {
    name: "runs",
    usage: "[show] [id]",
    values: { show: ["show"], id: "run" },
    summary: "List the runs around here, newest first; `runs show ID` tells all of one.",
    details:
      "`runs show` without an id takes the newest that has not finished. A report holds findings, accepted risks, the changes to the\n" +
      "guest, times and rates of each stage, digests, and what was made and costs money; never a secret.",
    options: [
      {
        flags: "--report <format>",
        summary: "with `show`: a document for filing, on stdout or in a file",
        choices: ["html", "md", "json"],
      },
      {
        flags: "--out <file>",
        summary: "with `show`: write the report to this file, in the format its ending says",
      },
      home,
      noConfig,
      json,
      quiet,
    ],
    examples: [
      "sampan runs",
      "sampan runs --json",
      "sampan runs show 20261123-094205-k3f8p --out web-01.html",
    ],
    load: () => import("../commands/runs.ts"),
  },
  {
    name: "resume",
    usage: "[id]",
    values: { id: "run" },
    summary: "Go on with a run; without an id, with the newest that has not finished.",
    options: [
      { flags: "--through <stage>", summary: "stop after this step of the plan", names: "stage" },
      detach,
      passwordsStdin,
      deadline,
      {
        flags: "--bandwidth <rate>",
        summary: "what the uploads may send together, such as 100mbit or 12MB/s",
        setting: "bandwidth",
      },
      account,
      yes,
      confirm,
      home,
      noConfig,
      jsonEvents,
      quiet,
    ],
    examples: ["sampan resume", "sampan resume 20261123-094205-k3f8p"],
    load: () => import("../commands/resume.ts"),
  },
  {
    name: "attach",
    usage: "[id]",
    values: { id: "run" },
    summary: "Follow a run that another process is working on.",
    details:
      "Live while somebody works on it, from its journal otherwise. Ctrl+C, or closing the terminal, leaves the run as it is;\n" +
      "`sampan cancel` stops it.",
    options: [deadline, home, noConfig, jsonEvents, quiet],
    examples: ["sampan attach", "sampan attach 20261123-094205-k3f8p --json"],
    load: () => import("../commands/attach.ts"),
  },
  {
    name: "cancel",
    usage: "<id>",
    values: { id: "run" },
    summary: "Stop a run that another process is working on; it stays resumable.",
    details:
      "Waits until it has stopped, for at most 30 s (exit code 124), and tells what it left that costs money or is on a host.",
    options: [confirm, home, noConfig, json, quiet],
    examples: ["sampan cancel 20261123-094205-k3f8p"],
    load: () => import("../commands/cancel.ts"),
  },
  {
    name: "gc",
    usage: "[what]",
    values: { what: "run" },
    summary: "List what runs left that costs money or is on a host; of a run or host, delete it.",
    details:
      "Of a run that reached its end the objects and unfinished uploads are deleted and the images kept; of one that did not,\n" +
      "everything it made and that is billed. Each thing is shown and asked for before; such a run cannot be resumed afterwards.\n" +
      "Of a host (ssh://, local://, esxi://) what is left of moments that nobody holds any more is removed; those that are held are told.",
    options: [
      ...hostOptions,
      { flags: "--dry-run", summary: "say what would be deleted and do nothing" },
      account,
      confirm,
      home,
      noConfig,
      json,
      quiet,
    ],
    examples: ["sampan gc", "sampan gc 20261123-094205-k3f8p --dry-run", "sampan gc ssh://root@web-01"],
    load: () => import("../commands/gc.ts"),
  },
];
