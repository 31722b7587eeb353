import { ProgramError } from "./call-program.ts";

/** Where passwords are kept over sessions: the editor's `SecretStorage`, which the system's keychain holds. */
export interface SecretKeep {
  get(key: string): PromiseLike<string | undefined>;
  store(key: string, value: string): PromiseLike<void>;
  delete(key: string): PromiseLike<void>;
}

/** Which passwords are kept, by what they are of: the keep itself cannot be listed. No secret. */
export interface KeptNames {
  get(): readonly string[];
  set(names: readonly string[]): PromiseLike<void>;
}

/** What a person answered; `null` for no answer. */
export type AskPassword = (
  passwordOf: string,
) => Promise<{ readonly password: string; readonly remember: boolean } | null>;

const prefix = "password of ";

/**
 * Passwords that runs ask for. One that `sampan` says it misses is taken from the keep, else asked for; it is handed over by the standard
 * input of the one call, and is in no argument, variable, setting or log.
 */
export class Passwords {
  readonly #keep: SecretKeep;
  readonly #names: KeptNames;
  readonly #ask: AskPassword;
  constructor(keep: SecretKeep, names: KeptNames, ask: AskPassword) {
    this.#keep = keep;
    this.#names = names;
    this.#ask = ask;
  }

  /**
   * Calls `sampan` with what stands for its standard input, and again with one password more each time it says that one is missing. Gives
   * `null` when a person gave none.
   */
  async giving<T>(call: (input: string) => Promise<T>): Promise<T | null> {
    const given = new Map<string, string>();
    for (;;) {
      try {
        return await call(JSON.stringify(Object.fromEntries(given)));
      } catch (error) {
        const passwordOf = missingIn(error);
        if (passwordOf === null || given.has(passwordOf)) throw error;
        const password = await this.#passwordOf(passwordOf);
        if (password === null) return null;
        given.set(passwordOf, password);
      }
    }
  }

  /** What the kept passwords are of. */
  get kept(): readonly string[] {
    return this.#names.get();
  }

  /** Forgets all that is kept. */
  async forget(): Promise<void> {
    for (const name of this.kept) await this.#keep.delete(prefix + name);
    await this.#names.set([]);
  }

  async #passwordOf(passwordOf: string): Promise<string | null> {
    const kept = await this.#keep.get(prefix + passwordOf);
    if (kept !== undefined) return kept;
    const answer = await this.#ask(passwordOf);
    if (answer === null) return null;
    if (answer.remember) {
      await this.#keep.store(prefix + passwordOf, answer.password);
      await this.#names.set([...this.#names.get().filter((name) => name !== passwordOf), passwordOf]);
    }
    return answer.password;
  }
}

function missingIn(error: unknown): string | null {
  if (!(error instanceof ProgramError) || error.code !== "HOST_PASSWORD_MISSING") return null;
  const passwordOf = error.record?.details?.passwordOf;
  return typeof passwordOf === "string" && passwordOf !== "" ? passwordOf : null;
}
