import { SampanError, type Secret } from "@sampan/core";
import { plainText } from "../plain-text.ts";
import type { Argv, RunningCommand } from "../shell.ts";
import { newMark, rootArgv } from "./remote-line.ts";

const refusals: readonly (readonly [RegExp, string, string])[] = [
  [
    /must have a tty|no tty present/i,
    "sudo there wants a terminal (requiretty)",
    "On the host, `visudo` and add `Defaults:USER !requiretty`, or log in as root.",
  ],
  [
    /password is required|a terminal is required|Authorization required|authentication is required/i,
    "a password is asked for",
    "Say what sudo is to be answered, allow the user `NOPASSWD:` in sudoers, or log in as root.",
  ],
  [
    /not in the sudoers|may not run sudo|not allowed to (?:execute|run)|Operation not permitted/i,
    "the user may not",
    "Allow the user in sudoers, or log in as root.",
  ],
];

/**
 * How a user becomes root for one command: `sudo` or `doas` starts a shell that says so when it is root and then reads the command
 * from its input. Only when sudo asks, by a prompt that nobody else knows, is the password sent; it never is if it does not.
 */
export class BecomingRoot {
  readonly loginMark = newMark();
  readonly rootMark = newMark();
  readonly argv: Argv;
  readonly #title: string;
  readonly #by: "sudo" | "doas";
  readonly #password: Secret | undefined;
  readonly #prompt = `${newMark()}:`;
  #heard = "";
  #asked = 0;

  constructor(title: string, by: "sudo" | "doas", password: Secret | undefined) {
    this.#title = title;
    this.#by = by;
    this.#password = password;
    this.argv = rootArgv(by, this.rootMark, password === undefined ? undefined : this.#prompt);
  }

  /** Is given what comes on standard error, and answers. */
  heard(part: string, child: Pick<RunningCommand, "stdin">): void {
    if (this.#password === undefined || this.#asked > 1) return;
    this.#heard = (this.#heard + part).slice(-64 * 1024);
    let at = this.#heard.indexOf(this.#prompt);
    while (at >= 0) {
      this.#heard = this.#heard.slice(at + this.#prompt.length);
      this.#asked++;
      // Who is asked again was wrong: nothing that follows may be taken for another try.
      if (this.#asked > 1) return void child.stdin.end();
      child.stdin.write(`${this.#password.reveal()}\n`);
      at = this.#heard.indexOf(this.#prompt);
    }
  }

  /** Why there was no becoming root, from what was said on standard error. */
  refusal(said: string): SampanError {
    const after = said.slice(said.indexOf(this.loginMark) + this.loginMark.length);
    const text = plainText(after.replaceAll(this.#prompt, "")).split("\n").join(" ").slice(0, 300);
    const known = refusals.find(([pattern]) => pattern.test(text));
    const why = this.#asked > 1 ? "the password is not the right one" : (known?.[1] ?? "it was refused");
    return new SampanError(
      "HOST_ROOT_REFUSED",
      `running ${this.#title} as root through ${this.#by}: ${why}${text && `: ${text}`}`,
      { ...(known && this.#asked < 2 ? { hint: known[2] } : {}), details: { by: this.#by, said: text } },
    );
  }
}
