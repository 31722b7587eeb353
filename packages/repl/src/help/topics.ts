import { errorCodes, exitCodes } from "@sampan/core";
import { settingEntry, settingNames } from "@sampan/sdk/settings";
import { listed, say, translated } from "../language/speech.ts";
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
      const rest = others.length === 0 ? [] : [`      ${say("topic.or", { names: others.join(", ") })}`];
      return [`  ${first}`, `      ${summary}`, ...rest].join("\n");
    });
    return [say(title).toUpperCase(), ...lines].join("\n");
  });
  const first = settingNames.filter((name) => settingEntry(name).projectFirst === true);
  return [
    say("topic.empty"),
    "",
    parts.join("\n\n"),
    "",
    say("topic.order", { names: listed(first) }),
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
    return [`${code.padStart(3)}  ${translated(meaning)}`, ...which].join("\n");
  });
  return `${lines.join("\n")}\n\n${say("topic.other-codes")}\n`;
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
