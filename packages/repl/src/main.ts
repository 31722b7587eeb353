import { startDebugLog } from "./debug-log/start-debug-log.ts";
import type { DetachedJob, DetachedReport } from "./detached/detached-job.ts";
import { withoutGlobalOptions } from "./global-options.ts";
import { languageOf } from "./language/language.ts";
import { programVersion } from "./version.ts";

/** What writing says once nobody reads any more, such as a terminal whose window was closed. */
const gone = ["EPIPE", "EIO", "ERR_STREAM_DESTROYED"];

/**
 * Runs the `sampan` program in this process and ends it.
 *
 * Only what the command line needs is loaded: the version costs one small file, the shell and each command their own.
 */
export async function runProgram(): Promise<void> {
  keepDeprecationsQuiet();
  const argv = process.argv.slice(2);
  for (const stream of [process.stdout, process.stderr]) {
    // Whoever read our output has left (`sampan runs | head -1`): no reason to die noisily, nor to stop a run.
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (!gone.includes(error.code ?? "")) throw error;
    });
  }
  if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
    process.stdout.write(`${programVersion()}\n`);
    return;
  }
  await startDebugLog(argv);
  // The program ends by its own word: what it waits for last may be a timer or a process that keeps nothing alive.
  setInterval(() => undefined, 2 ** 30);
  const world = {
    argv,
    env: process.env,
    cwd: process.cwd(),
    stdout: process.stdout,
    stderr: process.stderr,
  };
  let exitCode: number;
  if (withoutGlobalOptions(argv).length === 0 && process.stdin.isTTY === true)
    exitCode = await openShell(world);
  else {
    const { reportError, runCommandLine } = await import("./program.ts");
    process.on("unhandledRejection", (reason) => process.exit(reportError(world, reason)));
    exitCode = await runCommandLine(world);
  }
  await Promise.all([drained(process.stdout), drained(process.stderr)]);
  // Sockets kept alive for another request must not keep the program.
  process.exit(exitCode);
}

/**
 * Has Node.js say nothing of deprecated calls: the vendor's clients make some (`url.parse`), which newer versions tell of right across what is
 * drawn on the screen, and whoever runs a plan can mend none. `node --trace-deprecation` still shows them.
 */
function keepDeprecationsQuiet(): void {
  process.noDeprecation = process.traceDeprecation !== true;
}

/** Opens the shell without loading what other commands need: its prompt is to be there at once. */
async function openShell(world: {
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}): Promise<number> {
  const [{ runShell }, { createOutput }, { commandTable }, { plainText }, { settleShell }, { speak }] =
    await Promise.all([
      import("./shell/run-shell.ts"),
      import("./terminal/output.ts"),
      import("./command-table.ts"),
      import("./terminal/plain-text.ts"),
      import("./settings/settle-shell.ts"),
      import("./language/speech.ts"),
    ]);
  const problem = await settleShell(world.env, world.cwd);
  await speak(languageOf(world));
  if (problem !== undefined) world.stderr.write(`${plainText(problem)}\n`);
  const call = {
    ...world,
    args: [],
    options: {},
    output: createOutput(world),
    stdin: process.stdin,
    commands: commandTable,
    runCommand: async (argv: readonly string[]) => {
      const { runCommandLine } = await import("./program.ts");
      return runCommandLine({ ...world, argv });
    },
  };
  try {
    return await runShell(call, { codes: [], file: undefined, rc: "usual" });
  } catch (error) {
    const { printError } = await import("./render/print-error.ts");
    return printError(call.output, error);
  }
}

/** Works on the runs of `sampan run --detach`: gets them from the process that started this one, and goes on without it. */
export async function runDetached(): Promise<void> {
  keepDeprecationsQuiet();
  // Of a terminal that is not ours.
  process.on("SIGHUP", () => undefined);
  // Listened for at once: it is sent as soon as this process is.
  const job = new Promise<DetachedJob>((resolve, reject) => {
    process.once("message", (message) => resolve(message as DetachedJob));
    process.once("disconnect", () => reject(new Error("nobody said what to run")));
  });
  job.catch(() => undefined);
  await startDebugLog([]);
  const { workDetached } = await import("./detached/work-detached.ts");
  const exitCode = await workDetached(await job, tellStarter);
  process.exit(exitCode);
}

/** Says it to the process that started this one, as long as that is there, and lets go of it. */
function tellStarter(report: DetachedReport): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) return resolve();
    process.send(report, undefined, undefined, () => {
      if (process.connected) process.disconnect();
      resolve();
    });
  });
}

/** Resolves once everything written to the stream has left this process, or never will. */
function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || !stream.writable) resolve();
    else stream.write("", () => resolve());
  });
}
