import { type CloudChoice, createEmbeddedRunner, type Plan, type Runner, sourceTitle } from "@sampan/sdk";
import type { CommandCall } from "../command-call.ts";
import { secretAsker } from "../terminal/ask-secret.ts";

/**
 * The runner of a command. Passwords that its plans say to ask for are asked now, while no screen is drawn over the question, and
 * handed over when a run needs them.
 */
export async function runnerOf(
  call: CommandCall,
  where: { readonly home: string; readonly cloud: CloudChoice },
  plans: readonly Plan[],
): Promise<Runner> {
  const ask = secretAsker(call);
  for (const { source } of plans) {
    if (ask !== undefined && "passwordFrom" in source && source.passwordFrom === "ask") {
      await ask(sourceTitle(source));
    }
  }
  return createEmbeddedRunner({
    ...where,
    ...(ask === undefined ? {} : { ask }),
    ...(call.openHost === undefined ? {} : { services: { openHost: call.openHost } }),
  });
}
