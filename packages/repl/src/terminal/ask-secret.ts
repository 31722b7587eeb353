import { SampanError, Secret } from "@sampan/core";
import { type CommandCall, optionSet } from "../command-call.ts";
import { givenPasswords } from "./given-passwords.ts";
import { oneLine } from "./plain-text.ts";

/** A terminal that secrets are typed at: `process.stdin`, or one of a test. */
export interface SecretTerminal {
  readonly isTTY?: boolean;
  setRawMode(raw: boolean): unknown;
  on(event: "data", listener: (bytes: Buffer) => void): unknown;
  off(event: "data", listener: (bytes: Buffer) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

const longest = 1024;

type SecretAsker = (forWhat: string) => Promise<Secret>;

// Standard input is read once, and a person asked once, however many plans and looks of a call need the password.
const askers = new WeakMap<CommandCall, SecretAsker>();

/**
 * What asks the person at the terminal for a password, each only once in a call, without showing what is typed; with `--passwords-stdin` what
 * was written to standard input. `undefined` where there is nobody to ask: no terminal, or `--json`.
 *
 * @throws from asking: what {@link givenPasswords} throws; `COMMAND_DECLINED` when the answer is Ctrl+C, Ctrl+D, or empty.
 */
export function secretAsker(
  call: CommandCall,
  terminal: SecretTerminal = process.stdin,
): SecretAsker | undefined {
  const asker =
    askers.get(call) ??
    (optionSet(call.options, "passwordsStdin") ? givenPasswords(process.stdin) : typedAsker(call, terminal));
  if (asker !== undefined) askers.set(call, asker);
  return asker;
}

function typedAsker({ output }: CommandCall, terminal: SecretTerminal): SecretAsker | undefined {
  if (output.asJson || terminal.isTTY !== true || output.stderr.isTTY !== true) return undefined;
  const known = new Map<string, Promise<Secret>>();
  return (forWhat) => {
    const before = known.get(forWhat);
    if (before !== undefined) return before;
    output.stderr.write(`Password of ${oneLine(forWhat)}: `);
    const asking = typedSecret(terminal).finally(() => output.stderr.write("\n"));
    known.set(forWhat, asking);
    asking.catch(() => known.delete(forWhat));
    return asking;
  };
}

/** Reads a line without echo. Backspace takes a character back, Ctrl+U all of them. */
function typedSecret(terminal: SecretTerminal): Promise<Secret> {
  return new Promise((resolve, reject) => {
    let typed = "";
    const end = (settle: () => void): void => {
      terminal.off("data", onData);
      terminal.setRawMode(false);
      terminal.pause();
      settle();
    };
    const decline = (): void =>
      end(() => reject(new SampanError("COMMAND_DECLINED", "asking for a password: none was given")));
    /** Takes one character; true once the answer is complete. */
    const take = (character: string): boolean => {
      if (character === "\u0003" || character === "\u0004") decline();
      else if (character === "\r" || character === "\n") {
        if (typed === "") decline();
        else end(() => resolve(new Secret(typed)));
      } else {
        if (character === "\u007f" || character === "\b") typed = [...typed].slice(0, -1).join("");
        else if (character === "\u0015") typed = "";
        else if (character >= " " && typed.length < longest) typed += character;
        return false;
      }
      return true;
    };
    const onData = (bytes: Buffer): void => {
      for (const character of bytes.toString("utf8")) if (take(character)) return;
    };
    terminal.setRawMode(true);
    terminal.on("data", onData);
    terminal.resume();
  });
}
