#!/usr/bin/env node
// How fast and in how much memory `sampan convert` makes a dynamic VHD, beside qemu-img where it is installed.
// Prints a table; the numbers also go to bench/results/, which git ignores. `--data-mib N` sets the size.
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("../..", import.meta.url));
const program = join(root, "packages/repl/bin/sampan.mjs");
const recorder = join(root, "test/helpers/record-peak-memory.mjs");
const { values } = parseArgs({ options: { "data-mib": { type: "string", default: "512" } } });
const dataMib = Number(values["data-mib"]);
const repeats = 3;
const MiB = 1024 ** 2;

const folder = mkdtempSync(join(tmpdir(), "sampan-bench-"));

/** Raw disk of four times the data: random MiB spread over it, holes in between. */
function makeSource(path) {
  const file = openSync(path, "w");
  for (let i = 0; i < dataMib; i++) writeSync(file, randomBytes(MiB), 0, MiB, i * 4 * MiB);
  const table = Buffer.alloc(2);
  table.writeUInt16LE(0xaa55, 0);
  writeSync(file, table, 0, 2, 510);
  closeSync(file);
  truncateSync(path, dataMib * 4 * MiB);
}

function timed(command, args, env = {}) {
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(command, args, { encoding: "utf8", env: { ...process.env, ...env } });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed: ${stderr}`);
  return (performance.now() - startedAt) / 1000;
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

function measure(name, once) {
  const runs = [];
  for (let i = 0; i < repeats; i++) runs.push(once());
  const seconds = median(runs.map((run) => run.seconds));
  return {
    name,
    seconds: Number(seconds.toFixed(2)),
    mibPerSecond: Math.round(dataMib / seconds),
    peakMb: Math.max(...runs.map((run) => run.peakMb ?? 0)) || null,
  };
}

try {
  const raw = join(folder, "source.raw");
  const target = join(folder, "target.vhd");
  const peakFile = join(folder, "peak");
  makeSource(raw);
  const hasQemu = spawnSync("qemu-img", ["--version"]).status === 0;
  const sources = [{ path: raw, format: "raw" }];
  if (hasQemu) {
    for (const [format, options] of [
      ["qcow2", []],
      ["vmdk", ["-o", "subformat=monolithicSparse"]],
    ]) {
      const path = join(folder, `source.${format}`);
      timed("qemu-img", ["convert", "-f", "raw", "-O", format, ...options, raw, path]);
      sources.push({ path, format });
    }
  }
  const rows = [];
  for (const { path, format } of sources) {
    rows.push(
      measure(`sampan convert ${format} → vhd`, () => {
        rmSync(target, { force: true });
        const args = [program, "convert", path, target, "--source-format", format, "--quiet"];
        const seconds = timed(process.execPath, args, {
          NODE_OPTIONS: `--import=${recorder}`,
          PEAK_MEMORY_FILE: peakFile,
        });
        return { seconds, peakMb: Math.round(Number(readFileSync(peakFile, "utf8")) / 1e6) };
      }),
    );
    if (!hasQemu) continue;
    rows.push(
      measure(`qemu-img convert ${format} → vpc`, () => {
        rmSync(target, { force: true });
        return { seconds: timed("qemu-img", ["convert", "-f", format, "-O", "vpc", path, target]) };
      }),
    );
  }
  console.log(
    `${dataMib} MiB of data in a disk of ${dataMib * 4} MiB; median of ${repeats}; ${cpus().length} cores`,
  );
  console.table(rows);
  const results = join(root, "bench/results");
  mkdirSync(results, { recursive: true });
  const at = new Date().toISOString();
  writeFileSync(
    join(results, `${at.replaceAll(":", "")}.json`),
    `${JSON.stringify({ at, node: process.version, dataMib, rows }, null, 2)}\n`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
