import { SampanError } from "@sampan/core";
import { argument, type CommandFunction } from "../command-call.ts";
import { shellScripts } from "../completion/shell-scripts.ts";

/** `sampan completion SHELL`: prints the script by which a shell completes `sampan`. */
export const run: CommandFunction = async (call) => {
  const shell = argument(call, 0);
  const script = Object.hasOwn(shellScripts, shell) ? shellScripts[shell] : undefined;
  if (script === undefined) {
    throw new SampanError(
      "COMMAND_USAGE",
      `completing for ${JSON.stringify(shell)}: no shell that is known`,
      {
        hint: `It is one of ${Object.keys(shellScripts).join(", ")}.`,
      },
    );
  }
  if (call.output.asJson) call.output.json({ shell, script });
  else call.output.data(script.trimEnd());
  return 0;
};
