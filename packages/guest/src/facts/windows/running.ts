import { SampanError, throwIfCancelled } from "@sampan/core";
import type { BootMode, WindowsFacts } from "../../facts.ts";
import type { GuestFileStat, GuestFiles } from "../../files/guest-files.ts";
import type { RegistryKey } from "../../registry/registry-key.ts";
import type { HiveValue } from "../../registry/value.ts";
import type { DiskLayout } from "../../volumes/layout.ts";
import { Gathering } from "../gathering.ts";
import { gatherWindowsFacts } from "./gather.ts";
import type { RegistryPlace, WindowsRegistry } from "./registry.ts";

/** A question about a file of a running Windows, by its path below the system drive, such as `/Windows/System32/smss.exe`. */
export type WindowsFileQuestion =
  | { readonly kind: "stat"; readonly path: string }
  | { readonly kind: "list"; readonly path: string }
  | { readonly kind: "read"; readonly path: string; readonly maxBytes: number };

/** What is to be looked at. */
export interface WindowsQuestions {
  /** Keys below `HKEY_LOCAL_MACHINE`. */
  readonly keys: readonly string[];
  readonly files: readonly WindowsFileQuestion[];
}

/** What was found, in the order of the questions. */
export interface WindowsAnswers {
  /** A key's values and the names of its subkeys; `null` when it is absent, or may not be read. */
  readonly keys: readonly ({
    readonly values: readonly HiveValue[];
    readonly subkeys: readonly string[];
  } | null)[];
  /** What is there, the names in it, or its bytes; `null` when nothing is, or it may not be read. */
  readonly files: readonly (GuestFileStat | readonly string[] | Uint8Array | null)[];
}

/** A Windows that runs, as {@link readRunningWindows} sees it. */
export interface RunningWindows {
  /** Its system disk, as the host describes it. */
  readonly layout: DiskLayout;
  /** Index of the volume that holds Windows. */
  readonly systemVolume: number;
  /** Path of the system folder below the system drive: `/Windows`. */
  readonly systemRoot: string;
  /** How it was started; `null` when that cannot be told. */
  readonly bootMode: BootMode | null;
  /** Answers questions; asked a few times, each with everything that is known to be needed by then. */
  ask(questions: WindowsQuestions, signal?: AbortSignal): Promise<WindowsAnswers>;
}

/** What one answer names may have to be asked for next, as filters name services: a few times, and not for ever. */
const maxRounds = 8;
/** A Windows is told by some 100 keys and 50 files; one that needs more of them names too much. */
const maxQuestions = 4000;

/**
 * Gathers the facts of a Windows that runs, by the same readers as those of one that lies still on a disk: they are run over what is
 * known, and what they missed is asked for, until they miss nothing.
 *
 * A boot configuration and a boot manager are there, since it was started by them; their paths are the usual ones. It is
 * not hibernated. Throws what `ask` throws, and `CORE_CANCELLED`.
 */
export async function readRunningWindows(
  windows: RunningWindows,
  notes: string[],
  signal?: AbortSignal,
): Promise<WindowsFacts> {
  const known = new Known();
  for (let round = 0; ; round++) {
    throwIfCancelled(signal);
    const roundNotes: string[] = [];
    const facts = await factsOf(windows, known, roundNotes, signal);
    const missed = known.takeMissed();
    const asked = missed.keys.length + missed.files.length;
    if (asked > 0 && round < maxRounds && known.size + asked <= maxQuestions) {
      known.learn(missed, await windows.ask(missed, signal));
      continue;
    }
    notes.push(...roundNotes);
    if (asked > 0)
      notes.push(`${asked} places of the registry and files were not looked at: too many are named`);
    return facts;
  }
}

async function factsOf(
  { layout, systemVolume, systemRoot, bootMode }: RunningWindows,
  known: Known,
  notes: string[],
  signal: AbortSignal | undefined,
): Promise<WindowsFacts> {
  const registry = new KnownRegistry(known);
  const facts = await gatherWindowsFacts({
    registry,
    files: new KnownFiles(known),
    windowsFolder: systemRoot,
    gather: new Gathering(notes, signal),
    layout,
    systemVolume,
    bootMode,
    bootConfiguration: null,
    bootManager: null,
  });
  const early = facts.major !== null && facts.major < 6;
  return {
    ...facts,
    hibernated: false,
    bootConfiguration: early ? "/boot.ini" : bootMode === "UEFI" ? "/EFI/Microsoft/Boot/BCD" : "/Boot/BCD",
    bootManager: early ? "/ntldr" : bootMode === "UEFI" ? "/EFI/Microsoft/Boot/bootmgfw.efi" : "/bootmgr",
  };
}

