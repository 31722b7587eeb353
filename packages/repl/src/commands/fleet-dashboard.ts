import type { ExitCode } from "@sampan/core";
import { type CommandFunction, optionSet } from "../command-call.ts";
import { withStoreRunner } from "../fleet/open-runner.ts";
import { say } from "../language/speech.ts";
import { catchInterrupts } from "../run/interrupts.ts";

/** `sampan fleet dashboard`: the queues of a store in a browser, until it is asked to stop. */
export const run: CommandFunction = (call) =>
  withStoreRunner(call, async (_, store): Promise<ExitCode> => {
    const { output, options } = call;
    const { serveDashboard, workQueues } = await import("@sampan/fleet/engine");
    const dashboard = await serveDashboard({
      queues: await workQueues(store),
      port: typeof options.port === "number" ? options.port : 0,
      readOnly: !optionSet(options, "allowChanges"),
    });
    // For whoever started it alone: the token is in it.
    if (output.asJson) output.json({ url: dashboard.url });
    else {
      output.data(dashboard.url);
      output.talk(say("fleet-dashboard.how"));
    }
    let release = (): void => undefined;
    await new Promise<void>((resolve) => {
      release = catchInterrupts(() => resolve());
    });
    try {
      await dashboard.close();
    } finally {
      release();
    }
    return 0;
  });
