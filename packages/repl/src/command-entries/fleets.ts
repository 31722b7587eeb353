import type { CommandEntry } from "../command-entry.ts";
import {
  account,
  cloud,
  confirm,
  home,
  json,
  jsonEvents,
  noConfig,
  type OptionEntry,
  quiet,
  yes,
} from "../command-options.ts";

/** How every command that opens a fleet's store is told which one. */
const storeOptions: readonly OptionEntry[] = [
  {
    flags: "--store <url>",
    summary: "the fleet's store, redis://, rediss:// or postgres:// (default: SAMPAN_FLEET_STORE)",
  },
  { flags: "--redis <url>", summary: "the same, for a store that is Redis" },
  {
    flags: "--prefix <name>",
    summary: "what all keys of the fleet begin with, or its schema in PostgreSQL (default: sampan)",
  },
  { flags: "--store-ca <file>", summary: "certificates (PEM) of the authorities to trust for the store" },
  { flags: "--store-cert <file>", summary: "certificate (PEM) of the client, where the store asks for one" },
  { flags: "--store-key <file>", summary: "key (PEM) of that certificate" },
];

const wave: OptionEntry = {
  flags: "--wave <name>",
  summary: "the hosts of this wave alone; repeatable",
  repeatable: true,
};
const siteRate: OptionEntry = {
  flags: "--bandwidth <site=rate>",
  summary: "what a site may send, such as shanghai=1gbit; wins over the policy of the fleet; repeatable",
  repeatable: true,
};
const siteOfPlans: OptionEntry = {
  flags: "--site <name>",
  summary: "site of the hosts of plan files (default: any)",
};
const allRuns: OptionEntry = { flags: "--all", summary: "all that are meant, in place of ids" };

const fleetFiles =
  "Takes an inventory (CSV, JSON or YAML: a row a host), a TypeScript file whose default export is `defineFleet({ inventory, plan, policy })`,\n" +
  "or any number of plan files. ";

