import { assessments } from "./assessments.ts";
import { check } from "./check.ts";
import { doctor } from "./doctor.ts";
import { fleetAdvice } from "./fleet-advice.ts";
import { fleetCommands } from "./fleet-commands.ts";
import { fleetWatch } from "./fleet-watch.ts";
import { forecast } from "./forecast.ts";
import { frame } from "./frame.ts";
import { questions } from "./questions.ts";
import { runs } from "./runs.ts";
import { shell } from "./shell.ts";
import { shellHelp } from "./shell-help.ts";
import { shellTopics } from "./shell-topics.ts";
import { variables } from "./variables.ts";

/** Every message in English. This table says which keys there are, and which values each takes. */
export const english = {
  ...frame,
  ...runs,
  ...fleetWatch,
  ...fleetCommands,
  ...fleetAdvice,
  ...assessments,
  ...questions,
  ...doctor,
  ...check,
  ...forecast,
  ...shell,
  ...shellHelp,
  ...shellTopics,
  ...variables,
} as const;
