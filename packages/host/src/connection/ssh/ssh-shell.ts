import { cancelledError, isSampanError, SampanError, throwIfCancelled } from "@sampan/core";
import { tellCommand } from "../command-channel.ts";
import { plainText } from "../plain-text.ts";
import { collectOutput, startProgram } from "../run-program.ts";
import type { Argv, CommandOptions, RunningCommand, Shell } from "../shell.ts";
import { BecomingRoot } from "./become-root.ts";
import { takeGreeting } from "./greeting.ts";
import { commandLine, loginLine, newMark } from "./remote-line.ts";
import { channelArguments } from "./ssh-arguments.ts";
import { type ChannelPlace, SshConnection, type SshConnectionOptions } from "./ssh-connection.ts";
import { isChannelRefusal, isDeadMaster, lostFailure } from "./ssh-failures.ts";
import type { SshTarget } from "./ssh-target.ts";

/** How long the log-in scripts of a host may take, and `sudo` to let us in or say no. */
const loginTimeoutMs = 90_000;
const killTimeoutMs = 10_000;
/** How long a command may take to end after it was told to, before its pipes are cut. */
const killPatienceMs = 3_000;

/** Ends a group of processes, with force when asking does not help. `$1`: the group. */
const killScript = `
kill -TERM "-$1" 2>/dev/null || exit 0
for i in 1 2; do kill -0 "-$1" 2>/dev/null || exit 0; sleep 1; done
kill -KILL "-$1" 2>/dev/null
`;

/** What the user may do on the host, asked once. */
interface Rights {
  readonly isRoot: boolean;
  readonly tools: readonly string[];
}

/**
 * Opens a shell on a host over the system's own OpenSSH client, whose configuration, agents, jump hosts and known hosts hold as they
 * do for `ssh HOST`. Connects at once, so that what is wrong shows early.
 *
 * Commands share one connection as channels; a connection that was lost is made again by the next command. What the log-in scripts
 * of the host print is left out. With `asRoot` a user who is not root goes through `sudo`, or `doas` where only that is there; a
 * password comes from the target and is sent only when `sudo` asks. Nothing stays behind on either side when this program ends,
 * however it ends.
 *
 * Besides the errors of {@link Shell}: `HOST_SOURCE_INVALID` for a target that could be taken for options or syntax,
 * `HOST_TOOL_MISSING` without OpenSSH, `HOST_ANSWER_INVALID` when the log-in ends without running what it was given.
 *
 * @example
 * ```ts
 * const shell = await openSshShell(parseSshTarget("ssh://root@web-01"));
 * const { stdout } = await shell.run(["cat", "/etc/hostname"]);
 * await shell.close();
 * ```
 */
export async function openSshShell(target: SshTarget, options: SshConnectionOptions = {}): Promise<Shell> {
  const shell = new SshShell(target, options);
  try {
    await shell.connect(options.signal);
    return shell;
  } catch (error) {
    await shell.close();
    throw error;
  }
}

class SshShell implements Shell {
  readonly title: string;
  readonly #connection: SshConnection;
  readonly #running = new Set<{ end(): Promise<void> }>();
  #rights: Rights = { isRoot: false, tools: [] };

  constructor(target: SshTarget, options: SshConnectionOptions) {
    this.#connection = new SshConnection(target, options);
    this.title = this.#connection.title;
  }

