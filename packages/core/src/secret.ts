const inspect = Symbol.for("nodejs.util.inspect.custom");
const mask = "******";

/**
 * A value that prints masked everywhere: in strings, JSON, `console.log` and inspectors.
 *
 * Only {@link Secret.reveal} gives the value, at the one place that must send it.
 *
 * @example
 * ```ts
 * const key = new Secret("LTAI…");
 * `${key}`;              // "******"
 * JSON.stringify({ key }); // {"key":"******"}
 * ```
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** Gives the value itself. Never put the result into a message, an event, a journal or a log. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return mask;
  }

  toJSON(): string {
    return mask;
  }

  [inspect](): string {
    return mask;
  }
}
