import { createHash } from "node:crypto";
import { type Clock, type PatchRecord, SampanError, systemClock } from "@sampan/core";
import {
  type DiskInspection,
  hostFixups,
  type StagedChange,
  type StageOptions,
  stageFixups,
} from "@sampan/guest";
import type { Shell } from "../../connection/shell.ts";
import { maxConfigBytes, replaceHostFile } from "../files/replace-file.ts";
import { LiveVolume } from "./live-volume.ts";
import { applyScript, beforeScript, beginScript, stageScript, undoScript } from "./scripts.ts";

const base = "/var/lib/sampan";

/** Options of {@link planPreparation}. */
export interface PreparationOptions extends StageOptions {
  /** Tells this preparation from others on the host: letters, digits and dashes, at most 64. Default: from time and changes. */
  readonly id?: string;
  readonly clock?: Clock;
}

/** What would be changed on a host, and how. */
export interface Preparation {
  /** The changes with their diff, and notes on what is left as it is. Without changes there is nothing to apply. */
  readonly record: PatchRecord;
  /**
   * Makes the changes, all or none. They count when the host next starts.
   *
   * @throws `HOST_FILE_CHANGED` when a file is no longer as it was looked at, `HOST_PREPARE_FAILED` when one cannot be replaced; what
   * was changed by then is taken back first.
   */
  apply(signal?: AbortSignal): Promise<AppliedPreparation>;
}

/** What was changed on a host. Plain JSON. */
export interface AppliedPreparation {
  /** `null` when nothing had to be changed. */
  readonly id: string | null;
  /** The script on the host that takes everything back, also without Sampan: `sh PATH`. `null` when nothing had to be changed. */
  readonly undoScript: string | null;
  /** The files changed, by path. */
  readonly paths: readonly string[];
}

/**
 * Plans the preparation of a host that runs, as §5.1 of the whitepaper does by hand: firewalls off at boot, SELinux disabled,
 * NetworkManager off where another service brings up the network, mounts of other disks and of the network made comments. The same
 * fix-ups as for a copy, over the host's own files; nothing is changed by planning. Idempotent: on a prepared host there is nothing
 * to do.
 *
 * @param inspection of this host's system disk, as it is now.
 * @throws `HOST_PREPARE_REFUSED` for a path that cannot be handled safely, `HOST_FILE_UNUSABLE`, `CORE_ARGUMENT` for an unknown id of a
 * fix-up.
 *
 * @example
 * ```ts
 * const plan = await planPreparation(shell, await live.inspect());
 * console.log(plan.record.diff);
 * const { undoScript } = await plan.apply();
 * ```
 */
export async function planPreparation(
  shell: Shell,
  inspection: DiskInspection,
  options: PreparationOptions = {},
): Promise<Preparation> {
  const { signal } = options;
  const { record, changes } = await stageFixups(
    new LiveVolume(shell, signal),
    inspection,
    hostFixups,
    options,
  );
  for (const { path, after } of changes) {
    if (/\p{Cc}/u.test(path) || (after.kind === "link" && /[\p{Cc}]/u.test(after.target))) {
      throw new SampanError(
        "HOST_PREPARE_REFUSED",
        `preparing ${shell.title}: ${JSON.stringify(path)} or where it points holds control characters`,
      );
    }
    if (after.kind === "file" && after.bytes.length > maxConfigBytes) {
      throw new SampanError("HOST_PREPARE_REFUSED", `preparing ${shell.title}: ${path} is larger than 1 MiB`);
    }
  }
  const id = checkedId(options.id ?? newId(record, options.clock ?? systemClock));
  return { record, apply: (cancel) => applyChanges(shell, id, changes, cancel) };
}

/**
 * Takes a preparation back. Files that were changed since stay as they are, and are returned; their old content stays beside the
 * script. Nothing happens the second time.
 *
 * @throws `HOST_PREPARE_FAILED` when there is no such preparation on the host, or a file cannot be restored.
 */
export async function undoPreparation(
  shell: Shell,
  id: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const { exitCode, stderr } = await shell.run(["sh", `${base}/undo-${checkedId(id)}.sh`], {
    asRoot: true,
    ...(signal && { signal }),
  });
  if (exitCode === 0) return [];
  if (exitCode === 1)
    return [...stderr.matchAll(/^kept (.*): it was changed since; /gm)].map((match) => match[1] ?? "");
  throw new SampanError(
    "HOST_PREPARE_FAILED",
    `taking the preparation ${id} of ${shell.title} back: ${stderr || `exit code ${exitCode}`}`,
  );
}

function checkedId(id: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/.test(id)) return id;
  throw new SampanError(
    "CORE_ARGUMENT",
    `naming a preparation ${JSON.stringify(id)}: letters, digits and dashes, at most 64`,
  );
}

