import { type ErrorCode, SampanError } from "@sampan/core";
import type { Shell } from "../../connection/shell.ts";
import type { HeldMoment, HoldOptions } from "../../host.ts";
import { given, linesOf } from "./host-view.ts";
import { leaseSeconds } from "./lease-keeper.ts";
import { beginScript, keepScript, releaseScript, statusScript, watchScript } from "./scripts.ts";

/** The folder of a moment on its host. */
export interface MomentFolder {
  readonly id: string;
  readonly path: string;
}

/** What the host says of a moment it has a folder of. */
export interface FoundMoment {
  readonly folder: string;
  /** True when its lease runs and its watchdog lives. */
  readonly held: boolean;
  /** The moment as JSON; empty when it was never finished. */
  readonly moment: string;
}

const maxMomentBytes = 1024 * 1024;
/** Removing a snapshot waits for those who still read it. */
const releaseTimeoutMs = 12 * 60_000;

/** Runs a script as root and gives what it says; a failure, or what `failed` finds in its answer, ends in `code`. */
export async function runOnHost(
  shell: Shell,
  script: string,
  args: readonly string[],
  {
    code,
    doing,
    timeoutMs,
  }: { readonly code: ErrorCode; readonly doing: string; readonly timeoutMs?: number },
  signal?: AbortSignal,
  failed?: (lines: readonly string[]) => string | undefined,
): Promise<Uint8Array> {
  const options = { asRoot: true, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
  const { exitCode, stdout, stderr } = await shell.script(script, args, given(options, signal));
  const why = failed?.(linesOf(stdout)) ?? (exitCode === 0 ? undefined : `it ended with ${exitCode}`);
  if (why !== undefined) {
    const said = stderr.replace(/\s+/g, " ").slice(-600);
    throw new SampanError(code, `${doing} on ${shell.title}: ${why}${said === "" ? "" : `: ${said}`}`);
  }
  return stdout;
}

/** Makes the folder of a moment and starts the watchdog that ends it. */
export async function beginMoment(
  shell: Shell,
  { id, leaseMs }: HoldOptions,
  code: ErrorCode,
  signal?: AbortSignal,
): Promise<MomentFolder> {
  const doing = "beginning to hold a moment";
  const said = await runOnHost(
    shell,
    beginScript,
    [id, String(leaseSeconds(leaseMs)), watchScript],
    { code, doing },
    signal,
  );
  const [line = ""] = linesOf(said);
  const [word, path = ""] = line.split(" ", 2);
  if (word === "made" && path.startsWith("/") && path.endsWith(`/${id}`)) return { id, path };
  const why =
    word === "no-memory"
      ? "it has no file system in memory at /run, /dev/shm, /var/run or /dev, where a lease would survive a freeze"
      : word === "unsafe"
        ? `${path} belongs to someone else than root, or others may enter it`
        : word === "exists"
          ? "another program holds the same moment"
          : "it did not say that it began";
  throw new SampanError(code, `${doing} on ${shell.title}: ${why}`);
}

/** Looks for a moment on the host; with a lease in seconds, that is renewed. */
export async function findMoment(
  shell: Shell,
  id: string,
  leaseS: number | undefined,
  signal?: AbortSignal,
): Promise<FoundMoment | undefined> {
  const options = { asRoot: true, maxOutputBytes: maxMomentBytes };
  const { stdout } = await shell.script(
    statusScript,
    [id, leaseS === undefined ? "" : String(leaseS)],
    given(options, signal),
  );
  const [first = "", second, third, ...rest] = linesOf(stdout);
  const folder = /^folder (\/.+)$/.exec(first)?.[1];
  if (folder === undefined) return undefined;
  return { folder, held: second === "held", moment: third === "moment" ? rest.join("\n") : "" };
}

/** Keeps a moment beside its lease, so that holding it again gives the same. */
export async function keepOnHost(
  shell: Shell,
  folder: MomentFolder,
  moment: HeldMoment,
  signal?: AbortSignal,
): Promise<void> {
  const options = { asRoot: true, input: JSON.stringify(moment) };
  const { exitCode, stderr } = await shell.script(
    keepScript,
    [folder.path, String(leaseSeconds(moment.leaseMs))],
    given(options, signal),
  );
  if (exitCode !== 0) {
    throw new SampanError(
      "HOST_MOMENT_LOST",
      `keeping moment ${moment.id} on ${shell.title}: ${stderr.slice(-300)}`,
    );
  }
}

/** Lets go of a moment, and removes these snapshots of it even when its folder is gone. */
export async function releaseOnHost(
  shell: Shell,
  id: string,
  snapshots: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const options = { asRoot: true, timeoutMs: releaseTimeoutMs };
  const { stdout, stderr } = await shell.script(releaseScript, [id, ...snapshots], given(options, signal));
  if (linesOf(stdout).includes("gone")) return;
  throw new SampanError(
    "HOST_MOMENT_LEFT",
    `releasing moment ${id} of ${shell.title}: ${stderr.slice(-300) || "it is in use"}`,
    {
      retryable: true,
    },
  );
}
