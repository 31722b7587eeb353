import { isSampanError, SampanError } from "@sampan/core";
import type { Argv } from "../../connection/shell.ts";
import type { WindowsShell } from "../../connection/windows/windows-shell.ts";
import { textOf } from "../answers.ts";
import { batchFile, type WindowsChange } from "./change.ts";
import { planWindowsChanges, windowsSteps } from "./plan-preparation.ts";
import { type RegistryState, readNumbers, readWindowsState } from "./read-state.ts";

/** Which steps are taken. */
interface ChosenSteps {
  /** Steps to leave out. */
  readonly skip?: readonly string[];
  /** The only steps to take. */
  readonly only?: readonly string[];
}

/** Options of {@link prepareWindows}. */
export interface PrepareWindowsOptions extends ChosenSteps {
  /** Names the file that takes everything back: ASCII letters, digits and dashes, at most 64; the same on every attempt. */
  readonly id: string;
  readonly signal?: AbortSignal;
}

/** What was done to a host. */
export interface PreparedWindows {
  /** What was changed, in order; empty when everything was so already. */
  readonly changes: readonly WindowsChange[];
  /** Batch file on the host that takes everything back; `null` when nothing was changed. */
  readonly undoFile: string | null;
  /** What did not take, as where a group policy says otherwise. */
  readonly notes: readonly string[];
}

/**
 * Writes the file that takes changes back into a folder of Sampan's own, before any is made. Only administrators write below the
 * system folder, so that nobody else puts commands there which one of them runs. A file that is there already is of an
 * earlier attempt: it knows what was so at first, and what is added is put before it, so that the last change is taken back first.
 */
const undoScript = `
$folder=Join-Path $env:SystemRoot 'Sampan'
[void][IO.Directory]::CreateDirectory($folder)
$path=Join-Path $folder ('undo-'+$p.id+'.cmd')
$text=$p.text
if([IO.File]::Exists($path)){ $text=$text+[IO.File]::ReadAllText($path) }
$new=$path+'.new'
[IO.File]::WriteAllText($new,$text,[Text.Encoding]::ASCII)
if([IO.File]::Exists($path)){ [IO.File]::Delete($path) }
[IO.File]::Move($new,$path)
return $path
`;

/**
 * What {@link prepareWindows} would change now, each with its commands and those that take it back. Changes nothing.
 *
 * @throws `CORE_ARGUMENT` for a step that there is not.
 * @example
 * ```ts
 * for (const { title, now, becomes } of await previewWindows(shell)) console.log(`${title}: ${now} -> ${becomes}`);
 * ```
 */
export async function previewWindows(
  shell: WindowsShell,
  { skip = [], only, signal }: ChosenSteps & { readonly signal?: AbortSignal } = {},
): Promise<readonly WindowsChange[]> {
  for (const step of [...skip, ...(only ?? [])]) {
    if (windowsSteps.some((one) => one === step)) continue;
    throw new SampanError("CORE_ARGUMENT", `choosing the fix-up "${step}", which does not exist`, {
      hint: `Those of a Windows host are ${windowsSteps.join(", ")}.`,
    });
  }
  const changes = planWindowsChanges(await readWindowsState(shell, signal));
  return changes.filter(({ step }) => !skip.includes(step) && (only === undefined || only.includes(step)));
}

/**
 * Prepares a Windows host for an image: firewall and UAC off, remote desktop on, no sleep, no hibernation. Each setting is read
 * before it is changed, and the file that takes all of it back is on the host before the first change. What is so already is left alone,
 * so that a second call changes nothing.
 *
 * @throws `HOST_COMMAND_FAILED` at the first command that fails, with the path of the undo file in its details: what came before
 * it is changed; `CORE_ARGUMENT` for an id that is none, and what the shell throws.
 */
export async function prepareWindows(
  shell: WindowsShell,
  options: PrepareWindowsOptions,
): Promise<PreparedWindows> {
  const { id, signal } = options;
  if (!/^[A-Za-z0-9-]{1,64}$/.test(id)) {
    throw new SampanError("CORE_ARGUMENT", "preparing a Windows host: an id is letters, digits and dashes");
  }
  const changes = await previewWindows(shell, options);
  if (changes.length === 0) return { changes, undoFile: null, notes: [] };
  const limits = signal === undefined ? {} : { signal };
  const undo = [...changes].reverse().flatMap((change) => change.undo);
  const text = batchFile(`Takes back what Sampan changed on this host (${id}).`, undo);
  const undoFile = textOf(await shell.powershell(undoScript, { id, text }, limits));
  if (undoFile === null) {
    throw new SampanError(
      "HOST_ANSWER_INVALID",
      `preparing ${shell.title}: it does not say where the undo file is`,
    );
  }
  for (const { title, commands } of changes) {
    for (const argv of commands) await runOrFail(shell, argv, title, undoFile, signal);
  }
  return { changes, undoFile, notes: notesOn(changes, await readNumbers(shell, signal)) };
}

async function runOrFail(
  shell: WindowsShell,
  argv: Argv,
  title: string,
  undoFile: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const fail = (found: string, cause?: unknown) =>
    new SampanError(
      "HOST_COMMAND_FAILED",
      `preparing ${shell.title}: ${title}: ${argv.join(" ")}: ${found}`,
      {
        hint: `Run ${undoFile} there as an administrator to take back what was changed so far.`,
        details: { undoFile },
        ...(cause === undefined ? {} : { cause }),
      },
    );
  let ended: Awaited<ReturnType<WindowsShell["run"]>>;
  try {
    ended = await shell.run(argv, signal === undefined ? {} : { signal });
  } catch (error) {
    if (!isSampanError(error, "HOST_TOOL_MISSING")) throw error;
    throw fail("there is no such program", error);
  }
  if (ended.exitCode !== 0)
    throw fail(
      `it ended with ${ended.exitCode}${ended.stderr === "" ? "" : `: ${ended.stderr.slice(0, 300)}`}`,
    );
}

/** What the registry still says otherwise after everything was done. */
function notesOn(changes: readonly WindowsChange[], after: RegistryState): string[] {
  const wrong: readonly [step: string, unmet: boolean, note: string][] = [
    [
      "firewall",
      after.domainFirewall === 1 || after.privateFirewall === 1 || after.publicFirewall === 1,
      "a profile of the firewall is on again: a group policy or another program sets it",
    ],
    ["uac", after.userAccountControl !== 0, "UAC is on again: a group policy or another program sets it"],
    [
      "remote-desktop",
      after.denyRemoteDesktop !== 0,
      "remote desktop is denied again: a group policy sets it",
    ],
    ["hibernation", after.hibernate === 1, "hibernation is on again"],
  ];
  return wrong.flatMap(([step, unmet, note]) =>
    unmet && changes.some((one) => one.step === step) ? [note] : [],
  );
}