function newId(record: PatchRecord, clock: Clock): string {
  const digest = createHash("sha256").update(JSON.stringify(record)).digest("hex").slice(0, 8);
  const [date = "", time = ""] = new Date(clock.now())
    .toISOString()
    .replaceAll(/[-:]|\.\d+Z/g, "")
    .split("T");
  return `${date}-${time}-${digest}`;
}

async function applyChanges(
  shell: Shell,
  id: string,
  changes: readonly StagedChange[],
  signal: AbortSignal | undefined,
): Promise<AppliedPreparation> {
  if (changes.length === 0) return { id: null, undoScript: null, paths: [] };
  const own = await ownId(shell, id, signal);
  const folder = folderOf(own);
  const undoPath = `${base}/undo-${own}.sh`;
  try {
    for (const [index, change] of changes.entries()) {
      const { path, after } = change;
      const number = String(index + 1);
      const goal = after.kind === "link" ? after.target : "";
      const mode = after.kind === "file" ? after.mode.toString(8) : "644";
      const content = after.kind === "file" ? after.bytes : new Uint8Array(0);
      const args = [folder, number, path, after.kind, goal, mode];
      await call(shell, stageScript, args, `keeping ${path}`, signal, content);
      await assertAsPlanned(shell, folder, number, change, signal);
    }
    await replaceHostFile(shell, undoPath, undefined, undoScript(folder), { mode: 0o700, signal });
  } catch (error) {
    await shell.run(["rm", "-rf", folder], { asRoot: true }).catch(() => undefined);
    throw error;
  }
  try {
    const { exitCode, stderr } = await shell.script(applyScript, [folder], {
      asRoot: true,
      ...(signal && { signal }),
    });
    if (exitCode === 76) throw changed(shell, stderr);
    if (exitCode !== 0) {
      throw new SampanError(
        "HOST_PREPARE_FAILED",
        `preparing ${shell.title}: ${stderr || `exit code ${exitCode}`}`,
      );
    }
  } catch (error) {
    // Not by the signal that may have ended it: half a preparation must not stay.
    const { exitCode, stderr } = await shell.run(["sh", undoPath], { asRoot: true });
    if (exitCode === 0) throw error;
    throw new SampanError(
      "HOST_PREPARE_FAILED",
      `preparing ${shell.title} failed, and so did taking it back: ${stderr || `exit code ${exitCode}`}`,
      { cause: error, hint: `\`sh ${undoPath}\` on the host takes back the rest.` },
    );
  }
  return { id: own, undoScript: undoPath, paths: changes.map(({ path }) => path) };
}

const folderOf = (id: string) => `${base}/preparation-${id}`;

/** The id, or with a number where an attempt before this one has it: what that one changed is its own to take back. */
async function ownId(shell: Shell, id: string, signal: AbortSignal | undefined): Promise<string> {
  for (let attempt = 1; attempt <= 99; attempt++) {
    const own = attempt === 1 ? id : `${id}-${attempt}`;
    const { exitCode, stderr } = await shell.script(beginScript, [folderOf(own)], {
      asRoot: true,
      ...(signal && { signal }),
    });
    if (exitCode === 0) return own;
    if (exitCode !== 73) {
      throw new SampanError(
        "HOST_PREPARE_FAILED",
        `making ${folderOf(own)} on ${shell.title}: ${stderr || `exit code ${exitCode}`}`,
      );
    }
  }
  throw new SampanError("HOST_PREPARE_FAILED", `preparing ${shell.title}: ${id} was tried 99 times before`);
}

/** What was kept is what the plan was made from: the file may have been written in between. */
async function assertAsPlanned(
  shell: Shell,
  folder: string,
  number: string,
  { path, before }: StagedChange,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { stdout } = await call(shell, beforeScript, [folder, number], `reading back ${path}`, signal);
  const expected =
    before.kind === "link"
      ? Buffer.from(`link\n${before.target}\n`)
      : before.kind === "file"
        ? Buffer.concat([Buffer.from("file\n"), before.bytes])
        : Buffer.from("absent\n");
  if (Buffer.compare(stdout, expected) !== 0) throw changed(shell, path);
}

function changed(shell: Shell, path: string): SampanError {
  return new SampanError(
    "HOST_FILE_CHANGED",
    `preparing ${shell.title}: ${path} was changed by someone else meanwhile, and nothing was done`,
    { retryable: true },
  );
}

async function call(
  shell: Shell,
  script: string,
  args: readonly string[],
  doing: string,
  signal: AbortSignal | undefined,
  input: Uint8Array = new Uint8Array(0),
) {
  const result = await shell.script(script, args, { asRoot: true, input, ...(signal && { signal }) });
  if (result.exitCode === 0) return result;
  throw new SampanError(
    "HOST_PREPARE_FAILED",
    `${doing} on ${shell.title}: ${result.stderr || `exit code ${result.exitCode}`}`,
  );
}
