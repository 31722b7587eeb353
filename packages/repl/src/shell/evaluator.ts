import { createRequire } from "node:module";
import { join } from "node:path";
import { constants, Script } from "node:vm";
import { SampanError } from "@sampan/core";
import { createJiti } from "jiti";
import { completeWrite } from "./complete-write.ts";
import { outlineScope, type SessionVariables } from "./completion/session-values.ts";
import { sessionName, transformInput } from "./transform.ts";

/** What evaluating an input gave. */
export type Evaluation =
  | { readonly kind: "incomplete" }
  /**
   * `declared`: the value was given a name and need not be shown. `awaited`: it stood behind `await` and is still to be
   * waited for, so that a run can be shown meanwhile; `name` is what is to be bound to it then. `undefined` as value when there was none.
   */
  | {
      readonly kind: "value";
      readonly value: unknown;
      readonly declared: boolean;
      readonly awaited: boolean;
      readonly name: string | null;
    };

/** How an evaluator is made. */
export interface EvaluatorOptions {
  /** Modules are looked for from here. */
  readonly folder: string;
  /** What is in scope from the start. */
  readonly globals: Readonly<Record<string, unknown>>;
  /** What a module of this package finds as `sampan`. */
  readonly sdk: Readonly<Record<string, unknown>>;
  /** Names of functions that are awaited without `await`. */
  readonly queries?: ReadonlySet<string>;
  /** Called around what may compute for long without a pause, so that Ctrl+C can break it off. */
  readonly around?: <T>(work: () => T) => T;
}

/** The evaluator of one session: TypeScript in, values out, variables kept between inputs. */
export interface Evaluator {
  /**
   * Evaluates one input. A line that begins with `.verb(` continues the last value; when that was just given a name, the
   * name is bound to what comes of it. Rejects with what the input threw; a mistake in its grammar is a `COMMAND_USAGE`.
   */
  evaluate(input: string): Promise<Evaluation>;
  /** Whether the input is a whole; also true for one that can never be. Runs nothing. */
  isComplete(input: string): boolean;
  /** Replaces the last value, `_`, and keeps it by a number in `out`. */
  keep(value: unknown, number?: number): void;
  /** Gives a name a value. */
  bind(name: string, value: unknown): void;
  /** The value of a name; `undefined` when there is none. Runs nothing but what a getter does. */
  valueOf(name: string): unknown;
  /** Names that can be used, sorted. */
  names(): readonly string[];
  /** The same names with what each stands for, without touching it: no getter and no proxy is asked. */
  outlines(): SessionVariables;
}

const mostKept = 1_000;

/** Makes an evaluator. */
export function createEvaluator(options: EvaluatorOptions): Evaluator {
  const { folder, globals, sdk, around = (work) => work() } = options;
  const out: Record<number, unknown> = {};
  const scope: Record<string, unknown> = Object.assign(Object.create(null), globals, { _: undefined, out });
  const hidden = new Set(["jitiImport", "require"]);
  const jiti = createJiti(join(folder, "input.ts"), {
    fsCache: false,
    moduleCache: false,
    virtualModules: { sampan: sdk, "@sampan/sdk": sdk },
  });
  const load = (name: string): Promise<unknown> => jiti.import(name);
  scope.jitiImport = load;
  scope.require = createRequire(join(folder, "input.ts"));
  const session: {
    scope: object;
    load: typeof load;
    module: unknown;
    result: { value: unknown } | undefined;
  } = {
    scope,
    load,
    module: undefined,
    result: undefined,
  };
  let lastName: string | null = null;
  /** Queries that the session has not given another meaning. */
  const queries = (): ReadonlySet<string> =>
    new Set([...(options.queries ?? [])].filter((name) => scope[name] === globals[name]));
  return {
    async evaluate(input) {
      const source = continued(input, lastName);
      const made = transformInput(source, queries());
      if (made.kind === "incomplete") return { kind: "incomplete" };
      if (made.kind === "wrong") {
        throw new SampanError(
          "COMMAND_USAGE",
          `reading line ${made.line}, column ${made.column}: ${made.message}`,
          {
            hint: "Correct the line; `:help` says what can be typed.",
          },
        );
      }
      for (const name of made.names) if (!(name in scope)) scope[name] = undefined;
      session.result = undefined;
      const script = new Script(made.code, {
        filename: "shell",
        importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
      });
      // The session is reached by name; it is set anew, since an input may have spoilt it.
      Object.defineProperty(globalThis, sessionName, {
        value: session,
        configurable: true,
        enumerable: false,
      });
      try {
        await around(() => script.runInThisContext({ breakOnSigint: process.stdin.isTTY === true }));
      } catch (error) {
        if ((error as NodeJS.ErrnoException | null)?.code === "ERR_SCRIPT_EXECUTION_INTERRUPTED")
          for (const stream of [process.stdout, process.stderr]) completeWrite(stream);
        throw error;
      }
      const result = session.result as { value: unknown } | undefined;
      const declared = made.lastName !== null;
      lastName = made.lastName ?? (isContinuation(input) ? lastName : null);
      if (result !== undefined && result.value !== undefined) scope._ = result.value;
      return { kind: "value", value: result?.value, declared, awaited: made.awaited, name: made.lastName };
    },
    isComplete: (input) => transformInput(continued(input, lastName)).kind !== "incomplete",
    keep(value, number) {
      if (value !== undefined) scope._ = value;
      if (number === undefined || value === undefined) return;
      out[number] = value;
      delete out[number - mostKept];
    },
    bind(name, value) {
      scope[name] = value;
    },
    valueOf: (name) => scope[name],
    names: () =>
      Object.keys(scope)
        .filter((name) => !hidden.has(name))
        .sort(),
    outlines: () => outlineScope(scope, ["jitiImport", "require"]),
  };
}

function isContinuation(input: string): boolean {
  return /^\s*\.\s*[A-Za-z_$]/.test(input);
}

function continued(input: string, lastName: string | null): string {
  if (!isContinuation(input)) return input;
  return lastName === null ? `_${input}` : `${lastName} = ${lastName}${input}`;
}
