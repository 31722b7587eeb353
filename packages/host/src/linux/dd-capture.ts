import { cancelledError, SampanError } from "@sampan/core";
import { plainText } from "../connection/plain-text.ts";
import type { RunningCommand, Shell } from "../connection/shell.ts";
import { checkedFolder } from "../share/names.ts";

/** What is copied, and where to. */
export interface DdCapture {
  /** The disk, as the host names it: `/dev/sda`. */
  readonly disk: string;
  /** Its size as the host says; a copy of another size is no copy. */
  readonly sizeBytes: number;
  /** The mounted share, or a folder in it: `/mnt/store`. */
  readonly folder: string;
  /** Name of the file there: letters, digits, `_`, `-` and `.`, at most 100. `web-01.raw` */
  readonly file: string;
  /**
   * Name of a file that lies in the folder, as whoever reads the copy later sees it: where the host does not see it, the folder is another.
   */
  readonly proof?: string;
  /** Also takes a folder that is on no share, such as another disk of the host's. Never on the disk that is copied. */
  readonly anyFileSystem?: boolean;
}

export interface DdCaptureOptions {
  /** Told about twice a second how many bytes of the disk were read. */
  readonly onProgress?: (doneBytes: number) => void;
  /** Ends dd on the host and removes the unfinished file. */
  readonly signal?: AbortSignal;
}

/** A disk copied into a share. Plain JSON. */
export interface DdCaptured {
  /** Path of the file on the host. On the conversion host it lies under the folder that is shared. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Whether runs of zeros were left out as holes, which only dd of coreutils 8.16 and later can. */
  readonly sparse: boolean;
}

/*
 * $1 disk, $2 folder, $3 file, $4 `share` where the folder must be one, $5 size of the disk, $6 a file that
 * must lie in the folder, or nothing. Says `at N` while it reads, and `done SIZE sparse|whole`.
 *
 * How far dd is, the kernel tells: sending dd a signal would end one that does not know it, and one that has only just begun. Kernels
 * before 2.6.22 do not tell; the file grows there as the disk is read, for their dd leaves no holes.
 * Standard input is held open by who started this. When that ends, however it ends, so does dd.
 */
const ddScript = `
disk=$1 folder=$2 file=$3
PATH=$PATH:/usr/sbin:/sbin; export PATH
[ -b "$disk" ] || [ -f "$disk" ] || { echo "there is no disk $disk" >&2; exit 66; }
[ -d "$folder" ] || { echo "there is no folder $folder" >&2; exit 66; }
if [ "$4" = share ]; then
  case $(stat -f -c %t "$folder" 2>/dev/null) in
    6969|ff534d42|fe534d42|517b) ;;
    *) exit 72 ;;
  esac
fi
[ -z "$6" ] || [ -e "$folder/$6" ] || exit 75
whole=$folder/$file part=$folder/.$file.part
[ -e "$whole" ] || [ -L "$whole" ] && exit 73
conv= kind=whole
if dd --help 2>&1 | grep 'sparse' >/dev/null; then conv=conv=sparse kind=sparse; fi
umask 077
rm -f "$part"
errors=$(mktemp "\${TMPDIR:-/tmp}/sampan-dd.XXXXXX") || exit 1
pid=
end() {
  trap '' HUP INT TERM PIPE
  [ -n "$pid" ] && kill "$pid" 2>/dev/null && wait "$pid"
  [ -n "$watch" ] && kill "$watch" 2>/dev/null
  rm -f "$part" "$errors"
  exit 130
}
trap end HUP INT TERM PIPE
dd "if=$disk" "of=$part" bs=1048576 $conv 2>"$errors" &
pid=$!
exec 3<&0
me=$$
{ cat <&3 >/dev/null; kill -TERM $me; } 2>/dev/null &
watch=$!
while kill -0 "$pid" 2>/dev/null; do
  at=$(sed -n 's/^pos:[^0-9]*//p' "/proc/$pid/fdinfo/0" 2>/dev/null)
  [ -n "$at" ] || at=$(stat -c %s "$part" 2>/dev/null)
  [ -n "$at" ] && echo "at $at"
  sleep 0.5 2>/dev/null & wait $! || { sleep 1 & wait $!; }
done
wait "$pid"
code=$?
pid=
kill "$watch" 2>/dev/null
if [ $code = 0 ]; then
  sync "$part" 2>/dev/null || sync
  size=$(stat -c %s "$part")
  if [ "$size" = "$5" ]; then mv "$part" "$whole" && echo "done $size $kind"; code=$?
  else echo "the copy has $size bytes, the disk $5" >&2; code=74
  fi
else
  cat "$errors" >&2
fi
rm -f "$part" "$errors"
exit $code
`;

