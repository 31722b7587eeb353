// Runs programs and says what they cost.
import { spawnSync } from "node:child_process";

/*
 * Node cannot ask what a child cost; python3 can. It prints wall seconds, CPU seconds and peak memory in KiB (bytes on macOS).
 * Linux hands a child the peak of the process that started it, so that process has to be a small one.
 */
const meter = `
import resource, subprocess, sys, time
start = time.perf_counter()
code = subprocess.call(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
wall = time.perf_counter() - start
use = resource.getrusage(resource.RUSAGE_CHILDREN)
print(code, wall, use.ru_utime + use.ru_stime, use.ru_maxrss * (1 if sys.platform == "darwin" else 1024))
`;
export const hasMeter = spawnSync("python3", ["--version"]).status === 0;

/** Runs a program to its end; throws when it fails. CPU time and peak memory are `null` without python3. */
export function cost(command, args) {
  const startedAt = performance.now();
  const run = hasMeter
    ? spawnSync("python3", ["-I", "-S", "-c", meter, command, ...args], { encoding: "utf8" })
    : spawnSync(command, args, { encoding: "utf8", stdio: ["ignore", "ignore", "pipe"] });
  const wall = (performance.now() - startedAt) / 1000;
  const fields = hasMeter ? run.stdout.trim().split(" ").map(Number) : [run.status, wall, null, null];
  const [status, seconds, cpuSeconds, peakBytes] = fields;
  if (run.status !== 0 || status !== 0) throw new Error(`${command} ${args.join(" ")} failed: ${run.stderr}`);
  return { seconds, cpuSeconds, peakBytes };
}

export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Runs two things in turn, so that what else the machine does harms both alike, and compares them pair by pair. */
export function compare(pairs, ours, theirs) {
  const runs = [];
  for (let index = 0; index < pairs; index++) {
    // Who goes first changes too: the second finds the disk's cache as the first left it.
    if (index % 2 === 0) runs.push({ ours: ours(), theirs: theirs() });
    else runs.push(((second) => ({ ours: ours(), theirs: second }))(theirs()));
  }
  const of = (side, field) => (runs[0][side][field] === null ? null : runs.map((run) => run[side][field]));
  const middle = (side, field) => of(side, field) && median(of(side, field));
  return {
    ratio: median(runs.map((run) => run.ours.seconds / run.theirs.seconds)),
    ratios: runs.map((run) => run.ours.seconds / run.theirs.seconds),
    seconds: [middle("ours", "seconds"), middle("theirs", "seconds")],
    cpuSeconds: [middle("ours", "cpuSeconds"), middle("theirs", "cpuSeconds")],
    peakBytes: [of("ours", "peakBytes"), of("theirs", "peakBytes")].map((all) => all && Math.max(...all)),
  };
}
