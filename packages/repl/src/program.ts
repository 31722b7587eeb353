import { type ExitCode, isSampanError, SampanError } from "@sampan/core";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import type { CommandCall, OpenHost } from "./command-call.ts";
import type { CommandEntry } from "./command-entry.ts";
import { commandFirst } from "./command-first.ts";
import { commandGroups } from "./command-groups.ts";
import { debugLog, language, noConfig, type OptionEntry } from "./command-options.ts";
import { commandTable } from "./command-table.ts";
import { tellSettings } from "./debug-log/tell.ts";
import { withoutGlobalOptions, wordsBeforeDashes } from "./global-options.ts";
import { helpWords } from "./language/help-words.ts";
import { languageOf } from "./language/language.ts";
import { say, speak, translated } from "./language/speech.ts";
import { printError } from "./render/print-error.ts";
import { createOutput, type OutputStream } from "./terminal/output.ts";
import { oneLine } from "./terminal/plain-text.ts";
import { wrapText } from "./terminal/width.ts";
import { programVersion } from "./version.ts";

/** The world a program runs in. */
export interface ProgramWorld {
  /** What was typed after `sampan`. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** The commands offered; another table is for tests. */
  readonly commands?: readonly CommandEntry[];
  /** What opens hosts; another one is for tests. */
  readonly openHost?: OpenHost;
}

/** What help tells of besides commands. */
const topicNames = ["environment", "exit-codes"];

/** Runs one command line and gives its exit code. Never throws: errors are printed where the contract says. */
export async function runCommandLine(typed: ProgramWorld): Promise<ExitCode> {
  const { commands = commandTable } = typed;
  const world = { ...typed, argv: commandFirst(typed.argv, commands) };
  await speak(languageOf(world));
  const topic = await topicOf(withoutGlobalOptions(world.argv));
  if (topic !== undefined) {
    world.stdout.write(topic);
    return 0;
  }
  let exitCode: ExitCode = 0;
  const program = buildProgram(world, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...helpAsked(world.argv, commands)], { from: "user" });
    return exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0;
    const error = thrown instanceof CommanderError ? usageError(thrown, world.argv) : thrown;
    return reportError(world, error);
  }
}

/** The text of a topic that help is asked for and that is no command. */
async function topicOf([command, name, ...more]: readonly string[]): Promise<string | undefined> {
  if (command !== "help" || name === undefined || more.length > 0) return undefined;
  if (!topicNames.includes(name)) return undefined;
  const { helpTopics } = await import("./help/topics.ts");
  return helpTopics[name]?.();
}

/** `help fleet run` as `fleet run --help`: the parser's own help takes one word. */
function helpAsked(argv: readonly string[], commands: readonly CommandEntry[]): readonly string[] {
  const [help, first, second] = withoutGlobalOptions(argv);
  if (help !== "help" || !commands.some(({ name }) => name === `${first} ${second}`)) return argv;
  return [...argv.filter((word) => word !== "help"), "--help"];
}

/** Prints an error: a JSON line on stdout under `--json`, otherwise lines on stderr. Gives the exit code it stands for. */
export function reportError(world: ProgramWorld, thrown: unknown): ExitCode {
  return printError(createOutput({ ...world, json: askedForJson(world.argv) }), thrown);
}

function askedForJson(argv: readonly string[]): boolean {
  return wordsBeforeDashes(argv).includes("--json");
}

function buildProgram(world: ProgramWorld, done: (code: ExitCode) => void): Command {
  const program = new Command("sampan");
  program
    .description(say("help.description"))
    .version(programVersion(), "-V, --version", say("help.version"))
    .addOption(commanderOption(language))
    .addOption(commanderOption(debugLog))
    .helpOption("-h, --help", say("help.help"))
    .helpCommand("help [command]", say("help.command"))
    .showSuggestionAfterError()
    .addHelpText(
      "after",
      `\n${wrapText(`${say("help.exit-codes")}\n${say("help.topics", { topics: topicNames.map((name) => `sampan help ${name}`).join(", ") })}`, helpColumns(world))}`,
    );
  const commands = world.commands ?? commandTable;
  for (const entry of commands) addCommand(program, entry, { ...world, commands }, done);
  for (const command of withCommands(program)) {
    command.exitOverride();
    command.configureHelp(helpWords());
    command.configureOutput({
      writeOut: (text) => void world.stdout.write(text),
      // Errors are thrown and told by reportError; help after a wrong command line would bury them.
      writeErr: () => undefined,
      getOutHasColors: () => false,
      getOutHelpWidth: () => helpColumns(world),
    });
  }
  return program;
}

/** A command and all below it. */
function withCommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(withCommands)];
}

/** The command that holds those of a group; made with the first of them. */
function groupIn(program: Command, name: string): Command {
  const known = program.commands.find((command) => command.name() === name);
  if (known !== undefined) return known;
  const { summary = "", details } = commandGroups.find((group) => group.name === name) ?? {};
  return describe(program.command(name), summary, details).helpCommand("help [command]", say("help.command"));
}