/** A line of the script's, and no more: what is longer is not of it. */
const maxLineLength = 100;

/**
 * Copies a disk of a host into a mounted share by the host's own `dd`, the whitepaper's way (§4.3, §5.2): a RAW file on the conversion
 * host. The file gets its name when it is complete; one that is there is never overwritten.
 *
 * The disk is read as it is while the host writes to it. Stop what writes, or hold a moment of it where that can be had.
 *
 * @throws `HOST_SHARE_INVALID` for a folder or file that cannot be used, `HOST_DD_FAILED` when dd fails, when the file is there already,
 * when the folder is no share, or when the copy has not the size of the disk; `CORE_CANCELLED`.
 *
 * @example
 * ```ts
 * const disk = { disk: "/dev/sda", sizeBytes, folder: "/mnt/store", file: "web-01.raw" };
 * const { path } = await captureByDd(shell, disk, { onProgress: (done) => console.log(done) });
 * ```
 */
export async function captureByDd(
  shell: Shell,
  capture: DdCapture,
  options: DdCaptureOptions = {},
): Promise<DdCaptured> {
  const { disk, sizeBytes, file } = capture;
  const { onProgress, signal } = options;
  const folder = checkedFolder(capture.folder);
  const named = [file, ...(capture.proof === undefined ? [] : [capture.proof])];
  if (
    !named.every((name) => /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/.test(name)) ||
    !disk.startsWith("/") ||
    /\p{Cc}/u.test(disk)
  ) {
    throw new SampanError(
      "HOST_SHARE_INVALID",
      `copying ${JSON.stringify(disk)} to a file ${JSON.stringify(file)}: not the path of a disk, or not the name of a file`,
      { hint: "Names of files are letters, digits, _, - and ., at most 100: web-01.raw." },
    );
  }
  const doing = `copying ${disk} of ${shell.title} to ${folder}/${file} by dd`;
  const running = await shell.startScript(
    ddScript,
    [
      ...[disk, folder, file, capture.anyFileSystem === true ? "any" : "share", String(sizeBytes)],
      capture.proof ?? "",
    ],
    // The signal is not given on: the script is to end dd itself, and to remove what it wrote.
    { asRoot: true },
  );
  const cancel = () => running.stdin.end();
  signal?.addEventListener("abort", cancel, { once: true });
  try {
    if (signal?.aborted) cancel();
    const finished = await follow(running, onProgress);
    const { exitCode, stderr } = await running.ended;
    if (signal?.aborted) throw cancelledError(signal.reason);
    if (exitCode === 72)
      throw failed(`${doing}: ${folder} is no mounted share`, "Mount it with `sampan share mount`.");
    if (exitCode === 73)
      throw failed(`${doing}: that file is there already`, "Remove it, or choose another name.");
    if (exitCode === 75) {
      throw failed(
        `${doing}: that folder is not the one that is read from afterwards`,
        "Give the share as the host has it mounted, and the same folder as this machine has it.",
      );
    }
    if (exitCode !== 0 || finished === undefined) {
      throw failed(`${doing}: ${plainText(stderr) || `exit code ${exitCode}`}`);
    }
    onProgress?.(sizeBytes);
    return { path: `${folder}/${file}`, ...finished };
  } finally {
    signal?.removeEventListener("abort", cancel);
    running.kill();
  }
}

/** Reads what the script says until it ends. */
async function follow(
  { stdin, stdout }: RunningCommand,
  onProgress: ((doneBytes: number) => void) | undefined,
): Promise<{ readonly sizeBytes: number; readonly sparse: boolean } | undefined> {
  // It may have ended already.
  stdin.on("error", () => undefined);
  let finished: { readonly sizeBytes: number; readonly sparse: boolean } | undefined;
  let rest = "";
  for await (const part of stdout as AsyncIterable<Uint8Array>) {
    const lines = (rest + Buffer.from(part).toString("latin1")).split("\n");
    rest = (lines.pop() ?? "").slice(0, maxLineLength);
    for (const line of lines) {
      const [, word, number = "", kind] = /^(at|done) (\d{1,15})(?: (sparse|whole))?$/.exec(line) ?? [];
      if (word === "at") onProgress?.(Number(number));
      if (word === "done") finished = { sizeBytes: Number(number), sparse: kind === "sparse" };
    }
  }
  return finished;
}

function failed(message: string, hint?: string): SampanError {
  return new SampanError("HOST_DD_FAILED", message, hint === undefined ? {} : { hint });
}
