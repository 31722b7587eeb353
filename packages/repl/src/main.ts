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
  if (argv.length === 0) {
    const { runShell } = await import("./shell/run-shell.ts");
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

/** Resolves once everything written to the stream has left this process, or never will. */
function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || !stream.writable) resolve();
    else stream.write("", () => resolve());
  });
}
