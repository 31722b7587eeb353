import { resolve } from "node:path";
import { SampanError } from "@sampan/core";
import { readSwitches, Simulator, type SimulatorOptions } from "@sampan/simulator";
import {
  type CommandFunction,
  type OptionValues,
  optionList,
  optionSet,
  optionText,
} from "../command-call.ts";
import { translated } from "../language/speech.ts";
import { catchInterrupts } from "../run/interrupts.ts";
import { plainText } from "../terminal/plain-text.ts";
import { padText } from "../terminal/width.ts";

// As fast as the built-in simulator of a rehearsal: an import of minutes takes a second or two.
const defaultTimeScale = 100;

/** `sampan simulator`: serves OSS, ECS and RAM on loopback until it is asked to stop. */
export const run: CommandFunction = async (call) => {
  const { options, output } = call;
  const data = optionText(options, "data");
  const switches = switchesOf(options);
  const simulator = await Simulator.start({
    switches,
    port: typeof options.port === "number" ? options.port : 0,
    machines: "auto",
    timeScale: typeof options.timeScale === "number" ? options.timeScale : defaultTimeScale,
    ...(data === undefined ? {} : { dataFolder: resolve(call.cwd, data) }),
  });
  let release = (): void => undefined;
  const stopped = new Promise<void>((done) => {
    release = catchInterrupts(() => done());
  });
  const { endpoint, credentials } = simulator;
  const line = {
    endpoint,
    accessKeyId: credentials.accessKeyId,
    accessKeySecret: credentials.accessKeySecret,
    accountId: credentials.accountId,
    region: simulator.region,
    statusPage: `${endpoint}/_sampan/`,
  };
  if (output.asJson) output.json(line);
  else {
    output.data(
      plainText(
        [
          `${padText(translated("listening"), 11)}  ${endpoint}`,
          `${padText(translated("access key"), 11)}  ${line.accessKeyId}`,
          `${padText(translated("secret"), 11)}  ${line.accessKeySecret}   ${translated("(fixed and documented: worth nothing outside a simulator)")}`,
          `${padText(translated("account"), 11)}  ${line.accountId}`,
          `${padText(translated("status page"), 11)}  ${line.statusPage}`,
        ].join("\n"),
      ),
    );
    output.talk(`\nuse it: SAMPAN_SIMULATOR=${endpoint} sampan run PLAN`);
    output.talk(data === undefined ? "its state is gone when it stops" : `its state stays in ${data}`);
    output.talk("Ctrl+C stops it");
  }
  try {
    await stopped;
    await simulator.stop();
  } finally {
    // The shell lives on, and its next Ctrl+C is not this command's second one.
    release();
  }
  output.talk("stopped");
  return 0;
};

/** The switches asked for; `COMMAND_USAGE` when one is none, or takes another value. */
function switchesOf(options: OptionValues): NonNullable<SimulatorOptions["switches"]> {
  try {
    return {
      ...(optionSet(options, "newAccount") ? { newAccount: true } : {}),
      ...readSwitches(optionList(options, "switch")),
    };
  } catch (error) {
    if (!(error instanceof SampanError)) throw error;
    throw new SampanError("COMMAND_USAGE", error.message, { cause: error });
  }
}
