import { errorCodes, exitCodes } from "@sampan/core";
import { settingEntry, settingNames } from "@sampan/sdk/settings";
import { variableGroups } from "./variables.ts";

/** Topics of `sampan help` that are no commands. */
export const helpTopics: Readonly<Record<string, () => string>> = {
  environment: environmentText,
  "exit-codes": exitCodesText,
};

function environmentText(): string {
  const parts = variableGroups().map(({ title, entries }) => {
    const lines = entries.map(({ names, summary }) => {
      const [first = "", ...others] = names;
      const rest = others.length === 0 ? [] : [`      or ${others.join(", ")}`];
      return [`  ${first}`, `      ${summary}`, ...rest].join("\n");
    });
    return [`${title.toUpperCase()}`, ...lines].join("\n");
  });
  const first = settingNames.filter((name) => settingEntry(name).projectFirst === true).join(", ");
  return [
    "A variable that is empty counts as unset. Of several names the first that is set counts.",
    "",
    parts.join("\n\n"),
    "",
    `An option of the command line counts before its variable, a variable before files of settings; of ${first} the`,
    "project's file counts before the variable. `sampan config --explain` shows what counts here.",
    "",
  ].join("\n");
}

function exitCodesText(): string {
  const lines = Object.entries(exitCodes).map(([code, meaning]) => {
    const number = Number(code);
    const errors = Object.entries(errorCodes).filter(
      ([, entry]) => ("exitCode" in entry ? entry.exitCode : 1) === number,
    );
    const names = errors.map(([name]) => name);
    const which = number === 1 ? [] : wrapped(names);
    return [`${code.padStart(3)}  ${meaning}`, ...which].join("\n");
  });
  return `${lines.join("\n")}\n\nEvery error code but those named ends in 1. \`sampan explain CODE\` tells of one.\n`;
}

/** Names in lines that fit a narrow terminal. */
function wrapped(names: readonly string[]): readonly string[] {
  const lines: string[] = [];
  for (const name of names) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + name.length + 2 <= 78)
      lines[lines.length - 1] = `${last}, ${name}`;
    else lines.push(`       ${name}`);
  }
  return lines;
}
