import { cancelledError, SampanError, throwIfCancelled } from "@sampan/core";
import { type MasterOptions, SshMaster } from "./ssh-master.ts";
import { checkedSshTarget, type SshTarget, sshTitle } from "./ssh-target.ts";

/** Options of a connection. */
export interface SshConnectionOptions {
  /** The OpenSSH client. Default: `ssh` of the PATH. */
  readonly program?: string;
  /** Lets ssh ask on the terminal: for a passphrase, a password, or whether a host key is right. Default: it never asks. */
  readonly asksOnTerminal?: boolean;
  /** Time for the connection to come about, log-in excluded, in milliseconds. Default: 20 s. */
  readonly connectTimeoutMs?: number;
  /** A host that says nothing for so long is lost, in milliseconds. Default: one minute. */
  readonly silenceMs?: number;
  readonly signal?: AbortSignal;
}

// sshd allows ten channels on a connection unless told otherwise (MaxSessions), and one is kept to end commands by.
const channelsPerMaster = 8;
const mostMasters = 4;

/** A place for one channel on a connection that is logged in. Given back when the channel has ended. */
export interface ChannelPlace {
  readonly master: SshMaster;
  giveBack(): void;
  /** Says that the host refused the channel: no more than are open now will be asked of this connection. */
  refused(): void;
}

/**
 * The connections to one host: one, and more when the host allows fewer channels on it than are needed at a time.
 *
 * One that was lost is made again when the next channel is asked for.
 */
export class SshConnection {
  readonly target: SshTarget;
  readonly title: string;
  readonly program: string;
  readonly #options: SshConnectionOptions;
  #masters: SshMaster[] = [];
  #starting: Promise<SshMaster> | undefined;
  #capacity = channelsPerMaster;
  #connected = false;
  #closed = false;
  readonly #waiting: (() => void)[] = [];

  constructor(target: SshTarget, options: SshConnectionOptions = {}) {
    this.target = checkedSshTarget(target);
    this.title = sshTitle(target);
    this.program = options.program ?? "ssh";
    this.#options = options;
  }

  /** Finds a place for a channel, and connects when there is none. Errors are those of {@link SshMaster.start}. */
  async place(signal?: AbortSignal): Promise<ChannelPlace> {
    for (;;) {
      throwIfCancelled(signal);
      if (this.#closed) throw this.#closedError();
      this.#dropDead();
      const free = this.#masters.find((master) => master.open < master.capacity);
      if (free !== undefined) return this.#take(free);
      // Someone who sits at the terminal is not asked again for each further connection.
      const most = this.#options.asksOnTerminal === true ? 1 : mostMasters;
      if (this.#masters.length < most) await unlessCancelled(this.#start(), signal);
      else await unlessCancelled(new Promise<void>((resolve) => this.#waiting.push(resolve)), signal);
    }
  }

  /** Ends all connections. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const wake of this.#waiting.splice(0)) wake();
    await this.#starting?.catch(() => undefined);
    const masters = this.#masters;
    this.#masters = [];
    await Promise.all(masters.map((master) => master.close()));
  }

  #take(master: SshMaster): ChannelPlace {
    master.open++;
    let taken = true;
    const giveBack = () => {
      if (!taken) return;
      taken = false;
      master.open--;
      // One that was lost keeps what ssh said about it until its last channel has been told.
      if (!master.alive && master.open === 0 && !this.#masters.includes(master)) void master.close();
      this.#waiting.shift()?.();
    };
    return {
      master,
      giveBack,
      refused: () => {
        giveBack();
        if (master.open === 0) {
          throw new SampanError(
            "HOST_LOGIN_REFUSED",
            `running a command on ${this.title}: it lets this user log in, but run nothing`,
            {
              hint: "In the host's sshd_config, MaxSessions must be at least 1 for this user.",
            },
          );
        }
        master.capacity = Math.min(master.capacity, master.open);
        this.#capacity = Math.min(this.#capacity, master.capacity);
      },
    };
  }

  /** Starts a connection; all who need one at the same time get the same. */
  async #start(): Promise<void> {
    this.#starting ??= this.#startMaster().finally(() => {
      this.#starting = undefined;
    });
    await this.#starting;
  }

  async #startMaster(): Promise<SshMaster> {
    const { connectTimeoutMs = 20_000, silenceMs = 60_000, asksOnTerminal = false, signal } = this.#options;
    const options: MasterOptions = {
      program: this.program,
      asksOnTerminal,
      connectTimeoutSeconds: Math.max(1, Math.ceil(connectTimeoutMs / 1000)),
      silenceSeconds: Math.max(1, Math.ceil(silenceMs / 1000)),
      again: this.#connected,
      signal,
    };
    const master = await SshMaster.start(this.target, this.#capacity, options);
    if (this.#closed) {
      await master.close();
      throw this.#closedError();
    }
    this.#connected = true;
    this.#masters.push(master);
    return master;
  }

  /** Lets go of connections that have ended. */
  #dropDead(): void {
    for (const master of this.#masters) if (!master.alive && master.open === 0) void master.close();
    this.#masters = this.#masters.filter((master) => master.alive);
  }

  #closedError(): SampanError {
    return new SampanError("HOST_CONNECTION_LOST", `using ${this.title}: its connection has been closed`);
  }
}

/** Waits for what others may wait for too; only this waiting ends when the signal aborts. */
async function unlessCancelled(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return work;
  let cancel: () => void = () => undefined;
  const cancelled = new Promise<never>((_, reject) => {
    cancel = () => reject(cancelledError(signal.reason));
    signal.addEventListener("abort", cancel, { once: true });
  });
  try {
    await Promise.race([work, cancelled]);
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}
