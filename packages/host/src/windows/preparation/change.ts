import { SampanError } from "@sampan/core";
import type { Argv } from "../../connection/shell.ts";

/** One change to a Windows host: what is so now, what becomes of it, and by which commands it is made and taken back. */
export interface WindowsChange {
  /** Which step it belongs to: `firewall`, `uac`, `remote-desktop`, `sleep`, `hibernation`. */
  readonly step: string;
  /** For people: `Windows firewall, public profile`. */
  readonly title: string;
  readonly now: string;
  readonly becomes: string;
  /** Commands that make it, in order. */
  readonly commands: readonly Argv[];
  /** Commands that take it back, in order. */
  readonly undo: readonly Argv[];
}

/** Where a number lies in the registry. */
export interface RegistryNumber {
  /** Below `HKEY_LOCAL_MACHINE`, as {@link WindowsQuestions} names it. */
  readonly key: string;
  readonly name: string;
}

/** Sets a number of the registry, and back to what it was: absent where it was absent. */
export function registryChange(
  { key, name }: RegistryNumber,
  before: number | undefined,
  after: number,
): Pick<WindowsChange, "commands" | "undo"> {
  const place = ["reg.exe", `HKLM\\${key}`, "/v", name] as const;
  const set = (value: number): Argv => [
    "reg.exe",
    "add",
    place[1],
    "/v",
    name,
    "/t",
    "REG_DWORD",
    "/d",
    String(value),
    "/f",
  ];
  return {
    commands: [set(after)],
    undo: [before === undefined ? ["reg.exe", "delete", place[1], "/v", name, "/f"] : set(before)],
  };
}

/**
 * The text of a batch file that runs commands of ours: words of letters, digits and few signs, none of which `cmd.exe` reads.
 *
 * @throws `CORE_INTERNAL` for a word with anything else: nothing foreign belongs here.
 */
export function batchFile(title: string, commands: readonly Argv[]): string {
  const lines = commands.map((argv) =>
    argv
      .map((word) => {
        if (!/^[A-Za-z0-9 @.,:_\\/={}-]+$/.test(word)) {
          throw new SampanError("CORE_INTERNAL", "writing a batch file: a word that cmd.exe could read");
        }
        return word.includes(" ") || word.includes(",") || word.includes("=") ? `"${word}"` : word;
      })
      .join(" "),
  );
  return [
    "@echo off",
    `rem ${title}`,
    "rem Run it as an administrator, then start Windows again.",
    ...lines,
    "",
  ].join("\r\n");
}
