import { findTextIn } from "../known-texts.ts";
import type { Translation } from "../speech.ts";
import { chineseAssessments } from "./assessments.ts";
import { chineseCheck } from "./check.ts";
import { chineseDoctor } from "./doctor.ts";
import { chineseFleetAdvice } from "./fleet-advice.ts";
import { chineseFleetCommands } from "./fleet-commands.ts";
import { chineseFleetSentences } from "./fleet-sentences.ts";
import { chineseFleetWatch } from "./fleet-watch.ts";
import { chineseForecast } from "./forecast.ts";
import { chineseFrame } from "./frame.ts";
import { chineseQuestions } from "./questions.ts";
import { chineseRuns } from "./runs.ts";
import { chineseShell } from "./shell.ts";
import { chineseShellHelp } from "./shell-help.ts";
import { chineseShellTopics } from "./shell-topics.ts";
import { knownTexts } from "./texts/index.ts";
import { chineseVariables } from "./variables.ts";

/** Simplified Chinese. Loaded only where it is spoken. */
export const chinese: Translation = {
  messages: {
    ...chineseFrame,
    ...chineseRuns,
    ...chineseFleetWatch,
    ...chineseFleetCommands,
    ...chineseFleetAdvice,
    ...chineseAssessments,
    ...chineseQuestions,
    ...chineseDoctor,
    ...chineseCheck,
    ...chineseForecast,
    ...chineseShell,
    ...chineseShellHelp,
    ...chineseShellTopics,
    ...chineseVariables,
  },
  fleetSentences: chineseFleetSentences,
  findText: findTextIn(knownTexts),
};
