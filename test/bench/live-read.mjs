#!/usr/bin/env node
// How fast the disk of a running host is read over SSH, beside `ssh HOST dd if=DISK bs=4M | cat >/dev/null` for the same bytes:
// an sshd of its own on the loopback, in turn, each with a connection of its own. Needs root and sshd.
//   --pairs N      how often the pair is run (default 3)
//   --mebibytes N  bytes of the disk (default 2048)
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createJiti } from "jiti";
import { compare, cost, hasMeter } from "./measure.mjs";

const MiB = 1024 ** 2;
const root = fileURLToPath(new URL("../..", import.meta.url));
const { values } = parseArgs({
  options: {
    pairs: { type: "string", default: "3" },
    mebibytes: { type: "string", default: "2048" },
  },
});
const pairs = Number(values.pairs);
const sizeBytes = Number(values.mebibytes) * MiB;
if (!hasMeter) console.log("python3 is not installed: CPU time and peak memory are not measured");

const jiti = createJiti(import.meta.url);
const { cacheFolder } = await jiti.import("../helpers/cache-folder.ts");
const { startLoopbackSshd } = await jiti.import("../helpers/loopback-sshd.ts");
// On a real disk; a temporary folder may be in memory.
const work = mkdtempSync(join(cacheFolder(), "bench-live-"));
const disk = join(work, "disk.raw");
const file = openSync(disk, "w");
const bytes = randomBytes(4 * MiB);
for (let offset = 0; offset < sizeBytes; offset += bytes.length) {
  bytes.writeDoubleLE(offset, 0);
  writeSync(file, bytes, 0, bytes.length, offset);
}
closeSync(file);

const sshd = await startLoopbackSshd();
const { host, user, port, configFile } = sshd.target();
const ours = () =>
  cost(process.execPath, [
    fileURLToPath(new URL("live-read-ours.mjs", import.meta.url)),
    JSON.stringify({ target: sshd.target(), path: disk, sizeBytes }),
  ]);
const theirs = () =>
  cost("sh", [
    "-c",
    'disk=$1; shift; "$@" "dd if=$disk bs=4M" 2>/dev/null | cat >/dev/null',
    "sh",
    disk,
    ...["ssh", "-F", configFile, "-p", String(port), `${user}@${host}`],
  ]);

const rounded = (value) => (value === null ? "–" : Number(value.toFixed(2)));
const megabytes = (value) => (value === null ? "–" : Math.round(value / 1e6));
try {
  // Both must be what they say, and the disk in the host's memory.
  ours();
  const { stdout } = spawnSync("sh", [
    "-c",
    `ssh -F "${configFile}" -p ${port} ${user}@${host} "dd if=${disk} bs=4M" 2>/dev/null | wc -c`,
  ]);
  if (Number(stdout) !== sizeBytes) throw new Error(`ssh and dd gave ${stdout} bytes`);
  const row = compare(pairs, ours, theirs);
  console.log(
    `${megabytes(sizeBytes)} MB over the loopback; median of ${pairs} pairs; ` +
      `${availableParallelism()} cores, load ${loadavg()[0].toFixed(1)}`,
  );
  const speed = (seconds) => rounded(sizeBytes / 1e6 / seconds);
  console.table({
    "speed, × ssh and dd": { value: rounded(1 / row.ratio), target: "≥ 0.8" },
    "MB/s, ours": { value: speed(row.seconds[0]) },
    "MB/s, ssh and dd": { value: speed(row.seconds[1]) },
    "CPU seconds here, ours": { value: rounded(row.cpuSeconds[0]) },
    "CPU seconds here, ssh and dd": { value: rounded(row.cpuSeconds[1]) },
    "peak MB, ours": { value: megabytes(row.peakBytes[0]) },
  });
  const results = join(root, "bench/results");
  mkdirSync(results, { recursive: true });
  const at = new Date().toISOString();
  const machine = { cores: availableParallelism(), model: cpus()[0]?.model ?? null, node: process.version };
  const record = { at, machine, load: loadavg(), sizeBytes, pairs, liveRead: row };
  writeFileSync(join(results, `live-${at.replaceAll(":", "")}.json`), `${JSON.stringify(record, null, 2)}\n`);
} finally {
  await sshd.close();
  rmSync(work, { recursive: true, force: true });
}
