import type { ImageFormat } from "@sampan/image";
import type { SettingName } from "@sampan/sdk/settings";
import { languages } from "./language/language.ts";

/** Names that lie outside the table: of runs, of profiles, of the steps of a plan, of what can be explained, of regions. */
export type NameKind = "run" | "profile" | "stage" | "code" | "region";

/** One option of a command. */
export interface OptionEntry {
  /** As commander writes it: `--port <number>`. */
  readonly flags: string;
  readonly summary: string;
  readonly choices?: readonly string[];
  /** Smallest and largest whole number it takes. */
  readonly integer?: { readonly min: number; readonly max: number };
  /** May be given several times; the values are a list. */
  readonly repeatable?: boolean;
  /** What its value names. */
  readonly names?: NameKind;
  /** Setting whose value it gets when nobody typed it. */
  readonly setting?: SettingName;
}

/** `-q` and `--quiet` of `-q, --quiet`. */
export function flagNames({ flags }: OptionEntry): readonly string[] {
  return flags.split(/[\s,]+/).filter((part) => part.startsWith("-"));
}

/** Whether a word of its own stands behind the option. */
export function takesValue({ flags }: OptionEntry): boolean {
  return flags.includes("<");
}

/*
 * Options that several commands have.
 */

/** What every command has, and the program itself. */
export const language: OptionEntry = {
  flags: "--lang <language>",
  summary: "language of what is said (default: SAMPAN_LANG, else that of the locale)",
  choices: languages,
};
/** As {@link language}, and it wins over the variable. */
export const debugLog: OptionEntry = {
  flags: "--debug-log <file>",
  summary: "append what happens to a file, without secrets; - is stderr (default: SAMPAN_DEBUG_LOG)",
};
export const json: OptionEntry = { flags: "--json", summary: "one JSON value on stdout, errors included" };
export const jsonEvents: OptionEntry = {
  flags: "--json",
  summary: "every event as one line of JSON on stdout, errors included",
};
export const quiet: OptionEntry = { flags: "-q, --quiet", summary: "say nothing on stderr but errors" };
export const passwordsStdin: OptionEntry = {
  flags: "--passwords-stdin",
  summary: "take the passwords that plans ask for from standard input: one JSON object, by host",
};
export const onePlan: OptionEntry = {
  flags: "--plan <which>",
  summary: "of a file with several plans that one alone: its number from 1 on, or the name it is exported by",
};
export const detach: OptionEntry = {
  flags: "--detach",
  summary: "go on without this terminal, in a process of its own",
};
export const home: OptionEntry = {
  flags: "--home <folder>",
  summary: "folder of the journals (default: SAMPAN_HOME, else .sampan beside the plan)",
};
/** A command that has it looks settings up in files. */
export const noConfig: OptionEntry = {
  flags: "--no-config",
  summary: "read no sampan.config.ts and no config.json",
};
export const cloud: OptionEntry = {
  flags: "--cloud <name>",
  summary: "which cloud: wins over the plan, settings and SAMPAN_CLOUD; without any, the simulator",
  choices: ["simulator", "alibaba"],
};
export const account: OptionEntry = {
  flags: "--profile <name>",
  summary: "which account: a profile of ~/.aliyun/config.json; wins over the plan",
  names: "profile",
};
/** How every command that only asks about an account is told which one, and how to answer. */
export const questionOptions: readonly OptionEntry[] = [cloud, account, home, noConfig, json, quiet];
export const yes: OptionEntry = {
  flags: "-y, --yes",
  summary: "do not ask before a real account is changed",
};
export const confirm: OptionEntry = {
  flags: "--confirm <name>",
  summary: "answer the question for this name, where what cannot be taken back asks to type it; repeatable",
  repeatable: true,
};
export const deadline: OptionEntry = {
  flags: "--deadline <time>",
  summary: "stop waiting after so long (30m, 2h), exit code 124; what the cloud was asked to do goes on",
};
export const profile: OptionEntry = {
  flags: "--profile <name>",
  summary: "which dated set of rules to judge by",
  choices: ["current", "whitepaper-2017"],
};
// Written out, and held complete by its type: the table of commands loads no image code.
const sourceFormats: Readonly<Record<ImageFormat, true>> = {
  raw: true,
  vhd: true,
  vhdx: true,
  vmdk: true,
  qcow: true,
  qcow2: true,
  vdi: true,
  parallels: true,
  ova: true,
  ovf: true,
  gzip: true,
  zstd: true,
  xz: true,
};
const imageFormat: OptionEntry = {
  flags: "--source-format <format>",
  summary: "take the file to be of this format instead of looking at its bytes",
  choices: Object.keys(sourceFormats),
};
/** How every command that reads an image opens it. */
export const imageOptions: readonly OptionEntry[] = [
  imageFormat,
  {
    flags: "--disk <name>",
    summary: "which disk of an OVA or OVF: its file, its id or its number from 0 on; of a host: its name",
  },
  {
    flags: "--check-manifest",
    summary: "read the files of an OVA or OVF once more and hold them against its manifest",
  },
  { flags: "--snapshot <name>", summary: "read an internal snapshot instead of the present state" },
  {
    flags: "--allow-path <folder>",
    summary: "folder, besides the image's own, below which parents and parts it names may lie; repeatable",
    repeatable: true,
  },
];

/** How every command that reads a host logs in to it. */
export const hostOptions: readonly OptionEntry[] = [
  {
    flags: "--identity-file <file>",
    summary: "private key for ssh:// and esxi://, besides those of your SSH setup",
  },
  { flags: "--ssh-config <file>", summary: "configuration of OpenSSH to use instead of your own" },
  {
    flags: "--sudo <when>",
    summary: "whether sudo is taken where root is needed (default: auto)",
    choices: ["auto", "never"],
  },
  {
    flags: "--password-from <place>",
    summary: "where the password of sudo, WinRM or a web server is found: env:NAME, file:PATH or ask",
  },
  { flags: "--ca-file <file>", summary: "certificates (PEM) to trust, for https:// and winrms:// hosts" },
];

export const consistency: OptionEntry = {
  flags: "--consistency <how>",
  summary: "how the disk of a host that runs holds together while it is read (default: snapshot)",
  choices: ["snapshot", "freeze", "none"],
};

export const missingParent: OptionEntry = {
  flags: "--missing-parent <how>",
  summary: "when the parent of a differencing image is not there: refuse it, or read zeros in its place",
  choices: ["refuse", "zeros"],
};