function describe(command: Command, text: string, more: string | undefined): Command {
  const summary = translated(text);
  // Lines of the table end where its file does; a terminal has a width of its own.
  const details = more === undefined ? [] : [translated(more).replaceAll("\n", " ")];
  command.summary(summary).description([summary, ...details].join("\n"));
  return command.helpOption("-h, --help", say("help.help")).showSuggestionAfterError();
}

function helpColumns({ stdout }: ProgramWorld): number {
  return Math.min(stdout.columns || 100, 120);
}

function addCommand(
  program: Command,
  entry: CommandEntry,
  world: ProgramWorld,
  done: (code: ExitCode) => void,
): void {
  const [first = "", second] = entry.name.split(" ");
  const parent = second === undefined ? program : groupIn(program, first);
  const command = parent.command(`${second ?? first} ${entry.usage}`.trim(), {
    hidden: entry.hidden === true,
  });
  describe(command, entry.summary, entry.details).allowExcessArguments(false);
  for (const option of entry.options) command.addOption(commanderOption(option));
  command.addHelpText(
    "after",
    `\n${say("help.examples")}\n${entry.examples.map((example) => `  ${example}`).join("\n")}`,
  );
  command.action(async (...given: unknown[]) => {
    const options = command.opts<Record<string, unknown>>();
    const args = given
      .slice(0, command.registeredArguments.length)
      .flatMap((value) => (Array.isArray(value) ? value : [value]))
      .map((value) => (typeof value === "string" ? value : undefined));
    const output = createOutput({ ...world, json: options.json === true, quiet: options.quiet === true });
    const { run } = await entry.load();
    const { openHost, commands = [] } = world;
    const settled = await settle(entry, options, world);
    // A file of settings may choose the language; only from here on, for help and wrong command lines read none.
    await speak(languageOf({ argv: world.argv, env: settled.env }));
    const skipped = settled.settings instanceof Error ? null : settled.settings?.passedOver;
    if (skipped) {
      output.talk(
        oneLine(
          `${skipped.path} computes its settings, and \`${entry.name}\` does not run it: they do not count`,
        ),
      );
    }
    const runCommand = (argv: readonly string[]) => runCommandLine({ ...world, argv });
    const { cwd } = world;
    done(await run({ args, output, cwd, commands, runCommand, ...settled, ...(openHost && { openHost }) }));
  });
}

/** The options and the environment of a command, with the settings of files in them where it looks those up. */
async function settle(
  entry: CommandEntry,
  options: Record<string, unknown>,
  { env, cwd }: ProgramWorld,
): Promise<Pick<CommandCall, "options" | "env" | "configured" | "settings">> {
  if (!entry.options.includes(noConfig)) return { options, env };
  const { applySettings } = await import("./settings/apply-settings.ts");
  try {
    const { loaded, ...settled } = await applySettings({ entry, options, env, cwd });
    tellSettings(loaded.settings, options);
    if (entry.settlesProcess === true && env === process.env) {
      const { settleProcess } = await import("./settings/settle-shell.ts");
      settleProcess(process.env, settled);
      return { ...settled, env, settings: loaded };
    }
    return { ...settled, settings: loaded };
  } catch (error) {
    if (entry.bearsBrokenSettings === true && isSampanError(error)) return { options, env, settings: error };
    throw error;
  }
}

function commanderOption(entry: OptionEntry): Option {
  const option = new Option(entry.flags, translated(entry.summary));
  if (entry.choices) option.choices([...entry.choices]);
  if (entry.repeatable) {
    option.argParser((text: string, earlier: readonly string[] = []) => [...earlier, text]);
  }
  const { integer } = entry;
  if (integer) {
    option.argParser((text: string) => {
      const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
      if (value >= integer.min && value <= integer.max) return value;
      throw new InvalidArgumentError(`It takes a whole number from ${integer.min} to ${integer.max}.`);
    });
  }
  return option;
}

/** Turns what commander complains about into our own error: its first line, and its guess of what was meant as the hint. */
function usageError(error: CommanderError, argv: readonly string[]): SampanError {
  const text = error.message.replace(/^error: /, "").trim();
  const guess = /\(Did you mean ([^)]+?)\?\)\s*$/.exec(text);
  const message = text
    .replace(/\(Did you mean [^)]*\)\s*$/, "")
    .replace(/\s+/g, " ")
    .trim();
  if (error.code === "commander.help") {
    const words = withoutGlobalOptions(argv);
    const group = commandGroups.find(({ name }) => name === words[0])?.name;
    const asked = words[0] === "help" ? words[1] : group === undefined ? undefined : words[2];
    const problem = asked === undefined ? "no command was given" : `unknown command '${asked}'`;
    return new SampanError("COMMAND_USAGE", problem, {
      ...(group === undefined ? {} : { hint: `\`sampan help ${group}\` lists its commands.` }),
    });
  }
  return new SampanError("COMMAND_USAGE", message === "" ? "the command line is not understood" : message, {
    ...(guess ? { hint: `Did you mean ${guess[1]}?` } : {}),
    details: { problem: error.code.replace(/^commander\./, "") },
  });
}
