import type { DetachedJob, DetachedReport } from "./detached/detached-job.ts";
import { withoutLanguage } from "./language/language.ts";
import { programVersion } from "./version.ts";

/**
 * Runs the `sampan` program in this process and ends it.
 *
 * Only what the command line needs is loaded: the version costs one small file, the shell and each command their own.
 */
export async function runProgram(): Promise<void> {
  const argv = process.argv.slice(2);
  for (const stream of [process.stdout, process.stderr]) {
    // Whoever read our output has left (`sampan runs | head -1`): no reason to die noisily, nor to stop a run.
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE" && error.code !== "ERR_STREAM_DESTROYED") throw error;
    });
  }
  if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
    process.stdout.write(`${programVersion()}\n`);
    return;
  }
  const world = {
    argv,
    env: process.env,
    cwd: process.cwd(),
    stdout: process.stdout,
    stderr: process.stderr,
  };
  let exitCode: number;
  if (withoutLanguage(argv).length === 0) {
    const [{ runShell }, { settleShell }, { plainText }] = await Promise.all([
      import("./shell/run-shell.ts"),
      import("./settings/settle-shell.ts"),
      import("./terminal/plain-text.ts"),
    ]);
    const problem = await settleShell(process.env, world.cwd);
    if (problem !== undefined) process.stderr.write(`${plainText(problem)}\n`);
    exitCode = await runShell({ ...world, stdin: process.stdin });
  } else {
    const { reportError, runCommandLine } = await import("./program.ts");
    process.on("unhandledRejection", (reason) => process.exit(reportError(world, reason)));
    exitCode = await runCommandLine(world);
  }
  await Promise.all([drained(process.stdout), drained(process.stderr)]);
  // Sockets kept alive for another request must not keep the program.
  process.exit(exitCode);
}

/** Works on the runs of `sampan run --detach`: gets them from the process that started this one, and goes on without it. */
export async function runDetached(): Promise<void> {
  // Of a terminal that is not ours.
  process.on("SIGHUP", () => undefined);
  // Listened for at once: it is sent as soon as this process is.
  const job = new Promise<DetachedJob>((resolve, reject) => {
    process.once("message", (message) => resolve(message as DetachedJob));
    process.once("disconnect", () => reject(new Error("nobody said what to run")));
  });
  job.catch(() => undefined);
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
