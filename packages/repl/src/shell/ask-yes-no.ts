import { say } from "../language/speech.ts";
import type { ShellSession } from "./session.ts";

/** Asks the person at the prompt; no where there is nobody. */
export async function askYesNo({ terminal, output }: ShellSession, question: string): Promise<boolean> {
  if (terminal === null) return false;
  const answer = await terminal.editor.read({
    prompt: say("shell.yes-no", { question }),
    continuation: "",
    waysOut: [],
    paint: output.talkColours.yellow,
    paintHint: output.talkColours.dim,
    typing: null,
  });
  return answer.kind === "input" && /^y(es)?$/i.test(answer.text.trim());
}
