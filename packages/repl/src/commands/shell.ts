import { SampanError } from "@sampan/core";
import { type CommandFunction, optionList, optionSet, optionText } from "../command-call.ts";
import { runShell } from "../shell/run-shell.ts";

/** `sampan shell [SCRIPT]`: the shell on a terminal, or a script by the same rules. */
export const run: CommandFunction = (call) => {
  const { args, options } = call;
  const env = process.env === call.env ? process.env : { ...call.env };
  const cloud = optionText(options, "cloud");
  const profile = optionText(options, "profile");
  if (cloud !== undefined) env.SAMPAN_CLOUD = cloud;
  if (profile !== undefined) env.ALIBABA_CLOUD_PROFILE = profile;
  const file = optionText(options, "rc");
  return runShell(
    {
      ...call,
      env,
      stdin: process.stdin,
      commands: call.commands ?? [],
      runCommand: call.runCommand ?? notHere,
    },
    {
      codes: optionList(options, "eval"),
      file: args[0],
      // Commander has it that `--norc` is a switch of its own.
      rc: file !== undefined ? { file } : optionSet(options, "norc") ? "none" : "usual",
    },
  );
};

async function notHere(argv: readonly string[]): Promise<never> {
  throw new SampanError(
    "COMMAND_USAGE",
    `running \`sampan ${argv.join(" ")}\`: there is no program to run it`,
  );
}
