import type { CommandFunction } from "./command-call.ts";
import {
  account,
  cloud,
  consistency,
  home,
  hostOptions,
  imageOptions,
  json,
  jsonEvents,
  missingParent,
  type OptionEntry,
  profile,
  quiet,
  yes,
} from "./command-options.ts";

/** One command: what help, parsing and later completion know of it. */
export interface CommandEntry {
  readonly name: string;
  /** Arguments as commander writes them: `<plan>`, `[id]`. */
  readonly usage: string;
  readonly summary: string;
  /** What the help says below the summary. */
  readonly details?: string;
  readonly options: readonly OptionEntry[];
  readonly examples: readonly string[];
  /** Loads the command's own code, and nothing of any other. */
  readonly load: () => Promise<{ readonly run: CommandFunction }>;
}

/** Every command the program offers, in the order its help lists them. */
export const commandTable: readonly CommandEntry[] = [
  {
    name: "demo",
    usage: "",
    summary: "Rehearse a whole migration on a small real disk, without an account.",
    details:
      "Each demo starts anew: what an earlier one left in .sampan/demo is replaced. Nothing outside that folder is written.",
    options: [{ flags: "--disk <file>", summary: "use a disk image of yours instead" }, jsonEvents, quiet],
    examples: ["sampan demo", "sampan demo --disk web-01.vmdk"],
    load: () => import("./commands/demo.ts"),
  },
  {
    name: "run",
    usage: "<plan>",
    summary: "Run a plan file, or go on with its earlier run.",
    details:
      "A plan file is a module (TypeScript or JavaScript) whose default export is a plan, an array of plans, or a function\n" +
      "returning either; or the JSON that `sampan plan --out` writes. Several plans run one after the other.",
    options: [
      { flags: "--dry-run", summary: "say what would be done and do nothing" },
      { flags: "--through <stage>", summary: "stop after this step of the plan" },
      { flags: "--again", summary: "start a new run even when the plan has an earlier one" },
      cloud,
      account,
      yes,
      home,
      jsonEvents,
      quiet,
    ],
    examples: ["sampan run web-01.migration.ts", "sampan run plan.json --through upload --json"],
    load: () => import("./commands/run.ts"),
  },
  {
    name: "plan",
    usage: "<plan>",
    summary: "Say what a plan file would do, or write it as JSON.",
    options: [{ flags: "--out <file>", summary: "write the plan as JSON, for `sampan run`" }, json, quiet],
    examples: ["sampan plan web-01.migration.ts", "sampan plan web-01.migration.ts --out plan.json"],
    load: () => import("./commands/plan.ts"),
  },
  {
    name: "assess",
    usage: "<target> [data-disks...]",
    summary: "Judge whether a host can be migrated, and what has to change.",
    details:
      "Exit code 0 when nothing stands in the way, 3 with warnings, 5 with blockers. The first image is the system disk,\n" +
      "further ones are the host's data disks. A host that runs (ssh://, local://) is looked at as it runs, and nothing is changed\n" +
      "on it. `sampan explain ID` tells more of a rule.",
    options: [
      profile,
      {
        flags: "--accept <id=reason>",
        summary: "take a finding on, by the id of its rule, with a reason; repeatable",
        repeatable: true,
      },
      {
        flags: "--origin <place>",
        summary: "where the host runs today (default: other)",
        choices: ["ecs", "other"],
      },
      {
        flags: "--send-as <format>",
        summary: "judge this format of the image too",
        choices: ["vhd", "raw", "qcow2", "vmdk"],
      },
      {
        flags: "--bandwidth <rate>",
        summary: "advise whether images or file synchronisation serve, such as 100mbit",
      },
      {
        flags: "--hosts <number>",
        summary: "how many hosts like this one are to be moved over that line (default: 1)",
        integer: { min: 1, max: 1_000_000 },
      },
      ...imageOptions,
      ...hostOptions,
      { flags: "--show-probe", summary: "print the script that looks at a Linux host, and do nothing" },
      { flags: "--sarif", summary: "the findings as SARIF 2.1.0 on stdout" },
      json,
      quiet,
    ],
    examples: [
      "sampan assess web-01.vmdk",
      "sampan assess ssh://root@web-01",
      "sampan assess web-01.vmdk --profile whitepaper-2017 --json",
      "sampan assess system.vmdk data.vmdk --bandwidth 100mbit --hosts 40",
      "sampan assess web-01.vmdk --sarif > web-01.sarif",
    ],
    load: () => import("./commands/assess.ts"),
  },
  {
    name: "inspect",
    usage: "<target>",
    summary:
      "Show what an image file, or a host's disk, holds: format, sizes, partitions, file systems, guest.",
    details:
      "An image whose parent is not there is described by what it holds itself, with exit code 3.\n" +
      "The JSON is described in docs/inspect-json.md.",
    options: [...imageOptions, ...hostOptions, missingParent, json, quiet],
    examples: [
      "sampan inspect web-01.vmdk",
      "sampan inspect web-01.vmdk --json",
      "sampan inspect ssh://root@web-01",
    ],
    load: () => import("./commands/inspect.ts"),
  },
  {
    name: "convert",
    usage: "<source> <destination>",
    summary: "Write a disk image, or the disk of a host, in another format.",
    details:
      "Of a host that runs (ssh://, local://), a moment is held while its disk is read; see docs/live-hosts.md of @sampan/sdk.\n" +
      "Without --format the ending of the destination says it: .vhd, .raw, .img or .qcow2.\n" +
      "Exit code 3 when zeros stand in for a parent that is not there: on request, and when a lone\n" +
      "differencing VHD is written as a raw file. It is not the whole disk then.\n" +
      "The JSON is described in docs/convert-json.md.",
    options: [
      { flags: "--format <format>", summary: "format of the destination", choices: ["vhd", "raw", "qcow2"] },
      {
        flags: "--subformat <name>",
        summary: "variant of a VHD (default: dynamic)",
        choices: ["dynamic", "fixed"],
      },
      { flags: "--used-only", summary: "leave out what the file systems call free; it reads as zero" },
      { flags: "--patch", summary: "apply the fix-ups to the copy" },
      { flags: "--force", summary: "replace the destination when it exists" },
      { flags: "--verify", summary: "read the destination again and compare it with the source" },
      ...imageOptions,
      ...hostOptions,
      consistency,
      missingParent,
      json,
      quiet,
    ],
    examples: [
      "sampan convert web-01.vmdk web-01.vhd",
      "sampan convert disk.raw disk.vhd --used-only --verify",
      "sampan convert ssh://root@web-01 web-01.vhd --used-only",
    ],
    load: () => import("./commands/convert.ts"),
  },
  {
    name: "patch",
    usage: "<image>",
    summary: "Show the fix-ups as a unified diff; nothing is written.",
    options: [...imageOptions, ...hostOptions, consistency, json, quiet],
    examples: [
      "sampan patch web-01.vmdk",
      "sampan patch web-01.vmdk > web-01.patch",
      "sampan patch ssh://root@web-01 --consistency freeze",
    ],
    load: () => import("./commands/patch.ts"),
  },
  {
    name: "runs",
    usage: "[show] [id]",
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
      json,
      quiet,
    ],
    examples: [
      "sampan runs",
      "sampan runs --json",
      "sampan runs show 20261123-094205-k3f8p --out web-01.html",
    ],
    load: () => import("./commands/runs.ts"),
  },
  {
    name: "resume",
    usage: "[id]",
    summary: "Go on with a run; without an id, with the newest that has not finished.",
    options: [
      { flags: "--through <stage>", summary: "stop after this step of the plan" },
      account,
      yes,
      home,
      jsonEvents,
      quiet,
    ],
    examples: ["sampan resume", "sampan resume 20261123-094205-k3f8p"],
    load: () => import("./commands/resume.ts"),
  },
  {
    name: "attach",
    usage: "[id]",
    summary: "Follow a run that another process is working on.",
    options: [home, jsonEvents, quiet],
    examples: ["sampan attach", "sampan attach 20261123-094205-k3f8p --json"],
    load: () => import("./commands/attach.ts"),
  },
  {
    name: "cancel",
    usage: "<id>",
    summary: "Ask whoever works on a run to stop; it stays resumable.",
    options: [home, json, quiet],
    examples: ["sampan cancel 20261123-094205-k3f8p"],
    load: () => import("./commands/cancel.ts"),
  },
  {
    name: "gc",
    usage: "[what]",
    summary:
      "List what runs left that costs money or is on a host; with a run's id or a host, delete what is left of it.",
    details:
      "Of a run that reached its end the objects and unfinished uploads are deleted and the images kept; of one that did not,\n" +
      "everything it made and that is billed. Each thing is shown and asked for before; such a run cannot be resumed afterwards.\n" +
      "Of a host (ssh://, local://) what is left of moments that nobody holds any more is removed.",
    options: [
      ...hostOptions,
      { flags: "--dry-run", summary: "say what would be deleted and do nothing" },
      account,
      yes,
      home,
      json,
      quiet,
    ],
    examples: ["sampan gc", "sampan gc 20261123-094205-k3f8p --dry-run", "sampan gc ssh://root@web-01"],
    load: () => import("./commands/gc.ts"),
  },
  {
    name: "setup",
    usage: "<what>",
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
      json,
      quiet,
    ],
    examples: ["sampan setup role --cloud alibaba", "sampan setup role --dry-run --json"],
    load: () => import("./commands/setup.ts"),
  },
  {
    name: "share",
    usage: "<action> <target> [what]",
    summary: "Share a folder of a conversion host by NFS or SMB, and mount it on the migrated host.",
    details:
      "setup TARGET FOLDER shares a folder, mount TARGET SHARE mounts one, status TARGET tells what Sampan made there, and\n" +
      "remove TARGET [NAME] takes it back: just what was made, nothing that was there before, no file.\n" +
      "TARGET is `local` or ssh://[user@]host[:port]. Each step is shown and asked for. Exit code 3 with notes on a firewall or\n" +
      "SELinux in the way, and when `status` finds something missing.",
    options: [
      { flags: "--kind <kind>", summary: "setup: how it is shared (default: nfs)", choices: ["nfs", "smb"] },
      {
        flags: "--for <client>",
        summary:
          "setup by NFS: who may mount and write as root: the migrated host's address, or * for everybody",
      },
      { flags: "--name <name>", summary: "setup: the share's name (default: the folder's last name)" },
      { flags: "--at <folder>", summary: "mount: the mount point (default: /mnt/sampan)" },
      { flags: "--mount-options <list>", summary: "mount: further options of mount, such as vers=3,noatime" },
      { flags: "--user <name>", summary: "SMB: who uses the share (default: sampan)" },
      {
        flags: "--password-file <file>",
        summary: "SMB: file that holds the password; - reads it from standard input",
      },
      { flags: "--identity-file <file>", summary: "private key for ssh://, besides those of your SSH setup" },
      { flags: "--ssh-config <file>", summary: "configuration of OpenSSH to use instead of your own" },
      { flags: "--install", summary: "install missing packages; they stay when the share is removed" },
      { flags: "--dry-run", summary: "say what would be done and do nothing" },
      { flags: "-y, --yes", summary: "do not ask before the host is changed" },
      json,
      quiet,
    ],
    examples: [
      "sampan share setup ssh://root@convert-01 /srv/images --for 192.0.2.7 --install",
      "sampan share mount ssh://root@web-01 convert-01:/srv/images --at /mnt/store",
      "sampan share setup local /srv/vhd --kind smb --name VHD_DIR --password-file ./password",
      "sampan share remove ssh://root@convert-01 images",
    ],
    load: () => import("./commands/share.ts"),
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
    load: () => import("./commands/simulator.ts"),
  },
  {
    name: "whoami",
    usage: "",
    summary: "Say whose credentials a run would use, and where each part of them was found.",
    details:
      "Alibaba Cloud is asked only with --cloud alibaba (or SAMPAN_CLOUD). Exit code 4 when there are no credentials\n" +
      "or the cloud does not take them. No secret is shown.",
    options: [cloud, account, home, json, quiet],
    examples: ["sampan whoami", "sampan whoami --cloud alibaba --profile production"],
    load: () => import("./commands/whoami.ts"),
  },
  {
    name: "doctor",
    usage: "",
    summary: "Check that this machine has what migrations need; each finding with its fix.",
    options: [json, quiet],
    examples: ["sampan doctor", "sampan doctor --json"],
    load: () => import("./commands/doctor.ts"),
  },
  {
    name: "tools",
    usage: "",
    summary: "List the external tools Sampan can work with, which are here, and what it does without them.",
    options: [json, quiet],
    examples: ["sampan tools", "sampan tools --json"],
    load: () => import("./commands/tools.ts"),
  },
  {
    name: "explain",
    usage: "[code]",
    summary: "Explain an error code, a rule or a fix-up; without one, list Sampan's codes.",
    options: [json, quiet],
    examples: [
      "sampan explain CLOUD_ROLE_MISSING",
      "sampan explain InvalidOSSBucket.NotMatched",
      "sampan explain GUESTOS.Virtio",
    ],
    load: () => import("./commands/explain.ts"),
  },
];
