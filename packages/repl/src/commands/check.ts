import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { type ExitCode, isSampanError, SampanError } from "@sampan/core";
import {
  type CheckedFile,
  checkFile,
  checkText,
  checkTogether,
  countLevels,
  type ReadSettings,
} from "../check/check-file.ts";
import { checkJson, fileReport, summary } from "../check/check-report.ts";
import { findPlans } from "../check/find-plans.ts";
import { type CommandCall, type CommandFunction, optionSet, optionText } from "../command-call.ts";
import { say } from "../language/speech.ts";
import { printError } from "../render/print-error.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { programVersion } from "../version.ts";

/** More of standard input is no plan. */
const mostBytes = 2 * 1024 * 1024;

/** `sampan check PLAN...`: judges plan files by reading them; runs none, asks nobody. */
export const run: CommandFunction = async (call) => {
  const { options, cwd, env } = call;
  const world = { cwd, env, files: options.config !== false };
  const fix = optionSet(options, "fix");
  const given = call.args.filter((one) => one !== undefined);
  if (given.includes("-")) {
    if (given.length > 1 || fix || optionSet(options, "watch")) {
      throw usage("`-` is checked alone, and neither mended nor watched");
    }
    const path = resolve(cwd, optionText(options, "stdinPath") ?? "stdin.migration.ts");
    // Nothing happens until somebody types: it is said what is waited for.
    if (process.stdin.isTTY) call.output.talk(say("check.reads-typed"));
    return tell(call, [await checkText(path, await standardInput(), world)]);
  }
  if (optionText(options, "stdinPath") !== undefined) throw usage("--stdin-path goes with `-` only");
  const paths = await findPlans(given, cwd);
  const files = new Map<string, CheckedFile>();
  const first = { fix, read: new Map() as ReadSettings };
  for (const path of paths) {
    if (call.output.live && (await isPipe(path))) {
      call.output.talk(say("check.reads-pipe", { file: oneLine(path) }));
    }
    files.set(path, await checkFile(path, world, first));
  }
  const tellTogether = async (read: ReadSettings) =>
    tell(call, await checkTogether([...files.values()], world, read));
  let exitCode = await tellTogether(first.read);
  if (!optionSet(options, "watch")) return exitCode;
  call.output.talk(say("check.watching"));
  const { watchPlans } = await import("../check/watch-plans.ts");
  await watchPlans(paths, async (changed) => {
    const again = { fix, read: new Map() as ReadSettings };
    try {
      for (const path of changed) {
        // A file that is away for a moment, or for good, is told when it is there again.
        const file = await checkFile(path, world, again).catch(passOverAway);
        if (file) files.set(path, file);
      }
      exitCode = await tellTogether(again.read);
    } catch (error) {
      // Settings that are broken while somebody edits them, or a file that cannot be mended: told, and waited on.
      exitCode = printError(call.output, error);
    }
  });
  return exitCode;
};

/** Whether a path is that of a named pipe, which is read when somebody writes to it and no sooner. */
async function isPipe(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFIFO(),
    () => false,
  );
}

function passOverAway(error: unknown): undefined {
  const isAway = isSampanError(error) && error.code === "PLAN_LOAD_FAILED";
  if (!isAway) throw error;
}

async function tell(call: CommandCall, files: readonly CheckedFile[]): Promise<ExitCode> {
  const { output, options } = call;
  const exitCode = exitOf(call, files);
  if (optionSet(options, "sarif")) {
    const { checkSarif } = await import("../check/check-sarif.ts");
    output.json(checkSarif(files, programVersion(), exitCode));
  } else if (output.asJson) output.json(checkJson(files, exitCode));
  else {
    for (const file of files) for (const line of fileReport(file, output.colours)) output.data(line);
  }
  output.talk(summary(files));
  return exitCode;
}

/** 1 for errors, 3 for warnings alone, unless they are let pass. */
function exitOf({ options }: CommandCall, files: readonly CheckedFile[]): ExitCode {
  const passing = optionText(options, "maxLevel") ?? "info";
  const { error, warning } = countLevels(files);
  if (error > 0 && passing !== "error") return 1;
  return warning > 0 && passing === "info" ? 3 : 0;
}

async function standardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes > mostBytes) throw usage("what stands on standard input is longer than any plan");
  }
  return Buffer.concat(chunks).toString("utf8");
}

function usage(problem: string): SampanError {
  return new SampanError("COMMAND_USAGE", problem, { hint: "`sampan check --help` shows how it is called." });
}
