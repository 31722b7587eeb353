import { resolve } from "node:path";
import { Simulator } from "@sampan/simulator";
import { type CommandFunction, optionText } from "../command-call.ts";
import { catchInterrupts } from "../run/interrupts.ts";
import { plainText } from "../terminal/plain-text.ts";

// As fast as the built-in simulator of a rehearsal: an import of minutes takes a second or two.
const defaultTimeScale = 100;

/** `sampan simulator`: serves OSS, ECS and RAM on loopback until it is asked to stop. */
export const run: CommandFunction = async (call) => {
  const { options, output } = call;
  const data = optionText(options, "data");
  const simulator = await Simulator.start({
    port: typeof options.port === "number" ? options.port : 0,
    timeScale: typeof options.timeScale === "number" ? options.timeScale : defaultTimeScale,
    ...(data === undefined ? {} : { dataFolder: resolve(call.cwd, data) }),
  });
  const stopped = new Promise<void>((done) => {
    catchInterrupts(() => done());
  });
  const { endpoint, credentials } = simulator;
  const line = {
    endpoint,
    accessKeyId: credentials.accessKeyId,
    accessKeySecret: credentials.accessKeySecret,
    accountId: credentials.accountId,
    region: simulator.region,
  };
  if (output.asJson) output.json(line);
  else {
    output.data(
      plainText(
        [
          `listening    ${endpoint}`,
          `access key   ${line.accessKeyId}`,
          `secret       ${line.accessKeySecret}   (fixed and documented: worth nothing outside a simulator)`,
          `account      ${line.accountId}`,
        ].join("\n"),
      ),
    );
    output.talk(`\nuse it: SAMPAN_SIMULATOR=${endpoint} sampan run PLAN`);
    output.talk(data === undefined ? "its state is gone when it stops" : `its state stays in ${data}`);
    output.talk("Ctrl+C stops it");
  }
  await stopped;
  await simulator.stop();
  output.talk("stopped");
  return 0;
};
