import { type ExitCode, isSampanError, SampanError } from "@sampan/core";
import { type CloudChoice, chooseCloud, sourceTitle, surveyHost } from "@sampan/sdk";
import { type CommandCall, type CommandFunction, optionSet, optionText } from "../command-call.ts";
import { hostSource } from "../disk/host-source.ts";
import type { Check, DoctorWorld } from "../doctor/check.ts";
import { printLines, printReport } from "../doctor/print-report.ts";
import { runChecks } from "../doctor/run-checks.ts";
import { say, translated } from "../language/speech.ts";
import { homeOf } from "../run/call-surroundings.ts";
import { secretAsker } from "../terminal/ask-secret.ts";

/** `sampan doctor`: checks this machine, the cloud that was chosen and a host; exit code 1 when something failed, 3 with warnings. */
export const run: CommandFunction = async (call) => {
  const { output } = call;
  const world = await worldOf(call);
  let diagnosis = await runChecks(world);
  const fixed: string[] = [];
  if (optionSet(call.options, "fix") && diagnosis.repairs.length > 0) {
    for (const repair of diagnosis.repairs) fixed.push(await repair());
    diagnosis = await runChecks(world);
  }
  const { checks, permissions } = diagnosis;
  const exitCode = exitCodeOf(checks);
  if (output.asJson) {
    output.json({ healthy: exitCode !== 1, cloud: world.choice?.kind ?? null, checks, permissions, fixed });
    return exitCode;
  }
  printReport(output, checks);
  output.data("");
  printLines(output, [
    ...fixed.map((done) => say("doctor.fixed", { what: translated(done) })),
    verdictOf(checks, world),
  ]);
  return exitCode;
};

function exitCodeOf(checks: readonly Check[]): ExitCode {
  if (checks.some(({ state }) => state === "failed")) return 1;
  return checks.some(({ state }) => state === "warning") ? 3 : 0;
}

function verdictOf(checks: readonly Check[], { choice }: DoctorWorld): string {
  const failures = checks.filter(({ state }) => state === "failed").length;
  const warnings = checks.filter(({ state }) => state === "warning").length;
  if (failures > 0) {
    return warnings === 0
      ? say("doctor.failed", { checks: failures })
      : say("doctor.failed-and-warnings", { checks: failures, warnings });
  }
  const ready = say(choice?.kind === "alibaba" ? "doctor.ready" : "doctor.ready-rehearsals");
  return warnings === 0 ? ready : say("doctor.with-warnings", { ready, warnings });
}

async function worldOf(call: CommandCall): Promise<DoctorWorld> {
  const { env, cwd, options, settings } = call;
  const target = optionText(options, "host");
  const source = target === undefined ? undefined : await hostSource(call, target);
  if (target !== undefined && source === undefined) {
    throw new SampanError(
      "COMMAND_USAGE",
      `looking at the host ${JSON.stringify(target)}, which is no address`,
      {
        hint: "Write it as ssh://root@web-01; `sampan inspect` looks at files.",
      },
    );
  }
  const ask = secretAsker(call);
  const settled = settings instanceof Error ? undefined : settings;
  const region = settled?.settings.find(({ name }) => name === "region")?.value;
  return {
    env,
    cwd,
    choice: choiceOf(call),
    home: homeOf(call),
    region: optionText(options, "region") ?? (typeof region === "string" ? region : undefined),
    bucket: optionText(options, "bucket"),
    settings,
    ...(source === undefined
      ? {}
      : {
          host: {
            title: sourceTitle(source),
            survey: (signal) =>
              surveyHost(source, { env, signal, ...(ask === undefined ? {} : { ask, atTerminal: true }) }),
          },
        }),
  };
}

/** The cloud that somebody chose; without a word about it nothing outside this machine is asked. */
function choiceOf({ options, env, configured }: CommandCall): CloudChoice | undefined {
  const flag = optionText(options, "cloud");
  if (flag === undefined && !env.SAMPAN_CLOUD && !env.SAMPAN_SIMULATOR) return undefined;
  try {
    return chooseCloud({ flag, profile: optionText(options, "profile"), configured, env });
  } catch (error) {
    // A variable that names no cloud is one of the things found.
    if (flag === undefined && isSampanError(error)) return undefined;
    throw error;
  }
}
