import { isSampanError, KiB, MiB, SampanError } from "@sampan/core";
import type { CommandResult, Shell } from "../../connection/shell.ts";
import { type ProbeAnswer, parseProbeAnswer } from "./probe-answer.ts";
import { probeScript } from "./probe-script.ts";

/** One thing that is asked of a host. */
export type ProbeRequest =
  | readonly [what: "all" | "disks"]
  | readonly [what: "look" | "list", path: string]
  | readonly [what: "take", path: string, limitBytes: number]
  | readonly [what: "piece", disk: string, firstBlock: number, blockCount: number];

/** A host that is looked at. */
export interface ProbedHost {
  readonly shell: Shell;
  /** The folder under which the host's root is seen; empty for `/`, as it is on every real host. */
  readonly root: string;
}

/** What an answer may have on the wire. Heads of disks and digits pack to a tenth where the host has gzip. */
const maxWireBytes = 64 * MiB;

/** A probe is a question to a kernel; a host that does not answer in so long hangs. */
const timeoutMs = 180_000;

/**
 * Asks a host by the probe, as root, in one round trip.
 *
 * @throws `HOST_ROOT_REFUSED` when the user does not get root's rights, `HOST_COMMAND_FAILED` when the probe cannot run,
 * `HOST_ANSWER_INVALID` when what comes back is no answer, and what the shell throws.
 */
export async function askProbe(
  host: ProbedHost,
  requests: readonly ProbeRequest[],
  signal?: AbortSignal,
): Promise<ProbeAnswer> {
  const { title } = host.shell;
  const { exitCode, stdout, stderr } = await runProbe(host, requests, signal);
  if (exitCode !== 0 && stdout.length === 0) {
    const said = stderr === "" ? "" : `, saying ${stderr.replace(/\s+/g, " ").slice(0, 500)}`;
    throw new SampanError(
      "HOST_COMMAND_FAILED",
      `looking at ${title}: the probe ended with ${exitCode}${said}`,
      {
        details: { exitCode },
      },
    );
  }
  return parseProbeAnswer(stdout, title);
}

async function runProbe(
  { shell, root }: ProbedHost,
  requests: readonly ProbeRequest[],
  signal: AbortSignal | undefined,
): Promise<CommandResult> {
  const args = [root, ...requests.flatMap((request) => request.map(String))];
  const options = { asRoot: true, maxOutputBytes: maxWireBytes, timeoutMs, ...(signal && { signal }) };
  try {
    return await shell.script(probeScript, args, options);
  } catch (cause) {
    if (!isSampanError(cause, "HOST_ROOT_REFUSED")) throw cause;
    throw new SampanError(
      "HOST_ROOT_REFUSED",
      `looking at ${shell.title}: root's rights are needed for the beginnings of its disks and for settings that only root may read, such as those of sshd and the boot loader (${cause.message})`,
      { cause, details: cause.details, hint: cause.hint },
    );
  }
}

/** Pieces in which what is large is read. */
export const largePieceBytes = 4 * MiB;

/**
 * Reads a piece of a large file, at most 4 MiB; shorter where the file ends. `undefined` when it cannot be read.
 *
 * @param offset a multiple of 4 MiB.
 */
export async function readLargePiece(
  { shell, root }: ProbedHost,
  path: string,
  offset: number,
  signal?: AbortSignal,
): Promise<Uint8Array | undefined> {
  const blockBytes = 256 * KiB;
  const count = largePieceBytes / blockBytes;
  const { exitCode, stdout } = await shell.run(
    ["dd", `if=${root}${path}`, `bs=${blockBytes}`, `skip=${offset / blockBytes}`, `count=${count}`],
    { asRoot: true, maxOutputBytes: largePieceBytes, timeoutMs, ...(signal && { signal }) },
  );
  return exitCode === 0 ? stdout : undefined;
}
