import { setTimeout as pause } from "node:timers/promises";
import type { AccessControl, ImportRole } from "@sampan/cloud";
import { type ExitCode, SampanError } from "@sampan/core";
import { connectCloud } from "@sampan/sdk";
import { argument, type CommandCall, type CommandFunction, optionSet } from "../command-call.ts";
import { say, translated } from "../language/speech.ts";
import { surroundingsOf } from "../run/call-surroundings.ts";
import { confirmChange } from "../run/confirm.ts";
import { oneLine } from "../terminal/plain-text.ts";

/** How long RAM itself may take to show what it was told. */
const appearanceMs = 30_000;

/** `sampan setup role`: makes the RAM role through which ECS reads the bucket of an import, after it was shown and asked. */
export const run: CommandFunction = async (call) => {
  const what = argument(call, 0);
  if (what !== "role") {
    throw new SampanError("COMMAND_USAGE", `setting up ${JSON.stringify(what)}: there is only the role`, {
      hint: "`sampan setup role` makes the role that imports need.",
    });
  }
  const { home, cloud: choice } = surroundingsOf(call);
  const cloud = await connectCloud(choice, home, { env: call.env });
  try {
    const role = await cloud.access.describeImportRole();
    const { importRoleSteps } = await import("@sampan/cloud");
    const steps = importRoleSteps(role.state).map(({ action, text }) => ({ action, text: oneLine(text) }));
    if (steps.length === 0) return tell(call, role, steps, false);
    if (optionSet(call.options, "dryRun")) {
      if (!call.output.asJson)
        for (const { text } of steps) call.output.data(say("share.would", { what: translated(text) }));
      return tell(call, role, steps, false);
    }
    await confirmChange(
      call,
      choice,
      steps.map(({ text }) => text),
    );
    await cloud.access.createImportRole();
    for (const { text } of steps) call.output.talk(say("setup.did", { what: translated(text) }));
    return tell(call, await untilReady(cloud.access), steps, true);
  } finally {
    await cloud.close();
  }
};

/** The role once RAM shows it as it was made. ECS learns of it later, which the import itself waits for. */
async function untilReady(access: AccessControl): Promise<ImportRole> {
  const giveUpAt = Date.now() + appearanceMs;
  for (;;) {
    const role = await access.describeImportRole();
    if (role.state === "ready") return role;
    if (Date.now() >= giveUpAt) {
      throw new SampanError(
        "CLOUD_ROLE_MISSING",
        `setting up the role ${role.name}: it is still ${role.state}`,
        {
          hint: "Look at the role in the RAM console; another process may be changing it.",
          details: { role: role.name, state: role.state },
        },
      );
    }
    await pause(1_000);
  }
}

function tell(
  call: CommandCall,
  role: ImportRole,
  steps: readonly { readonly action: string; readonly text: string }[],
  changed: boolean,
): ExitCode {
  const { output } = call;
  if (output.asJson) output.json({ role: role.name, state: role.state, changed, steps });
  else if (changed)
    output.talk(
      `${role.name} is ready; ECS may take a minute to see it, and an import waits for that by itself`,
    );
  else if (steps.length === 0) output.talk(`${role.name} is ready; nothing had to be done`);
  else output.talk("dry run: nothing was done");
  return 0;
}
