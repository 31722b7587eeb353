import type { ExitCode } from "@sampan/core";
import { SampanError } from "@sampan/core";
import * as sdk from "@sampan/sdk";
import { languageOf } from "../language/language.ts";
import { speak } from "../language/speech.ts";
import { createOutput } from "../terminal/output.ts";
import { createEvaluator } from "./evaluator.ts";
import { interact } from "./interact.ts";
import { type ShellSession, type ShellWorld, sayError, showResult } from "./session.ts";
/** Opens the shell on a terminal; otherwise evaluates the whole of stdin as one input. */
export async function runShell(world: ShellWorld): Promise<ExitCode> {
  await speak(languageOf(world));
  const output = createOutput(world);
  const evaluator = createEvaluator(world.cwd, { ...sdk });
  const session: ShellSession = { world, output, evaluator };
  return world.stdin.isTTY ? interact(session) : evaluateInput(session);
}

async function evaluateInput(session: ShellSession): Promise<ExitCode> {
  const pieces: Buffer[] = [];
  for await (const piece of session.world.stdin) pieces.push(Buffer.from(piece as Uint8Array));
  const source = Buffer.concat(pieces).toString("utf8");
  if (source.trim() === "") return 0;
  try {
    const evaluation = await session.evaluator.evaluate(source);
    if (evaluation.kind === "incomplete") {
      throw new SampanError("COMMAND_USAGE", "reading stdin: it ends in the middle of an expression");
    }
    await showResult(session, evaluation);
    return 0;
  } catch (error) {
    return sayError(session, error);
  }
}
