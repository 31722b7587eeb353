import { channel } from "node:diagnostics_channel";
import { debugChannels, type HostCommandNote } from "@sampan/core";

const commands = channel(debugChannels.hostCommand);
let lastId = 0;

/**
 * Starts a program on a host and tells so on `sampan:host:command`, and again how it ended. While nobody listens this is `start` alone.
 *
 * @param endOf gives the end of what was started; where it rejects, the program counts as failed.
 */
export async function tellCommand<T>(
  host: string,
  argv: readonly string[],
  start: () => Promise<T>,
  endOf: (started: T) => Promise<{ readonly exitCode: number }>,
): Promise<T> {
  if (!commands.hasSubscribers) return start();
  const startedMs = performance.now();
  const note = { id: ++lastId, host, argv };
  const tell = (end?: HostCommandNote["end"]) =>
    commands.publish({ ...note, ...(end === undefined ? {} : { end }) } satisfies HostCommandNote);
  const tookMs = () => Math.round(performance.now() - startedMs);
  const failed = (error: unknown) => tell({ kind: "failed", error, tookMs: tookMs() });
  tell();
  try {
    const started = await start();
    endOf(started).then(({ exitCode }) => tell({ kind: "ended", exitCode, tookMs: tookMs() }), failed);
    return started;
  } catch (error) {
    failed(error);
    throw error;
  }
}
