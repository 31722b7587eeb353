import { type Clock, isSampanError, SampanError } from "@sampan/core";
import type { RunningCommand, Shell } from "../../connection/shell.ts";
import { keeperScript } from "./scripts.ts";

/** A lease on a moment of a host, renewed over one open channel. */
export interface LeaseKeeper {
  /** Asks the host whether it holds the moment still, and renews the lease. Several calls at a time are one. */
  renew(): Promise<void>;
  /**
   * Settles when what was read until now belongs to the moment: at once while the last renewal is fresh, else after another.
   *
   * @throws `HOST_MOMENT_LOST` or `HOST_SNAPSHOT_FULL` when it does not, and from then on.
   */
  confirm(): Promise<void>;
  /** Stops renewing; the lease then runs out by itself unless the moment is released. Idempotent. */
  close(): void;
}

/** What a lease is on. */
export interface Lease {
  /** The moment's folder on the host. */
  readonly folder: string;
  readonly leaseMs: number;
  /** Device-mapper names of its snapshots. */
  readonly snapshots: readonly string[];
}

/** A lease as the host counts it. */
export function leaseSeconds(leaseMs: number): number {
  return Math.ceil(leaseMs / 1000);
}

const maxAnswerBytes = 64 * 1024;
const patienceMs = 30_000;

/**
 * Opens a channel to the host over which a lease is renewed, three times in its duration. When the channel is lost another is opened
 * with the next renewal. The first renewal is done before it resolves.
 *
 * @throws `HOST_MOMENT_LOST` when the host does not hold the moment any more.
 */
export async function keepLease(shell: Shell, lease: Lease, clock: Clock): Promise<LeaseKeeper> {
  const closing = new AbortController();
  let channel: Channel | undefined;
  let renewedAt = Number.NEGATIVE_INFINITY;
  let failure: SampanError | undefined;
  let renewing: Promise<void> | undefined;

  const ask = async () => {
    if (failure !== undefined) throw failure;
    if (closing.signal.aborted) throw lost(shell, "the lease was given up");
    const before = channel;
    let askedAt = clock.now();
    let answer: readonly string[];
    try {
      answer = await answerOf(clock);
    } catch (error) {
      // A channel that was cut since the last renewal is replaced at once.
      if (before === undefined || closing.signal.aborted) throw error;
      askedAt = clock.now();
      answer = await answerOf(clock);
    }
    failure = judge(answer, lease, shell);
    if (failure !== undefined) throw failure;
    renewedAt = askedAt;
  };
  const answerOf = async (by: Clock) => {
    channel ??= await openChannel(shell, lease);
    try {
      return await answerWithin(channel, by, shell.title);
    } catch (error) {
      channel?.end();
      channel = undefined;
      throw error;
    }
  };
  const renew = () => {
    renewing ??= ask().finally(() => {
      renewing = undefined;
    });
    return renewing;
  };

  const keeper: LeaseKeeper = {
    renew,
    async confirm() {
      if (failure !== undefined) throw failure;
      const age = clock.now() - renewedAt;
      // A clock that was set back tells nothing.
      if (age < 0 || age > lease.leaseMs / 2) await renew();
    },
    close() {
      closing.abort();
      channel?.end();
      channel = undefined;
    },
  };
  try {
    await renew();
  } catch (error) {
    keeper.close();
    throw error;
  }
  void (async () => {
    while (!closing.signal.aborted && failure === undefined) {
      await clock.sleep(lease.leaseMs / 3, closing.signal);
      // A renewal that fails for the connection's sake is tried again; readers learn of it when they ask.
      await renew().catch(() => undefined);
    }
  })().catch(() => undefined);
  return keeper;
}

interface Channel {
  /** Sends one renewal and gives the lines of its answer. */
  ask(): Promise<readonly string[]>;
  end(): void;
}

async function openChannel(shell: Shell, lease: Lease): Promise<Channel> {
  const args = [lease.folder, String(leaseSeconds(lease.leaseMs)), ...lease.snapshots];
  const running = await shell.startScript(keeperScript, args, { asRoot: true });
  const answers = readAnswers(running, shell);
  return {
    async ask() {
      running.stdin.write("renew\n");
      const { value, done } = await answers.next();
      if (done || value === undefined) throw cut(shell);
      return value;
    },
    end: () => running.kill(),
  };
}

/** Groups the lines of a keeper by its `end`. */
async function* readAnswers(running: RunningCommand, shell: Shell): AsyncGenerator<readonly string[]> {
  running.stdin.on("error", () => undefined);
  const decoder = new TextDecoder();
  let text = "";
  let lines: string[] = [];
  for await (const part of running.stdout) {
    text += decoder.decode(part as Uint8Array, { stream: true });
    if (text.length + lines.length * 64 > maxAnswerBytes) {
      throw new SampanError(
        "HOST_ANSWER_TOO_LONG",
        `renewing a lease on ${shell.title}: the answer does not end`,
      );
    }
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
      const line = text.slice(0, end);
      text = text.slice(end + 1);
      if (line !== "end") lines.push(line);
      else {
        yield lines;
        lines = [];
      }
    }
  }
  await running.ended;
}

async function answerWithin(channel: Channel, clock: Clock, title: string): Promise<readonly string[]> {
  const waiting = new AbortController();
  const late = clock.sleep(patienceMs, waiting.signal).then(
    () => {
      throw new SampanError(
        "HOST_TIMEOUT",
        `renewing a lease on ${title}: no answer in ${patienceMs / 1000} s`,
        {
          retryable: true,
        },
      );
    },
    () => [] as readonly string[],
  );
  const asking = channel.ask();
  asking.catch(() => undefined);
  try {
    return await Promise.race([asking, late]);
  } finally {
    waiting.abort();
  }
}

/** What an answer says against the moment. */
function judge(answer: readonly string[], lease: Lease, shell: Shell): SampanError | undefined {
  if (answer[0] !== "held") return lost(shell, "the host has let go of it");
  const states = answer
    .filter((line) => line.startsWith("status "))
    .map((line) => line.slice("status ".length));
  for (const [index, name] of lease.snapshots.entries()) {
    // START LENGTH snapshot USED/SIZE METADATA, or a word (Linux, Documentation/admin-guide/device-mapper/snapshot.rst).
    const state = /^\d+ \d+ snapshot (\S+)/.exec(states[index] ?? "")?.[1];
    if (state === undefined) return lost(shell, `its snapshot ${name} is gone`);
    if (!/^\d+\/\d+$/.test(state)) {
      return new SampanError(
        "HOST_SNAPSHOT_FULL",
        `reading snapshot ${name} on ${shell.title}: it is void (${state.slice(0, 20)}), since more was written than it holds`,
      );
    }
  }
  return undefined;
}

function lost(shell: Shell, why: string): SampanError {
  return new SampanError("HOST_MOMENT_LOST", `holding a moment on ${shell.title}: ${why}`);
}

function cut(shell: Shell): SampanError {
  return new SampanError("HOST_MOMENT_LOST", `renewing a lease on ${shell.title}: the channel ended`, {
    retryable: true,
  });
}

/** Tells whether an error is about the moment itself, so that trying again is of no use. */
export function isMomentOver(error: unknown): error is SampanError {
  return (
    isSampanError(error, "HOST_SNAPSHOT_FULL") ||
    (isSampanError(error, "HOST_MOMENT_LOST") && !error.retryable)
  );
}