/** What many hosts are migrated with. */
export const fleets: readonly CommandEntry[] = [
  {
    name: "fleet run",
    usage: "<plan...>",
    summary: "Migrate the hosts of a fleet, wave by wave.",
    details:
      `${fleetFiles}With a store the workers do it, and Ctrl+C leaves to them what is under way; without one this machine does, and\n` +
      "Ctrl+C stops it. The same command goes on: what is done is not done again. Exit code 1 when a host failed or was skipped, 3 with warnings.\n" +
      "A password in --store is seen by others on this machine; the variable keeps it to you.",
    options: [
      {
        flags: "--dry-run",
        summary:
          "say what it would take, by site and by wave: bytes, hours, what limits it, what is billed; do nothing",
      },
      wave,
      siteRate,
      siteOfPlans,
      {
        flags: "--report <file>",
        summary: "write a report at the end: .html, .csv or .json",
      },
      { flags: "--embedded", summary: "do without a store, whatever SAMPAN_FLEET_STORE says" },
      ...storeOptions,
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
      "sampan fleet run inventory.csv --dry-run",
      "sampan fleet run inventory.csv",
      "sampan fleet run fleet.ts --wave pilot --report pilot.html",
      "sampan fleet run web-*.migration.ts --site shanghai --store redis://10.0.0.5:6379",
    ],
    executesPlan: true,
    load: () => import("../commands/fleet-run.ts"),
  },
  {
    name: "fleet simulate",
    usage: "<plan...>",
    summary: "Say when each wave of a fleet would end, and what would hold it up.",
    details:
      `${fleetFiles}Runs what migrates fleets on a clock that jumps, so that thousands of hosts take seconds; reaches and changes nothing.\n` +
      "Says every number it rests on. Exit code 3 when hosts would fail or be skipped.",
    options: [
      siteRate,
      wave,
      siteOfPlans,
      {
        flags: "--assume <name=number>",
        summary: "another number than the one it would take, by its name; repeatable",
        repeatable: true,
      },
      {
        flags: "--start <time>",
        summary: "when the fleet begins, such as 2026-12-01T20:00+08:00 (default: now)",
      },
      { flags: "--failures <share>", summary: "let this share of the hosts fail, such as 5%" },
      {
        flags: "--seed <number>",
        summary: "which hosts those are; the same for the same number (default: 1)",
        integer: { min: 0, max: 2_147_483_647 },
      },
      noConfig,
      json,
      quiet,
    ],
    examples: [
      "sampan fleet simulate inventory.csv --bandwidth shanghai=1gbit --bandwidth beijing=200mbit",
      "sampan fleet simulate fleet.ts --failures 5% --json",
    ],
    executesPlan: true,
    load: () => import("../commands/fleet-simulate.ts"),
  },
  {
    name: "fleet worker",
    usage: "",
    summary: "Work on what a fleet's store holds, near the disks of a site.",
    details:
      "Dials out only: to the store, to the hosts of its sites, to the cloud. Its own credentials and settings count, not those of whoever\n" +
      "started the fleet. SIGTERM and Ctrl+C give its work back at once, for another worker to go on with from the last checkpoint; a worker\n" +
      "that dies is relieved when its leases end. Needs bullmq, and ioredis or pg, which npm installs.",
    options: [
      {
        flags: "--site <name>",
        summary: "data centre whose disks it is near; without one it does what any worker may; repeatable",
        repeatable: true,
      },
      { flags: "--no-any", summary: "only what is near the disks, not imports and copies" },
      {
        flags: "--concurrency <number>",
        summary: "stages of each site at once (default: 4)",
        integer: { min: 1, max: 64 },
      },
      {
        flags: "--bandwidth <rate>",
        summary: "what each of its sites may send, all workers there together: 100mbit or 12MB/s",
        setting: "bandwidth",
      },
      {
        flags: "--metrics <port>",
        summary: "serve metrics for Prometheus to this machine, at this port; 0 for a free one",
        integer: { min: 0, max: 65_535 },
      },
      { flags: "--name <name>", summary: "what it is called (default: this machine and its process)" },
      ...storeOptions,
      noConfig,
      jsonEvents,
      quiet,
    ],
    examples: [
      "sampan fleet worker --site shanghai --bandwidth 400mbit",
      "sampan fleet worker --store rediss://redis.internal:6380 --store-ca ca.pem",
    ],
    load: () => import("../commands/fleet-worker.ts"),
  },
  {
    name: "fleet status",
    usage: "",
    summary: "Say which workers a fleet has at each site, and where its runs stand.",
    options: [{ flags: "--all", summary: "runs that have finished too" }, ...storeOptions, json, quiet],
    examples: ["sampan fleet status", "sampan fleet status --all --json"],
    load: () => import("../commands/fleet-status.ts"),
  },
  {
    name: "fleet watch",
    usage: "[id...]",
    summary: "Follow the runs of a fleet's store: hosts and stages, what each site sends, how long it takes.",
    details:
      "Those that are named, or all that have not ended, until they have. Ctrl+C, and q on a terminal, leave them as they are.\n" +
      "Exit code 1 when one failed, 3 with warnings.",
    options: [
      { flags: "--report <file>", summary: "write a report at the end: .html, .csv or .json" },
      ...storeOptions,
      jsonEvents,
      quiet,
    ],
    examples: ["sampan fleet watch", "sampan fleet watch --json"],
    load: () => import("../commands/fleet-watch.ts"),
  },
  {
    name: "fleet dashboard",
    usage: "",
    summary: "Show the queues of a fleet's store in a browser of this machine, behind a token.",
    details:
      "bull-board, for looking only unless --allow-changes is given. Needs @bull-board/api, @bull-board/express and express, which npm installs.",
    options: [
      {
        flags: "--port <number>",
        summary: "port to listen on (default: any free one)",
        integer: { min: 0, max: 65_535 },
      },
      {
        flags: "--allow-changes",
        summary: "let jobs be retried and removed; the runs they belong to may not survive it",
      },
      ...storeOptions,
      json,
      quiet,
    ],
    examples: ["sampan fleet dashboard", "sampan fleet dashboard --port 3000 --json"],
    load: () => import("../commands/fleet-dashboard.ts"),
  },
  {
    name: "fleet cancel",
    usage: "[id...]",
    summary: "Stop runs of a fleet, wherever they are worked on; they stay resumable.",
    details: "Waits until they have stopped, for at most 30 s (exit code 124).",
    options: [allRuns, ...storeOptions, confirm, json, quiet],
    examples: ["sampan fleet cancel 20261126-094205-k3f8p", "sampan fleet cancel --all"],
    load: () => import("../commands/fleet-cancel.ts"),
  },
  {
    name: "fleet resume",
    usage: "[id...]",
    summary: "Have workers go on with runs of a fleet that failed or were cancelled.",
    details:
      "Does not wait for their end. `sampan fleet run` goes on with the whole fleet, in its order and by its policy.",
    options: [allRuns, ...storeOptions, yes, json, quiet],
    examples: ["sampan fleet resume 20261126-094205-k3f8p", "sampan fleet resume --all"],
    load: () => import("../commands/fleet-resume.ts"),
  },
  {
    name: "fleet adopt",
    usage: "<id...>",
    summary: "Hand runs over that were begun on this machine to a fleet, whose workers go on with them.",
    details:
      "Finished steps stay finished. What the run reads has to be reachable from a worker by the same path; from then on\n" +
      "`sampan resume` and `sampan gc` leave it to the fleet. A run that is going on is stopped first: `sampan cancel`.",
    options: [
      {
        flags: "--site <name>",
        summary: "the site whose workers do what touches the host (default: any worker)",
      },
      {
        flags: "--lost",
        summary:
          "take it from where this machine left it, although another fleet had it, or this one lost it",
      },
      home,
      ...storeOptions,
      account,
      noConfig,
      yes,
      json,
      quiet,
    ],
    examples: [
      "sampan fleet adopt 20261126-094205-k3f8p",
      "sampan fleet adopt 20261126-094205-k3f8p --site shanghai",
    ],
    values: { id: "run" },
    load: () => import("../commands/fleet-adopt.ts"),
  },
  {
    name: "fleet drain",
    usage: "<site>",
    summary: "Have the workers of a site take nothing new; what they work on goes on to its end.",
    details: "Holds for every worker of the site, also for those that come, until --undo.",
    options: [{ flags: "--undo", summary: "have them take work again" }, ...storeOptions, json, quiet],
    examples: ["sampan fleet drain shanghai", "sampan fleet drain shanghai --undo"],
    load: () => import("../commands/fleet-drain.ts"),
  },
  {
    name: "fleet gc",
    usage: "[id...]",
    summary: "Remove runs that have ended from a fleet's store, with their journals and what they kept.",
    details:
      "With --older-than those that did all of their plan, ended so long ago, and left nothing in the cloud that is still there and costs\n" +
      "money. Runs that are named go although they could be resumed, and what they left in the cloud is deleted first, as by `sampan gc ID`.\n" +
      "Asks before where a real account was migrated to. A host whose run was removed counts as one that was never migrated.\n" +
      "Exit code 6 when a run that is named goes on, or was gone on with meanwhile: then it stays.",
    options: [
      { flags: "--older-than <time>", summary: "runs that ended so long ago, such as 30d" },
      { flags: "--dry-run", summary: "say what would be removed and do nothing" },
      ...storeOptions,
      account,
      confirm,
      noConfig,
      json,
      quiet,
    ],
    examples: [
      "sampan fleet gc --older-than 30d --dry-run",
      "sampan fleet gc --older-than 30d --confirm sampan",
      "sampan fleet gc 20261126-094205-k3f8p",
    ],
    load: () => import("../commands/fleet-gc.ts"),
  },
];
