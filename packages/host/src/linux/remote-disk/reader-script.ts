/*
 * The reader on the host: plain sh and dd, as every Linux of the last twenty years, busybox and ESXi have them. It answers requests
 * from its standard input, one a line, until that ends:
 *
 *     MARK BLOCK_BYTES FIRST_BLOCK BLOCKS HOW
 *
 * HOW is `plain`, `gzip` or `zstd`. The answer is the bytes of the blocks, and after them a newline and a line
 *
 *     MARK FULL_BLOCKS PART_BLOCKS WHAT_DD_SAID
 *
 * A plain answer always has as many bytes as were asked for: what a disk that ends early or fails does not give is made up with zeros,
 * and the counts say how much is true. A packed answer is one frame of its format with only what there was.
 *
 * Old dd has neither skip_bytes nor fullblock, so offsets are counted in blocks; `conv=sync` fills up the last block of a disk that
 * is no multiple of it. dd tells how far it came on standard error only, in the same words everywhere (POSIX: "records in").
 */

/** Constant; `$1` is the path of the disk, `$2` what the first line begins with. That line names the packers there are. */
export const readerScript = `
set -f
exec 3>&1
path=$1
command -v dd >/dev/null 2>&1 || exit 127
tools=
for tool in gzip zstd; do
  if command -v $tool >/dev/null 2>&1; then tools="$tools $tool"; fi
done
printf '%s%s\\n' "$2" "$tools"
while read -r mark bs skip count how; do
  case $how in
  gzip) said=$( { dd if="$path" bs="$bs" skip="$skip" count="$count" conv=sync </dev/null 2>&4 | gzip -1 -c >&3 2>/dev/null; } 4>&1 ) ;;
  zstd) said=$( { dd if="$path" bs="$bs" skip="$skip" count="$count" conv=sync </dev/null 2>&4 | zstd -1 -q -c >&3 2>/dev/null; } 4>&1 ) ;;
  *) said=$(dd if="$path" bs="$bs" skip="$skip" count="$count" conv=sync </dev/null 2>&1 >&3) ;;
  esac
  in=\${said%%" records in"*}
  in=\${in##*[!0-9+]}
  case $in in
  [0-9]*+[0-9]*) ;;
  *) in=0+0 ;;
  esac
  full=\${in%+*}
  part=\${in#*+}
  if [ "$how" = plain ]; then
    missing=$((count - full - part))
    if [ "$missing" -gt 0 ]; then dd if=/dev/zero bs="$bs" count="$missing" </dev/null 2>/dev/null >&3 || exit 1; fi
  fi
  set -- $said
  printf '\\n%s %s %s %s\\n' "$mark" "$full" "$part" "$*"
done
`;

/** How the bytes of an answer are packed. */
export type Packing = "plain" | "gzip" | "zstd";

/** What is asked of the reader: whole blocks of the disk. */
export interface BlockRequest {
  readonly blockBytes: number;
  readonly firstBlock: number;
  readonly blocks: number;
}

/** How an answer ended. */
export interface AnswerEnd {
  /** Blocks that are wholly what the disk has. */
  readonly fullBlocks: number;
  /** 1 when a further block was got in part. */
  readonly partBlocks: number;
  /** What dd complained about; empty when it did not. */
  readonly complaint: string;
}

export function requestLine(mark: string, request: BlockRequest, packing: Packing): string {
  return `${mark} ${request.blockBytes} ${request.firstBlock} ${request.blocks} ${packing}\n`;
}

/** Reads the line after an answer; `undefined` when it is none. */
export function readAnswerEnd(line: string, mark: string): AnswerEnd | undefined {
  const match = /^(\S{1,80}) ([0-9]{1,10}) ([0-9]{1,10})(?: (.{0,4000}))?$/s.exec(line);
  if (match === null || match[1] !== mark) return undefined;
  const said = match[4] ?? "";
  // What stands before the counts: `dd: error reading '/dev/sda': Input/output error 3+0 records in …`.
  const at = said.search(/[0-9]+\+[0-9]+ records in/);
  return {
    fullBlocks: Number(match[2]),
    partBlocks: Number(match[3]),
    complaint: (at < 0 ? said : said.slice(0, at)).trim(),
  };
}

const smallestBlockBytes = 4096;
const largestBlockBytes = 1024 * 1024;

/**
 * Blocks that cover the bytes from `start` to `end`, as large as goes with little read besides: dd makes two calls a block, and each
 * write of few bytes wakes sshd.
 */
export function blocksFor(start: number, end: number, sizeBytes: number, fine = false): BlockRequest {
  const align = fine ? smallestBlockBytes : alignmentFor(end - start);
  const from = Math.floor(start / align) * align;
  const to = Math.min(
    Math.ceil(end / align) * align,
    Math.ceil(sizeBytes / smallestBlockBytes) * smallestBlockBytes,
  );
  let blockBytes = fine ? smallestBlockBytes : largestBlockBytes;
  while (from % blockBytes !== 0 || (to - from) % blockBytes !== 0) blockBytes /= 2;
  return { blockBytes, firstBlock: from / blockBytes, blocks: (to - from) / blockBytes };
}

/** A power of two from 4 KiB to 64 KiB, at most a sixteenth of the length where that is possible. */
function alignmentFor(length: number): number {
  let align = smallestBlockBytes;
  while (align < 64 * 1024 && align * 32 <= length) align *= 2;
  return align;
}
