import { randomBytes } from "node:crypto";
import { quoteForSh } from "../quote-for-sh.ts";
import type { Argv } from "../shell.ts";

/*
 * SSH hands the host one line, which the user's log-in shell reads: sh, bash, csh, fish or another, each with a syntax of its own.
 * So that line is always the same. It has POSIX sh read what is meant from its standard input: one line of sh, built here,
 * in which all that is foreign stands in single quotes. The rest of the input belongs to the command.
 *
 * `read` takes a pipe byte by byte, as POSIX asks of it, so that nothing of the rest is lost.
 */
const readOneLine = `IFS= read -r l && eval "$l"`;

/** What every log-in shell is given. Two quotes, and nothing in between that csh or fish reads otherwise. */
export const loginLine = `exec /bin/sh -c '${readOneLine}'`;

/** Prepended to every line: a newline to build words with, messages in English, and the folders of an administrator's tools. */
const preamble = [
  `n=$(printf '\\n.');n=\${n%.}`,
  "LC_ALL=C;export LC_ALL",
  "PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin;export PATH",
].join(";");

/** Text that nobody says by chance, and nobody can foresee. */
export function newMark(): string {
  return `sampan-${randomBytes(16).toString("hex")}`;
}

/**
 * The line for `sh` that runs a program: it says `mark` and the number of its process on standard output and `mark` on standard
 * error, after which everything is the program's.
 *
 * The shell stays until the program ends, so that a signal which ends it is told by the exit code.
 */
export function commandLine(mark: string, argv: Argv): string {
  return `${preamble};echo ${mark} $$;echo ${mark} >&2;${argv.map(quoteInLine).join(" ")};exit $?\n`;
}

/**
 * The program by which a user becomes root and has `sh` read another line. It says `mark` on standard output once it is root.
 * `sudo` asks for a password by saying `prompt` on standard error.
 */
export function rootArgv(by: "sudo" | "doas", mark: string, prompt: string | undefined): Argv {
  const asRoot = ["/bin/sh", "-c", `echo ${mark};${readOneLine}`];
  if (by === "doas") return ["doas", "-n", "--", ...asRoot];
  return prompt === undefined
    ? ["sudo", "-n", "--", ...asRoot]
    : ["sudo", "-S", "-p", prompt, "--", ...asRoot];
}

/** A word of sh in one line: a newline in it is the value of `$n`. */
function quoteInLine(word: string): string {
  return quoteForSh(word).replaceAll("\n", `'"$n"'`);
}