/** What was answered so far, and what was looked for besides. */
class Known {
  readonly #keys = new Map<string, WindowsAnswers["keys"][number]>();
  readonly #files = new Map<string, WindowsAnswers["files"][number]>();
  readonly #missedKeys = new Set<string>();
  readonly #missedFiles = new Map<string, WindowsFileQuestion>();

  get size(): number {
    return this.#keys.size + this.#files.size;
  }

  key(path: string): WindowsAnswers["keys"][number] {
    const answer = this.#keys.get(path);
    if (answer === undefined) this.#missedKeys.add(path);
    return answer ?? null;
  }

  file(question: WindowsFileQuestion): WindowsAnswers["files"][number] {
    const id = idOf(question);
    const answer = this.#files.get(id);
    if (answer === undefined) this.#missedFiles.set(id, question);
    return answer ?? null;
  }

  takeMissed(): WindowsQuestions {
    const missed = { keys: [...this.#missedKeys], files: [...this.#missedFiles.values()] };
    this.#missedKeys.clear();
    this.#missedFiles.clear();
    return missed;
  }

  learn(questions: WindowsQuestions, answers: WindowsAnswers): void {
    if (answers.keys.length !== questions.keys.length || answers.files.length !== questions.files.length) {
      throw new SampanError(
        "CORE_INTERNAL",
        "asking a running Windows: questions and answers differ in number",
      );
    }
    for (const [index, path] of questions.keys.entries()) this.#keys.set(path, answers.keys[index] ?? null);
    for (const [index, question] of questions.files.entries()) {
      this.#files.set(idOf(question), answers.files[index] ?? null);
    }
  }
}

function idOf(question: WindowsFileQuestion): string {
  return `${question.kind === "read" ? question.maxBytes : question.kind} ${question.path}`;
}

class KnownRegistry implements WindowsRegistry {
  readonly #known: Known;

  constructor(known: Known) {
    this.#known = known;
  }

  software(path: string): Promise<RegistryPlace> {
    return this.#place(`SOFTWARE\\${path}`);
  }

  system(path: string): Promise<RegistryPlace> {
    return this.#place(`SYSTEM\\CurrentControlSet\\${path}`);
  }

  async #place(path: string): Promise<RegistryPlace> {
    return { source: `HKLM\\${path}`, key: keyAt(this.#known, path) };
  }
}

function keyAt(known: Known, path: string): RegistryKey | undefined {
  const answer = known.key(path);
  if (answer === null) return undefined;
  const same = (a: string, b: string) => a.toUpperCase() === b.toUpperCase();
  return {
    name: path.slice(path.lastIndexOf("\\") + 1),
    value: async (name) => answer.values.find((one) => same(one.name, name)),
    subkey: async (name) =>
      answer.subkeys.some((one) => same(one, name)) ? keyAt(known, `${path}\\${name}`) : undefined,
    subkeys: async () =>
      answer.subkeys.map((name) => keyAt(known, `${path}\\${name}`)).filter((key) => key !== undefined),
  };
}

class KnownFiles implements GuestFiles {
  readonly #known: Known;

  constructor(known: Known) {
    this.#known = known;
  }

  async stat(path: string): Promise<GuestFileStat | undefined> {
    const answer = this.#known.file({ kind: "stat", path });
    return answer !== null && "kind" in answer ? answer : undefined;
  }

  async list(path: string): Promise<readonly string[]> {
    const answer = this.#known.file({ kind: "list", path });
    return Array.isArray(answer) ? [...answer].sort() : [];
  }

  async read(path: string, maxBytes = 1024 * 1024): Promise<Uint8Array | undefined> {
    const answer = this.#known.file({ kind: "read", path, maxBytes });
    return answer instanceof Uint8Array ? answer : undefined;
  }

  async readText(path: string, maxBytes?: number): Promise<string | undefined> {
    const bytes = await this.read(path, maxBytes);
    return bytes && new TextDecoder().decode(bytes);
  }

  async readLink(): Promise<string | undefined> {
    return undefined;
  }
}
