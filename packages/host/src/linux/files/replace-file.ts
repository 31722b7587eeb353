import { createHash } from "node:crypto";
import { SampanError } from "@sampan/core";
import type { Shell } from "../../connection/shell.ts";

/** A configuration file larger than this is none. */
export const maxConfigBytes = 1024 * 1024;

/*
 * The new content goes to a copy beside the file, so that owner, mode and extended attributes are those of the original, and
 * takes its name in one step. What it replaces is compared first: another program may have written it meanwhile.
 */
const replaceScript = `
path=$1 expected=$2 mode=$3
case "$path" in */*) dir=\${path%/*} ;; *) exit 64 ;; esac
new="$dir/.sampan-new-$$"
trap 'rm -f "$new"' EXIT
trap 'exit 75' HUP INT TERM
umask 077
if [ -e "$path" ]; then
  sum=$(sha1sum <"$path") || exit 1
  [ "\${sum%% *}" = "$expected" ] || exit 76
  cp -p "$path" "$new" || exit 1
else
  [ "$expected" = absent ] || exit 76
  : >"$new" && chmod "$mode" "$new" || exit 1
fi
cat >"$new" || exit 1
if [ -e "$path" ] && command -v chcon >/dev/null 2>&1; then chcon --reference="$path" "$new" 2>/dev/null || :; fi
sync "$new" 2>/dev/null || sync
mv -f "$new" "$path" || exit 1
if [ "$expected" = absent ] && command -v restorecon >/dev/null 2>&1; then restorecon "$path" 2>/dev/null || :; fi
exit 0
`;

const readScript = `
[ -e "$1" ] || exit 66
[ -f "$1" ] || exit 65
cat -- "$1"
`;

/**
 * Reads a file of a host as its administrator; `undefined` where there is none.
 *
 * @throws `HOST_FILE_UNUSABLE` when it is no file or cannot be read, `HOST_ANSWER_TOO_LONG` beyond 1 MiB.
 */
export async function readHostFile(
  shell: Shell,
  path: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const { exitCode, stdout, stderr } = await shell.script(readScript, [path], {
    asRoot: true,
    maxOutputBytes: maxConfigBytes,
    ...(signal && { signal }),
  });
  if (exitCode === 66) return undefined;
  if (exitCode === 0) return Buffer.from(stdout).toString("latin1");
  throw new SampanError(
    "HOST_FILE_UNUSABLE",
    `reading ${path} of ${shell.title}: ${exitCode === 65 ? "it is no file" : stderr || `exit code ${exitCode}`}`,
  );
}

/**
 * Puts new content in the place of a file of a host, in one step: whoever reads it sees the old or the new. Owner, mode and
 * SELinux context stay; a new file belongs to root and has `mode`. A link is followed beforehand by who calls.
 *
 * Texts are Latin-1, one character a byte, so that no byte is changed that nobody asked to change.
 *
 * @param before what {@link readHostFile} gave.
 * @throws `HOST_FILE_CHANGED` when the file is no longer `before`, `HOST_FILE_UNUSABLE` when it cannot be written.
 */
export async function replaceHostFile(
  shell: Shell,
  path: string,
  before: string | undefined,
  after: string,
  options: { readonly mode?: number; readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const { mode = 0o644, signal } = options;
  const expected =
    before === undefined ? "absent" : createHash("sha1").update(Buffer.from(before, "latin1")).digest("hex");
  const { exitCode, stderr } = await shell.script(replaceScript, [path, expected, mode.toString(8)], {
    asRoot: true,
    input: Uint8Array.from(Buffer.from(after, "latin1")),
    ...(signal && { signal }),
  });
  if (exitCode === 0) return;
  if (exitCode === 76) {
    throw new SampanError(
      "HOST_FILE_CHANGED",
      `writing ${path} of ${shell.title}: it was changed by someone else meanwhile`,
      { retryable: true },
    );
  }
  throw new SampanError(
    "HOST_FILE_UNUSABLE",
    `writing ${path} of ${shell.title}: ${stderr || `exit code ${exitCode}`}`,
  );
}