  async connect(signal?: AbortSignal): Promise<void> {
    const script = "id -u; for tool in sudo doas; do command -v $tool; done; :";
    const { stdout } = await this.script(script, [], { maxOutputBytes: 4096, ...(signal && { signal }) });
    const [uid, ...found] = new TextDecoder().decode(stdout).trim().split("\n");
    this.#rights = {
      isRoot: uid === "0",
      tools: ["sudo", "doas"].filter((tool) => found.some((path) => path.endsWith(`/${tool}`))),
    };
  }

  run(argv: Argv, options: CommandOptions = {}) {
    const starting = (signal: AbortSignal) => this.start(argv, { ...options, signal });
    return collectOutput(starting, `${argv[0]} on ${this.title}`, options);
  }

  script(script: string, args: readonly string[], options?: CommandOptions) {
    return this.run(["/bin/sh", "-c", script, "sh", ...args], options);
  }

  startScript(script: string, args: readonly string[], options?: Pick<CommandOptions, "asRoot" | "signal">) {
    return this.start(["/bin/sh", "-c", script, "sh", ...args], options);
  }

  start(argv: Argv, options: Pick<CommandOptions, "asRoot" | "signal"> = {}): Promise<RunningCommand> {
    const begin = () => this.#start(argv, options);
    return tellCommand(this.title, argv, begin, ({ ended }) => ended);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running].map((running) => running.end()));
    await this.#connection.close();
  }

  async #start(argv: Argv, options: Pick<CommandOptions, "asRoot" | "signal">): Promise<RunningCommand> {
    if (argv.some((word) => word.includes("\0"))) {
      throw new SampanError(
        "CORE_ARGUMENT",
        `running ${plainText(argv[0])} on ${this.title}: a NUL character`,
      );
    }
    for (;;) {
      const place = await this.#connection.place(options.signal);
      const started = await this.#startAt(place, argv, options).catch((error: unknown) => {
        place.giveBack();
        throw error;
      });
      if (started === "refused") place.refused();
      else if (started !== "dead") return started;
    }
  }

  /** Starts a command in a channel, unless the host opens no further one on that connection, or the connection is dead already. */
  async #startAt(
    place: ChannelPlace,
    argv: Argv,
    { asRoot = false, signal }: Pick<CommandOptions, "asRoot" | "signal">,
  ): Promise<RunningCommand | "refused" | "dead"> {
    const title = `${plainText(argv[0])} on ${this.title}`;
    const becoming = asRoot && !this.#rights.isRoot ? this.#becomeRoot(title) : undefined;
    const mark = newMark();
    let said = "";
    const child = startProgram(
      { file: this.#connection.program, args: channelArguments(place.master.socket, loginLine), title },
      undefined,
      {
        errorsAfter: `${mark}\n`,
        onError: (part) => {
          if (said.length < 64 * 1024) said += part.toString("latin1");
          becoming?.heard(part.toString("latin1"), child);
        },
      },
    );
    // Our end may be closed by the host at any time; how that is told is through `ended`.
    child.stdin.on("error", () => undefined);

    let exited = false;
    let killing: Promise<void> | undefined;
    let tellGroup: (group: string | undefined) => void = noop;
    const group = new Promise<string | undefined>((resolve) => {
      tellGroup = resolve;
    });
    const kill = () => {
      if (exited) return;
      killing ??= this.#end(child, group, asRoot);
    };
    const onAbort = () => kill();
    const running = {
      async end() {
        kill();
        await ended.then(noop, noop);
      },
    };
    const ended = child.ended
      .then(async ({ exitCode, stderr }) => {
        exited = true;
        if (signal?.aborted) throw cancelledError(signal.reason);
        if (exitCode !== 255) return { exitCode, stderr };
        // ssh says 255 for itself too, and for a command that a signal ended with its shell.
        if (killing !== undefined) return { exitCode: 143, stderr };
        if (!(await place.master.answers())) {
          throw lostFailure(this.title, `running ${plainText(argv[0])}`, await place.master.said());
        }
        return { exitCode, stderr };
      })
      .finally(() => {
        exited = true;
        tellGroup(undefined);
        place.giveBack();
        signal?.removeEventListener("abort", onAbort);
        this.#running.delete(running);
      });
    ended.catch(noop);
    this.#running.add(running);
    signal?.addEventListener("abort", onAbort, { once: true });
    if (signal?.aborted) onAbort();

    /** Reads up to the line that says a shell has begun; `undefined` when the channel ended instead. */
    const greeted = async (expected: string) => {
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        kill();
      }, loginTimeoutMs);
      const greeting = await takeGreeting(child.stdout, expected).finally(() => clearTimeout(timer));
      if (late) throw slowLogin(this.title, title);
      if (greeting === "garbage") {
        kill();
        throw garbage(this.title, title);
      }
      if ("text" in greeting) return greeting.text;
      said += greeting.ended;
      told = await ended;
      throwIfCancelled(signal);
      return undefined;
    };
    let told = { exitCode: 0, stderr: "" };
    // Without rights to gain, the command is sent at once; otherwise when root's shell waits for it.
    child.stdin.write(commandLine(becoming?.loginMark ?? mark, becoming?.argv ?? argv));
    const first = await greeted(becoming?.loginMark ?? mark).catch((error: unknown) => {
      // Nothing has run when the connection was found dead on opening the channel: it can be made again.
      if (isSampanError(error, "HOST_CONNECTION_LOST") && isDeadMaster(said)) return "dead";
      throw error;
    });
    if (first === "dead") return "dead";
    if (first === undefined) {
      if (told.exitCode === 255 && isChannelRefusal(said)) return "refused";
      throw loginFailure(this.title, title, told.exitCode, said);
    }
    tellGroup(/^[1-9][0-9]{1,9}$/.test(first) ? first : undefined);
    if (becoming !== undefined) {
      const isRoot = await greeted(becoming.rootMark);
      if (isRoot === undefined) throw becoming.refusal(said);
      child.stdin.write(commandLine(mark, argv));
      if ((await greeted(mark)) === undefined) throw loginFailure(this.title, title, told.exitCode, said);
    }
    return { stdin: child.stdin, stdout: child.stdout, ended, kill };
  }

  /** Ends a command on the host, then its channel. Its group is known once the command has begun. */
  async #end(child: RunningCommand, group: Promise<string | undefined>, asRoot: boolean): Promise<void> {
    const timer = setTimeout(() => child.kill(), killPatienceMs);
    const stop = () => clearTimeout(timer);
    child.ended.then(stop, stop);
    child.stdin.end();
    const known = await Promise.race([group, child.ended.then(nothing, nothing)]);
    // What nobody reads any more must not keep the command from ending.
    child.stdout.resume();
    if (known === undefined) child.kill();
    else {
      const options = { asRoot, timeoutMs: killTimeoutMs };
      await this.script(killScript, [known], options).catch(() => child.kill());
    }
  }

  #becomeRoot(title: string): BecomingRoot {
    const { tools } = this.#rights;
    const password = this.#connection.target.sudoPassword;
    const by = tools.includes("sudo") ? "sudo" : tools.includes("doas") ? "doas" : undefined;
    if (by === undefined) {
      throw new SampanError(
        "HOST_ROOT_REFUSED",
        `running ${title} as root: neither sudo nor doas is installed`,
        {
          hint: "Log in as root; a password for `su` cannot be given without a terminal.",
        },
      );
    }
    return new BecomingRoot(title, by, password);
  }
}

