import { spawn } from "node:child_process";
import { rangeEnd } from "@sampan/core";
import { AllocationMap } from "../allocation-map.ts";
import type { Extent } from "../extent.ts";

/*
 * Node has no lseek, so a small interpreter is lent the open file as descriptor 3 and walks it with SEEK_DATA and SEEK_HOLE
 * (Linux since 3.1, macOS, FreeBSD). It opens nothing itself, gets no path and reads no data. It prints one line per run of
 * data: offset, blank, length; then "end" — without that line the answer is incomplete and is thrown away.
 */

const perlProgram = `
my ($data, $hole, $size) = @ARGV;
open(my $file, "<&=", 3) or exit 3;
my $at = 0;
while ($at < $size) {
  my $from = sysseek($file, $at, $data);
  if (!defined $from) { last if $!{ENXIO}; exit 4; }
  my $to = sysseek($file, $from + 0, $hole);
  exit 4 unless defined $to;
  exit 5 unless $to > $from;
  $to = $size if $to > $size;
  last if $from + 0 >= $size;
  printf "%d %d\\n", $from, $to - $from;
  $at = $to;
}
print "end\\n";
`;

const pythonProgram = `
import errno, os, sys
data, hole, size = map(int, sys.argv[1:4])
at = 0
while at < size:
    try:
        start = os.lseek(3, at, data)
    except OSError as error:
        if error.errno == errno.ENXIO:
            break
        raise
    stop = min(os.lseek(3, start, hole), size)
    if start >= size:
        break
    if stop <= start:
        sys.exit(5)
    sys.stdout.write("%d %d\\n" % (start, stop - start))
    at = stop
sys.stdout.write("end\\n")
`;

/** Programs that can do it, the one that starts fastest first. */
const finders: readonly { readonly command: string; readonly args: readonly string[] }[] = [
  { command: "perl", args: ["-MErrno", "-e", perlProgram, "--"] },
  { command: "python3", args: ["-I", "-S", "-c", pythonProgram] },
];

const outputLimitBytes = 32 * 1024 * 1024;
const timeLimitMs = 20_000;

/** Commands known to be missing on this machine, so that they are not tried for every file. */
const missing = new Set<string>();

/**
 * Asks the file system which parts of an open file are holes.
 *
 * Gives `undefined` when it cannot be told: on Windows, when neither perl nor python3 is installed, when the file system
 * answers nonsense, or when the answer is longer than 32 MiB (about a million runs) or takes over 20 s. Never throws.
 */
export async function findHoles(
  descriptor: number,
  sizeBytes: number,
  signal?: AbortSignal,
): Promise<AllocationMap | undefined> {
  const whence = seekConstants();
  if (!whence) return undefined;
  for (const finder of finders) {
    if (missing.has(finder.command) || signal?.aborted) continue;
    const args = [...finder.args, String(whence.data), String(whence.hole), String(sizeBytes)];
    const answer = await runFinder(finder.command, args, descriptor, signal);
    if (answer === "missing") missing.add(finder.command);
    else if (answer !== "failed") {
      const map = parseRuns(answer, sizeBytes);
      if (map) return map;
    }
  }
  return undefined;
}

function seekConstants(): { readonly data: number; readonly hole: number } | undefined {
  switch (process.platform) {
    case "linux":
    case "freebsd":
      return { data: 3, hole: 4 };
    case "darwin":
      return { data: 4, hole: 3 };
    default:
      return undefined;
  }
}

function runFinder(
  command: string,
  args: readonly string[],
  descriptor: number,
  signal: AbortSignal | undefined,
): Promise<string | "missing" | "failed"> {
  return new Promise((resolve) => {
    // A bare environment: no library path or start-up file of the caller reaches the interpreter.
    const child = spawn(command, args, {
      stdio: ["ignore", "pipe", "ignore", descriptor],
      env: { PATH: process.env.PATH ?? "/usr/bin:/bin", LC_ALL: "C" },
      timeout: timeLimitMs,
      killSignal: "SIGKILL",
      windowsHide: true,
    });
    const abort = () => child.kill("SIGKILL");
    signal?.addEventListener("abort", abort, { once: true });
    const chunks: Buffer[] = [];
    let total = 0;
    child.stdout?.on("data", (chunk: Buffer) => {
      total += chunk.length;
      if (total > outputLimitBytes) child.kill("SIGKILL");
      else chunks.push(chunk);
    });
    child.once("error", (error: NodeJS.ErrnoException) => {
      signal?.removeEventListener("abort", abort);
      resolve(error.code === "ENOENT" ? "missing" : "failed");
    });
    child.once("close", (code) => {
      signal?.removeEventListener("abort", abort);
      resolve(code === 0 && total <= outputLimitBytes ? Buffer.concat(chunks).toString("latin1") : "failed");
    });
  });
}

/** Turns the answer into a map; anything out of order or incomplete gives `undefined`. */
export function parseRuns(answer: string, sizeBytes: number): AllocationMap | undefined {
  const lines = answer.split("\n");
  if (lines.pop() !== "" || lines.pop() !== "end") return undefined;
  const extents: Extent[] = [];
  let position = 0;
  for (const line of lines) {
    const match = /^(\d{1,16}) (\d{1,16})$/.exec(line);
    if (!match) return undefined;
    const data: Extent = { offset: Number(match[1]), length: Number(match[2]), kind: "data" };
    if (data.offset < position || data.length < 1 || rangeEnd(data) > sizeBytes) return undefined;
    if (data.offset > position)
      extents.push({ offset: position, length: data.offset - position, kind: "hole" });
    extents.push(data);
    position = rangeEnd(data);
  }
  if (position < sizeBytes) extents.push({ offset: position, length: sizeBytes - position, kind: "hole" });
  return AllocationMap.of(sizeBytes, extents);
}
