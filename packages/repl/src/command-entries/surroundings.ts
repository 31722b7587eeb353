import type { SettingName } from "@sampan/sdk/settings";
import type { CommandEntry } from "../command-entry.ts";
import {
  account,
  cloud,
  home,
  hostOptions,
  json,
  noConfig,
  questionOptions,
  quiet,
  yes,
} from "../command-options.ts";

// Written out, and held complete by its type: the table of commands loads no settings.
const settingList: Readonly<Record<SettingName, true>> = {
  cloud: true,
  profile: true,
  region: true,
  home: true,
  lang: true,
  suggestions: true,
  bandwidth: true,
  parallel: true,
  rules: true,
  extraRegions: true,
};
const settingNames = Object.keys(settingList);

/** What a migration needs around it. */
export const surroundings: readonly CommandEntry[] = [
  {
    name: "setup",
    usage: "<what>",
    values: { what: ["role"] },
    summary: "Make what an account needs once: `setup role`, by which ECS reads the bucket of an import.",
    details:
      "Shows what it would create and asks. Needs the permissions ram:GetRole, ram:ListPoliciesForRole, ram:CreateRole,\n" +
      "ram:AttachPolicyToRole and ram:UpdateRole. A role that is ready is left as it is.",
    options: [
      { flags: "--dry-run", summary: "say what would be created and do nothing" },
      cloud,
      account,
      yes,
      home,
      noConfig,
      json,
      quiet,
    ],
    examples: ["sampan setup role --cloud alibaba", "sampan setup role --dry-run --json"],
    load: () => import("../commands/setup.ts"),
  },
  {
    name: "simulator",
    usage: "",
    summary: "Start OSS, ECS and RAM on loopback, for rehearsals and tests.",
    options: [
      {
        flags: "--port <number>",
        summary: "port to listen on (default: any free one)",
        integer: { min: 0, max: 65_535 },
      },
      { flags: "--data <folder>", summary: "keep the state in this folder (default: gone at the end)" },
      {
        flags: "--time-scale <factor>",
        summary: "how much faster than a wall clock its time passes (default: 100)",
        integer: { min: 1, max: 1_000_000 },
      },
      {
        flags: "--new-account",
        summary:
          "behave as to an account opened after March 2025: no V1 signatures, no public mainland names",
      },
      {
        flags: "--switch <name=value>",
        summary: "set one of the switches its manual lists, such as crcOfCopies=present; repeatable",
        repeatable: true,
      },
      { flags: "--json", summary: "print one line of JSON with endpoint and keys once it listens" },
      quiet,
    ],
    examples: [
      "sampan simulator",
      "sampan simulator --port 4566 --data ./cloud --json",
      "sampan simulator --new-account --switch importRole=ready",
    ],
    load: () => import("../commands/simulator.ts"),
  },
  {
    name: "whoami",
    usage: "",
    summary: "Say whose credentials a run would use, and where each part of them was found.",
    details:
      "Alibaba Cloud is asked only with --cloud alibaba (or SAMPAN_CLOUD). Exit code 4 when there are no credentials\n" +
      "or the cloud does not take them. No secret is shown.",
    options: questionOptions,
    examples: ["sampan whoami", "sampan whoami --cloud alibaba --profile production"],
    load: () => import("../commands/whoami.ts"),
  },
  {
    name: "names",
    usage: "",
    summary: "Say which names of the account completion offers, and ask the cloud for them anew.",
    details:
      "Buckets, regions, zones, instance types, images and networks, kept for their owner alone; no key and no secret.\n" +
      "Reads what is kept; the cloud is asked only with --refresh, with what the account may list.",
    options: [
      { flags: "--refresh", summary: "ask the cloud now" },
      {
        flags: "--region <id>",
        summary: "with --refresh: look into this region besides those with buckets; repeatable",
        repeatable: true,
        names: "region",
      },
      ...questionOptions,
    ],
    examples: ["sampan names", "sampan names --refresh --region cn-shanghai --cloud alibaba"],
    load: () => import("../commands/names.ts"),
  },
  {
    name: "list",
    usage: "<what> [bucket]",
    values: { what: ["regions", "images", "snapshots", "buckets", "objects"] },
    summary: "List what an account has: images and snapshots by region, buckets, the objects of one.",
    details:
      "Only the account's own. Without --region images and snapshots are looked for in every region; one that cannot be looked into is told\n" +
      "and keeps no other from being listed (exit code 3). Changes nothing. Of a rehearsal the simulator's are listed.",
    options: [
      {
        flags: "--region <id>",
        summary: "look into this region alone; repeatable",
        repeatable: true,
        names: "region",
      },
      { flags: "--prefix <text>", summary: "with `objects`: those whose key begins so" },
      ...questionOptions,
    ],
    examples: [
      "sampan list images --cloud alibaba --region cn-hangzhou",
      "sampan list buckets --json",
      "sampan list objects web-images --prefix sampan/",
    ],
    load: () => import("../commands/list.ts"),
  },
  {
    name: "doctor",
    usage: "",
    summary:
      "Check that this machine, an account and a host have what migrations need; each finding with its fix.",
    details:
      "Nothing outside this machine is asked unless a cloud is chosen (--cloud, settings, SAMPAN_CLOUD) or a host is named. Permissions\n" +
      "are asked for by calls that change nothing; what only doing it would tell is said to be unknown. Exit code 1 when a check\n" +
      "failed, 3 when there are only warnings.",
    options: [
      cloud,
      account,
      {
        flags: "--region <id>",
        summary: "region to ask about (default: that of settings or the credentials, else cn-hangzhou)",
      },
      { flags: "--bucket <name>", summary: "also check this bucket, and what may be done in it" },
      { flags: "--host <target>", summary: "also reach this host: ssh://, winrm://, esxi://, local://" },
      ...hostOptions,
      {
        flags: "--fix",
        summary: "mend what is on this machine: folders that are missing, files that others may read",
      },
      home,
      noConfig,
      json,
      quiet,
    ],
    bearsBrokenSettings: true,
    examples: [
      "sampan doctor",
      "sampan doctor --cloud alibaba --region cn-shanghai --bucket web-images",
      "sampan doctor --host ssh://root@web-01 --json",
    ],
    load: () => import("../commands/doctor.ts"),
  },
  {
    name: "config",
    usage: "[name]",
    values: { name: settingNames },
    summary: "Say what each setting is, and where it was said; of one, its value.",
    details:
      "Settings stand in options, in variables, in sampan.config.ts of the project and in config.json of the user. A project's file\n" +
      "that is plain data is read; one that computes is code, and is run only by commands that run plans, and here with --execute.",
    options: [
      { flags: "--explain", summary: "also what it overrode, what it takes, and what else says it" },
      { flags: "--execute", summary: "run a project's file that computes its settings" },
      noConfig,
      json,
      quiet,
    ],
    bearsBrokenSettings: true,
    examples: [
      "sampan config",
      "sampan config region",
      "sampan config cloud --explain",
      "sampan config --json",
    ],
    load: () => import("../commands/config.ts"),
  },
  {
    name: "explain",
    usage: "[code]",
    values: { code: "code" },
    summary:
      "Explain an error code, a rule, a fix-up or a problem of a plan; without one, list Sampan's codes.",
    options: [json, quiet],
    examples: [
      "sampan explain CLOUD_ROLE_MISSING",
      "sampan explain InvalidOSSBucket.NotMatched",
      "sampan explain GUESTOS.Virtio",
      "sampan explain SMP101",
    ],
    load: () => import("../commands/explain.ts"),
  },
  {
    name: "shell",
    usage: "[file]",
    summary: "Open the shell, as `sampan` alone does, or evaluate a script by its rules.",
    details:
      "A script is a file, code after -e, or what comes on stdin (`-`). It is evaluated statement by statement, and the value of\n" +
      "each that is an expression is printed. `sampan -e CODE` is short for `sampan shell -e CODE`.",
    options: [
      { flags: "-e, --eval <code>", summary: "evaluate this code; repeatable", repeatable: true },
      { flags: "--rc <file>", summary: "evaluate this file first, in place of ~/.sampanrc.ts" },
      { flags: "--norc", summary: "do not evaluate ~/.sampanrc.ts" },
      cloud,
      account,
      noConfig,
      {
        flags: "--json",
        summary: "the value of each expression as one line of JSON on stdout, errors included",
      },
      quiet,
    ],
    examples: [
      "sampan -e 'images(\"cn-hangzhou\")' --json",
      "sampan shell nightly.ts",
      "echo 'whoami().caller.accountId' | sampan",
    ],
    settlesProcess: true,
    load: () => import("../commands/shell.ts"),
  },
  {
    name: "completion",
    usage: "<shell>",
    values: { shell: ["bash", "zsh", "fish", "pwsh"] },
    summary: "Print what teaches a shell to complete `sampan` with the Tab key.",
    details:
      "Completes commands, options and their values, files, ids of runs, profiles and codes. Asks no cloud and runs no plan.",
    options: [json],
    examples: [
      'eval "$(sampan completion bash)"                          # in ~/.bashrc',
      'eval "$(sampan completion zsh)"                           # in ~/.zshrc, after compinit',
      "sampan completion fish > ~/.config/fish/completions/sampan.fish",
      "sampan completion pwsh | Out-String | Invoke-Expression   # in $PROFILE",
    ],
    load: () => import("../commands/completion.ts"),
  },
  {
    name: "complete",
    usage: "[words...]",
    hidden: true,
    summary: "Say how a command line may go on; what `sampan completion` makes a shell call.",
    options: [{ flags: "--next", summary: "complete a word that has not begun, after the words given" }],
    examples: ["sampan complete -- convert --form"],
    load: () => import("../commands/complete.ts"),
  },
];