const noop = () => undefined;
const nothing = (): undefined => undefined;

function loginFailure(host: string, title: string, exitCode: number, said: string): SampanError {
  const text = plainText(said).split("\n").join(" ").slice(0, 300);
  const details = { host, exitCode, said: text };
  if (/account is (?:currently )?not available|nologin/i.test(text)) {
    return new SampanError(
      "HOST_LOGIN_REFUSED",
      `running ${title}: the user has no log-in shell there: ${text}`,
      {
        details,
      },
    );
  }
  return new SampanError(
    "HOST_ANSWER_INVALID",
    `running ${title}: the log-in ended with code ${exitCode} before the command began${text && `: ${text}`}`,
    { hint: "What `ssh HOST 'exec /bin/sh -c id'` says tells more.", details },
  );
}

function slowLogin(host: string, title: string): SampanError {
  return new SampanError(
    "HOST_TIMEOUT",
    `running ${title}: its log-in comes to no end within ${loginTimeoutMs / 1000} s`,
    {
      hint: "A log-in script of the user hangs, or sudo waits for something that cannot be given here.",
      retryable: true,
      details: { host },
    },
  );
}

function garbage(host: string, title: string): SampanError {
  return new SampanError("HOST_ANSWER_INVALID", `running ${title}: its log-in scripts print without end`, {
    details: { host },
  });
}
