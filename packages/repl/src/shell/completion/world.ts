import type { NamesKind } from "@sampan/sdk/catalogue";
import type { SessionVariables } from "./session-values.ts";

/** Kinds of names that can stand in quotes in the shell: those of plans, and ids of runs. */
export type ShellNamesKind = NamesKind | "run";

/** A name that can be written in quotes. */
export interface KnownName {
  readonly value: string;
  /** What it is, in a few words; empty when there is nothing to say. */
  readonly summary: string;
  /** Region it belongs to; absent when it belongs to none. */
  readonly region?: string;
  /** Source of the plan whose host has it. */
  readonly source?: string;
}

/** An entry of a folder. */
export interface FolderEntry {
  readonly name: string;
  readonly isFolder: boolean;
}

/**
 * Everything completion may know. It is there already when Tab is pressed: nothing here reads a file, asks a cloud or runs code of the
 * session. What is not known yet is left out, and {@link Completion.wants} says so.
 */
export interface CompletionWorld {
  /** Variables of the session. */
  readonly variables: SessionVariables;
  /** Names outside of the session that were found so far. */
  names(kind: ShellNamesKind): readonly KnownName[];
  /** Modules that can be imported, besides those of Node.js. */
  readonly modules: readonly string[];
  /** What lies in a folder, by its absolute path; `undefined` when it was not looked at yet. */
  folder(path: string): readonly FolderEntry[] | undefined;
  readonly cwd: string;
  /** How old the names of the account are, in words; `undefined` when there are none. */
  readonly accountNamesAge: string | undefined;
}

/** One way in which what is typed may go on. */
export interface Candidate {
  /** The whole of what takes the place of what is typed. */
  readonly value: string;
  /** What it stands for, in one line; empty when there is nothing to say. */
  readonly summary: string;
  /** What is added when it is the only one, such as a closing quote. */
  readonly suffix?: string;
}

/** How what is typed fits the candidates; `near` for names it is a slip of. */
export type Match = "prefix" | "fuzzy" | "near" | "none";

/** How an input may go on. */
export interface Completion {
  /** What is replaced: from here up to the cursor. */
  readonly from: number;
  /** What takes its place; `undefined` when nothing can be added. */
  readonly insert: string | undefined;
  /** The best first. */
  readonly candidates: readonly Candidate[];
  readonly match: Match;
  /** How the call is written in which the cursor stands. */
  readonly hint: string | undefined;
  /** Where the names come from, and as of when. */
  readonly note: string | undefined;
  readonly wants: {
    /** A folder that has to be looked at first, by its absolute path. */
    readonly folder?: string;
    /** True when names of the account would help. */
    readonly accountNames?: boolean;
  };
}
