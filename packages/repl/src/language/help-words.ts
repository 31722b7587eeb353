import type { HelpConfiguration } from "commander";
import { textWidth, wrapText } from "../terminal/width.ts";
import { listed, say, spokenLanguage } from "./speech.ts";

const titles = {
  "Usage:": "help.usage",
  "Arguments:": "help.arguments",
  "Options:": "help.options",
  "Commands:": "help.commands",
} as const;

/** The words that commander itself puts into a help, in the language of this process, and lines measured in cells of a terminal. */
export function helpWords(): HelpConfiguration {
  if (spokenLanguage() === "en") return {};
  return {
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

/** A text below a help; in a language whose lines are not broken by hand it is broken here. */
export function helpNote(text: string, columns: number): string {
  return spokenLanguage() === "en" ? text : wrapText(text, columns);
}

function usageWords(usage: string): string {
  return usage
    .replace("[options]", say("help.usage-options"))
    .replace("[command]", say("help.usage-command"));
}
