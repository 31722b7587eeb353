import { ProgramError } from "./call-program.ts";
import type { Passwords } from "./passwords.ts";

/** What `sampan` wants to have answered before it changes something. */
export interface Question {
  readonly title: string;
  /** A line for each change. */
  readonly changes: readonly string[];
  /** The name to be typed, for what cannot be taken back; `null` where yes will do. */
  readonly name: string | null;
  /** The arguments that answer it. */
  readonly answer: readonly string[];
}

/**
 * Calls `sampan`, and again with an answer each time it asks a question; a run may have several. Gives `null` when a person said no.
 *
 * @throws what the call throws besides; a question that was answered already is no question.
 */
export async function agreed<T>(
  call: (answers: readonly string[]) => Promise<T>,
  ask: (question: Question) => Promise<boolean>,
): Promise<T | null> {
  const answers: string[] = [];
  const answered = new Set<string>();
  for (;;) {
    try {
      return await call(answers);
    } catch (error) {
      const question = questionIn(error);
      const key = question?.answer.join(" ") ?? "";
      if (question === null || answered.has(key)) throw error;
      if (!(await ask(question))) return null;
      answered.add(key);
      answers.push(...question.answer);
    }
  }
}

/**
 * As {@link agreed}, for work that takes passwords by its standard input. The program asks for them last: what a person has agreed to is not
 * asked again for each of them. Gives `null` too when a password was not given.
 */
export function agreedWithPasswords<T>(
  call: (answers: readonly string[], input: string) => Promise<T>,
  ask: (question: Question) => Promise<boolean>,
  passwords: Passwords,
): Promise<T | null> {
  return agreed((answers) => passwords.giving((input) => call(answers, input)), ask);
}

function questionIn(error: unknown): Question | null {
  if (!(error instanceof ProgramError) || error.code !== "COMMAND_CONFIRMATION_NEEDED") return null;
  const { question, changes, name, answer } = error.record?.details ?? {};
  if (!Array.isArray(answer) || answer.length === 0) return null;
  return {
    title: typeof question === "string" ? question : error.message,
    changes: Array.isArray(changes) ? changes.map(String) : [error.hint],
    name: typeof name === "string" ? name : null,
    answer: answer.map(String),
  };
}
