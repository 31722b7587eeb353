import { Help, type HelpConfiguration } from "commander";
import { textWidth, wrapText } from "../terminal/width.ts";
import { listed, say, spokenLanguage } from "./speech.ts";

const titles = {
  "Usage:": "help.usage",
  "Arguments:": "help.arguments",
  "Options:": "help.options",
  "Commands:": "help.commands",
} as const;

/** Where fewer columns than these are left beside names and options, what they do stands below them. */
const narrowest = 24;

const narrowHelp: HelpConfiguration = {
  minWidthToWrap: 10,
  formatItem(term, termWidth, description, helper) {
    const columns = helper.helpWidth ?? 80;
    if (description === "" || columns - termWidth - 4 >= narrowest) {
      return Help.prototype.formatItem.call(helper, term, termWidth, description, helper);
    }
    const lines = helper.boxWrap(description, columns - 6).split("\n");
    return [`  ${term}`, ...lines.map((line) => `      ${line}`)].join("\n");
  },
};

/**
 * How a help is laid out in a narrow terminal, the words that commander itself puts into it in the language of this process, and lines
 * measured in cells of a terminal.
 */
export function helpWords(): HelpConfiguration {
  if (spokenLanguage() === "en") return narrowHelp;
  return {
    ...narrowHelp,
    displayWidth: textWidth,
    boxWrap: wrapText,
    styleTitle: (title) => (title in titles ? say(titles[title as keyof typeof titles]) : title),
    styleUsage: usageWords,
    styleSubcommandTerm: usageWords,
    optionDescription: ({ description, argChoices }) =>
      argChoices === undefined
        ? description
        : `${description}${say("help.choices", { choices: listed(argChoices) })}`,
  };
}

function usageWords(usage: string): string {
  return usage
    .replace("[options]", say("help.usage-options"))
    .replace("[command]", say("help.usage-command"));
}
