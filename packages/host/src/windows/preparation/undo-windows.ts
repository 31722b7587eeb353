import { isSampanError, SampanError } from "@sampan/core";
import type { Argv } from "../../connection/shell.ts";
import type { WindowsShell } from "../../connection/windows/windows-shell.ts";
import { listOf, objectOf, textOf } from "../answers.ts";

/** Names of the files that take preparations back, the last first. */
const listScript = `
$folder=Join-Path $env:SystemRoot 'Sampan'
if(-not [IO.Directory]::Exists($folder)){ return @{names=@()} }
$files=@((New-Object IO.DirectoryInfo $folder).GetFiles('undo-*.cmd') | Sort-Object LastWriteTimeUtc -Descending)
return @{names=@($files | ForEach-Object { $_.Name })}
`;

/** Reads such a file; nothing where there is none. */
const readScript = `
$path=Join-Path (Join-Path $env:SystemRoot 'Sampan') ('undo-'+$p.id+'.cmd')
if(-not [IO.File]::Exists($path)){ return $null }
return [IO.File]::ReadAllText($path)
`;

/** Puts such a file away: what it takes back is taken back. */
const putAwayScript = `
$path=Join-Path (Join-Path $env:SystemRoot 'Sampan') ('undo-'+$p.id+'.cmd')
$done=$path+'.done'
if([IO.File]::Exists($done)){ [IO.File]::Delete($done) }
[IO.File]::Move($path,$done)
return $null
`;

/** All that preparation has ever put into such a file. */
const programs = ["reg.exe", "netsh.exe", "powercfg.exe"];
const longestText = 64 * 1024;

/** Ids of the preparations that a Windows host knows how to take back, the last first. */
export async function findWindowsPreparations(
  shell: WindowsShell,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const answer = await shell.powershell(listScript, {}, signal === undefined ? {} : { signal });
  return listOf(objectOf(answer)?.names).flatMap(
    (name) => /^undo-([A-Za-z0-9-]{1,64})\.cmd$/i.exec(textOf(name) ?? "")?.[1] ?? [],
  );
}

/**
 * Takes a preparation of a Windows host back by the commands of its file, each run by itself so that it is known how it ended. Gives the
 * commands that failed, as those do whose setting is gone already; the file then stays, and otherwise is put away.
 *
 * @throws `HOST_PREPARE_FAILED` when there is no such preparation, or its file holds what none of ours does.
 */
export async function undoWindows(
  shell: WindowsShell,
  id: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const limits = signal === undefined ? {} : { signal };
  const doing = `taking the preparation ${id} of ${shell.title} back`;
  if (!/^[A-Za-z0-9-]{1,64}$/.test(id)) {
    throw new SampanError("CORE_ARGUMENT", "taking a preparation back: an id is letters, digits and dashes");
  }
  const text = await shell.powershell(readScript, { id }, limits);
  if (typeof text !== "string") throw new SampanError("HOST_PREPARE_FAILED", `${doing}: there is none`);
  const failed: string[] = [];
  for (const argv of commandsIn(text, doing)) {
    const { exitCode } = await shell.run(argv, limits).catch((error: unknown) => {
      if (isSampanError(error, "HOST_TOOL_MISSING")) return { exitCode: "no such program" };
      throw error;
    });
    if (exitCode !== 0) failed.push(`${argv.join(" ")} (ended with ${exitCode})`);
  }
  if (failed.length === 0) await shell.powershell(putAwayScript, { id }, limits);
  return failed;
}

/** The commands of such a file. One that others have written into is left to people. */
function commandsIn(text: string, doing: string): readonly Argv[] {
  const lines = text.slice(0, longestText).split(/\r?\n/);
  return lines.flatMap((line): readonly Argv[] => {
    if (line === "" || line === "@echo off" || line.startsWith("rem ")) return [];
    const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
    const [program = "", ...args] = words;
    const isOurs = words.every((word) => /^[A-Za-z0-9 @.,:_\\/={}-]+$/.test(word));
    if (isOurs && programs.includes(program)) return [[program, ...args]];
    throw new SampanError("HOST_PREPARE_FAILED", `${doing}: its file holds a command that is none of ours`, {
      hint: "Look at the file in %SystemRoot%\\Sampan there, and run it by hand as an administrator.",
    });
  });
}
