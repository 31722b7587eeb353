import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { SampanError } from "@sampan/core";
import { type CommandCall, optionList, optionSet } from "../command-call.ts";
import { say } from "../language/speech.ts";
import { oneLine } from "../terminal/plain-text.ts";

/** A question before something is changed. */
export interface Question {
  /** What would be changed, for errors: `a real account`, `a host`. */
  readonly what: string;
  /** The line above the changes, made when somebody is really asked, here or by the program that reads `--json`: it may look things up. */
  readonly title: () => string | Promise<string>;
  /** A line for each change. */
  readonly changes: readonly string[];
  /** The name that has to be typed, for what cannot be taken back; otherwise the answer is yes or no. */
  readonly name?: string;
}

/**
 * Asks, and returns when the answer is yes. `--yes` answers, and for a question with a name `--confirm NAME`, which alone does. In a
 * detached runner everything is answered: who started it was asked.
 *
 * @throws `COMMAND_CONFIRMATION_NEEDED`, naming the flag, where nobody can answer; `COMMAND_DECLINED` for any other answer, Ctrl+C and
 * Ctrl+D included.
 */
export async function ask(
  call: CommandCall,
  question: Question,
  terminal: Readable & { readonly isTTY?: boolean } = process.stdin,
): Promise<void> {
  // A detached runner does what was agreed to where the terminal is.
  if (call.detached !== undefined) return;
  const name = question.name === undefined ? undefined : oneLine(question.name);
  const given = optionList(call.options, "confirm").map((one) => oneLine(one));
  if (name === undefined ? optionSet(call.options, "yes") : given.includes(name)) return;
  if (call.output.asJson || terminal.isTTY !== true || call.output.stderr.isTTY !== true) {
    throw new SampanError("COMMAND_CONFIRMATION_NEEDED", nobodyAnswers(question.what, name, given), {
      hint:
        name === undefined
          ? "Pass `--yes` to go on without being asked."
          : `Pass \`--confirm ${name}\` to go on without being asked; \`--yes\` is not enough for what cannot be taken back.`,
      details: {
        flag: name === undefined ? "--yes" : `--confirm ${quoted(name)}`,
        // For programs that ask a person themselves: the name to have typed, the arguments that answer, and what to show. Who reads this
        // on a build server gets no detail, and waits for no look-up.
        name: name ?? null,
        answer: name === undefined ? ["--yes"] : ["--confirm", name],
        ...(call.output.asJson ? { question: oneLine(await question.title()) } : {}),
        changes: question.changes.map((change) => oneLine(change)),
      },
    });
  }
  call.output.alert(oneLine(await question.title()));
  for (const change of question.changes) call.output.alert(`  ${oneLine(change)}`);
  const prompt = name === undefined ? say("ask.go-on") : say("ask.type-name", { name });
  const answer = await lineFrom(terminal, call.output.stderr, prompt);
  const isYes = name === undefined ? /^y(es)?$/i.test(answer ?? "") : answer === name;
  if (isYes) return;
  if (answer === undefined) call.output.alert("");
  throw new SampanError("COMMAND_DECLINED", declined(question.what, name));
}

// Errors stay English where they are made: programs read them too. They are translated where they are printed.
function nobodyAnswers(what: string, name: string | undefined, given: readonly string[]): string {
  const doing = `asking whether ${what} may be changed: there is no terminal`;
  if (name === undefined) return doing;
  const other = given.length === 0 ? "" : `; --confirm was given ${given.join(", ")}`;
  return `${doing}, and the name ${name} has to be typed${other}`;
}

function declined(what: string, name: string | undefined): string {
  return `asking whether ${what} may be changed: the answer was ${name === undefined ? "no" : `not ${name}`}`;
}

/** A name as a shell takes it. */
function quoted(name: string): string {
  return /^[\w@%+=:,./-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}

/** Reads one line; `undefined` when the terminal was left by Ctrl+C or Ctrl+D instead. */
function lineFrom(
  input: Readable,
  output: NodeJS.WritableStream,
  prompt: string,
): Promise<string | undefined> {
  const lines = createInterface({ input, output });
  return new Promise((resolve) => {
    lines.once("close", () => resolve(undefined));
    lines.once("SIGINT", () => lines.close());
    lines.question(prompt, (answer) => {
      resolve(answer.trim());
      lines.close();
    });
  });
}
