#!/usr/bin/env node
// How fast and in how much memory `sampan convert` makes a dynamic VHD, beside `qemu-img convert -W -m 16 -O vpc`, in turn.
// Prints tables; all numbers also go to bench/results/, which git ignores.
//   --pairs N   how often each pair is run (default 5)
//   --only TEXT only cases whose name contains it
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { benchInputs, formats } from "./inputs.mjs";
import { compare, cost, hasMeter } from "./measure.mjs";
import { comparePrompts } from "./prompt.mjs";
import { crcSpeed, readSpeed } from "./speeds.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const program = process.env.SAMPAN_PROGRAM ?? join(root, "packages/repl/bin/sampan.mjs");
const { values } = parseArgs({
  options: { pairs: { type: "string", default: "5" }, only: { type: "string", default: "" } },
});
const pairs = Number(values.pairs);
const targets = {
  "raw, whole disk": 0.8,
  "raw, used only": 0.7,
  "sparse VMDK": 0.8,
  "split VMDK": 0.8,
  "streamOptimized VMDK": 0.4,
  "plain QCOW2": 0.8,
  "deflate QCOW2": 0.5,
};

if (spawnSync("qemu-img", ["--version"]).status !== 0) {
  console.error("qemu-img is not installed (Debian: qemu-utils): there is nothing to compare with");
  process.exit(1);
}
if (!hasMeter) console.log("python3 is not installed: CPU time and peak memory are not measured");

const inputs = await benchInputs();
const cases = [
  { name: "raw, whole disk", path: inputs.raw, format: "raw", options: [] },
  {
    name: "raw, used only",
    path: inputs.raw,
    format: "raw",
    options: ["--used-only"],
    expected: inputs.used,
  },
  ...formats.map(({ name, file, format }) => ({
    name,
    path: join(inputs.folder, file),
    format,
    options: [],
  })),
].filter(({ name }) => name.includes(values.only));

// On the same disk as the inputs; a temporary folder may be in memory.
const work = mkdtempSync(join(dirname(inputs.folder), "output-bench-"));
const [ours, theirs] = [join(work, "ours.vhd"), join(work, "theirs.vhd")];

function sampan({ path, format, options }) {
  rmSync(ours, { force: true });
  const args = ["convert", path, ours, "--source-format", format, "--quiet", ...options];
  return cost(process.execPath, [program, ...args]);
}

function qemu({ path, format }) {
  rmSync(theirs, { force: true });
  return cost("qemu-img", ["convert", "-W", "-m", "16", "-f", format, "-O", "vpc", path, theirs]);
}

/** Both outputs must be the disk they should be, or the figures mean nothing. */
function check({ expected }) {
  for (const [disk, output] of [
    [expected ?? inputs.raw, ours],
    [inputs.raw, theirs],
  ]) {
    const args = ["compare", "-f", "raw", "-F", "vpc", disk, output];
    const { status, stdout, stderr } = spawnSync("qemu-img", args, { encoding: "utf8" });
    if (status !== 0) throw new Error(`${output} is another disk than ${disk}: ${stdout}${stderr}`);
  }
}

const rounded = (value, digits = 2) => (value === null ? "–" : Number(value.toFixed(digits)));
const megabytes = (bytes) => (bytes === null ? "–" : Math.round(bytes / 1e6));

try {
  const rows = [];
  for (const one of cases) {
    // Once for the page cache and to see that both are right.
    sampan(one);
    qemu(one);
    check(one);
    const loadBefore = loadavg()[0];
    rows.push({
      name: one.name,
      target: targets[one.name],
      loadBefore,
      ...compare(
        pairs,
        () => sampan(one),
        () => qemu(one),
      ),
    });
    console.log(`${one.name}: ${rounded(rows.at(-1).ratio)}`);
  }
  const startUp = compare(
    pairs * 2 + 1,
    () => cost(process.execPath, [program, "--version"]),
    () => cost(process.execPath, ["-e", "0"]),
  );
  const prompts = await comparePrompts(pairs, program);
  if (prompts === null)
    console.log("script of util-linux is not installed: the shell's prompt is not measured");
  const reads = await readSpeed(join(inputs.folder, "sparse.vmdk"), pairs);
  const crc64 = await crcSpeed();
  console.log(
    `\n${inputs.kind}: ${megabytes(inputs.dataBytes)} MB of 4 GiB are data, ${megabytes(inputs.deletedBytes)} MB of them deleted; ` +
      `median of ${pairs} pairs; ` +
      `${availableParallelism()} cores, load ${loadavg()[0].toFixed(1)}`,
  );
  console.table(
    Object.fromEntries(
      rows.map((row) => [
        row.name,
        {
          ratio: rounded(row.ratio),
          target: row.target,
          "s ours": rounded(row.seconds[0]),
          "s qemu": rounded(row.seconds[1]),
          "CPU s ours": rounded(row.cpuSeconds[0]),
          "CPU s qemu": rounded(row.cpuSeconds[1]),
          "peak MB": megabytes(row.peakBytes[0]),
        },
      ]),
    ),
  );
  console.table({
    "sampan --version, × node -e 0": { value: rounded(startUp.ratio), target: "≤ 3" },
    ...(prompts && {
      "prompt of the shell, × that of node": { value: rounded(prompts.ratio), target: "≤ 4" },
      "prompt of the shell, s": { value: rounded(prompts.seconds[0]), target: "" },
    }),
    "raw reads, × cat": { value: rounded(reads.ratio), target: "≥ 0.8" },
    "CRC-64, MB/s": { value: Math.round(crc64 / 1e6), target: "≥ 1000" },
  });
  const results = join(root, "bench/results");
  mkdirSync(results, { recursive: true });
  const at = new Date().toISOString();
  const machine = { cores: availableParallelism(), model: cpus()[0]?.model ?? null, node: process.version };
  const { kind, dataBytes, deletedBytes } = inputs;
  writeFileSync(
    join(results, `${at.replaceAll(":", "")}.json`),
    `${JSON.stringify({ at, machine, disk: { kind, dataBytes, deletedBytes }, pairs, rows, startUp, prompts, reads, crc64 }, null, 2)}\n`,
  );
} finally {
  rmSync(work, { recursive: true, force: true });
}
