import type { ExitCode } from "@sampan/core";
import { argument, type CommandFunction, optionSet } from "../command-call.ts";
import { withStoreRunner } from "../fleet/open-runner.ts";
import { say } from "../language/speech.ts";
import { oneLine } from "../terminal/plain-text.ts";

/** `sampan fleet drain SITE`: has the workers of a site take nothing new; `--undo` has them take it again. */
export const run: CommandFunction = (call) =>
  withStoreRunner(call, async (runner): Promise<ExitCode> => {
    const { output, options } = call;
    const site = argument(call, 0);
    const drained = !optionSet(options, "undo");
    await runner.drain(site, drained);
    const status = (await runner.sites()).find((one) => one.site === site);
    if (output.asJson) output.json(status ?? { site, drained });
    else if (!drained) output.talk(say("fleet-drain.undone", { site: oneLine(site) }));
    else output.talk(say("fleet-drain.done", { site: oneLine(site), active: status?.active ?? 0 }));
    return 0;
  });
