#!/usr/bin/env node
// How fast and in how much memory a disk becomes an object as a dynamic VHD: Sampan, which encodes while it sends, beside
// `qemu-img convert` to a file followed by ali-oss's multipartUpload of it. The same simulator for both, in turn.
//   --pairs N      how often the pair is run (default 3)
//   --mebibytes N  data on the disk, half of which is holes (default 2048)
//   --part N       size of ali-oss's parts in MiB; its own default of 1 when absent
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
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
    part: { type: "string", default: "" },
  },
});
const pairs = Number(values.pairs);
const dataBytes = Number(values.mebibytes) * MiB;
const runBytes = 4 * MiB;

if (spawnSync("qemu-img", ["--version"]).status !== 0) {
  console.error("qemu-img is not installed (Debian: qemu-utils): there is nothing to compare with");
  process.exit(1);
}
if (!hasMeter) console.log("python3 is not installed: CPU time and peak memory are not measured");

const { cacheFolder } = await createJiti(import.meta.url).import("../helpers/cache-folder.ts");
// On a real disk; a temporary folder may be in memory.
const work = mkdtempSync(join(cacheFolder(), "bench-upload-"));
const raw = join(work, "disk.raw");

/** A disk of which every other 4 MiB are random bytes and the rest is holes. */
function makeDisk() {
  const file = openSync(raw, "w");
  const bytes = randomBytes(runBytes);
  for (let offset = 0; offset < dataBytes * 2; offset += 2 * runBytes) {
    bytes.writeDoubleLE(offset, 0);
    writeSync(file, bytes, 0, runBytes, offset);
  }
  ftruncateSync(file, dataBytes * 2);
  closeSync(file);
}

const program = `
import { Simulator } from "@sampan/simulator";
const simulator = await Simulator.start({ dataFolder: process.argv[1] });
const { endpoint, credentials } = simulator;
process.stdout.write(JSON.stringify({ endpoint, ...credentials }) + "\\n");
process.on("SIGTERM", () => simulator.stop().then(() => process.exit(0)));
`;

/** The simulator as a process of its own. */
async function startSimulator() {
  const folder = join(work, "store");
  const args = ["--input-type=module", "-e", program, folder];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: child.stdout })) return { child, ...JSON.parse(line) };
  throw new Error("the simulator ended before it listened");
}

makeDisk();
const simulator = await startSimulator();
const temporary = join(work, "temporary");
mkdirSync(temporary);
process.env.TMPDIR = temporary;
process.env.BENCH_ENDPOINT = simulator.endpoint;
process.env.ALIBABA_CLOUD_ACCESS_KEY_ID = simulator.accessKeyId;
process.env.ALIBABA_CLOUD_ACCESS_KEY_SECRET = simulator.accessKeySecret;
/** Lets the disk finish what was written before, so that neither side pays for the other. */
const settle = () => spawnSync("sync");
const client = (name, ...args) =>
  cost(process.execPath, [fileURLToPath(new URL(name, import.meta.url)), ...args]);

const ours = () => {
  settle();
  const used = client("upload-ours.mjs", raw);
  if (readdirSync(temporary).length > 0) throw new Error("Sampan made a temporary file");
  return used;
};

const theirs = () => {
  const vhd = join(work, "theirs.vhd");
  rmSync(vhd, { force: true });
  settle();
  const convert = cost("qemu-img", ["convert", "-W", "-m", "16", "-f", "raw", "-O", "vpc", raw, vhd]);
  const upload = client("upload-theirs.mjs", "upload", vhd, values.part);
  const both = (field) => (convert[field] === null ? null : convert[field] + upload[field]);
  return {
    seconds: both("seconds"),
    cpuSeconds: both("cpuSeconds"),
    peakBytes: upload.peakBytes === null ? null : Math.max(convert.peakBytes, upload.peakBytes),
  };
};

/** Both objects must be the disk, or the figures mean nothing. */
function check(key) {
  const file = join(work, "check.vhd");
  client("upload-theirs.mjs", "download", key, file);
  const { status, stdout, stderr } = spawnSync("qemu-img", ["compare", "-f", "raw", "-F", "vpc", raw, file], {
    encoding: "utf8",
  });
  rmSync(file);
  if (status !== 0) throw new Error(`${key} is another disk than ${raw}: ${stdout}${stderr}`);
}

const rounded = (value) => (value === null ? "–" : Number(value.toFixed(2)));
const megabytes = (bytes) => (bytes === null ? "–" : Math.round(bytes / 1e6));

try {
  ours();
  check("ours.vhd");
  theirs();
  check("theirs.vhd");
  const row = compare(pairs, ours, theirs);
  console.log(
    `${megabytes(dataBytes)} MB of data on a disk of twice that; median of ${pairs} pairs; ` +
      `ali-oss with ${values.part ? `parts of ${values.part} MiB` : "its defaults"}; ` +
      `${availableParallelism()} cores, load ${loadavg()[0].toFixed(1)}`,
  );
  console.table({
    "wall time, × qemu-img and ali-oss": { value: rounded(row.ratio), target: "≤ 0.5" },
    "seconds, ours": { value: rounded(row.seconds[0]) },
    "seconds, theirs": { value: rounded(row.seconds[1]) },
    "CPU seconds, ours": { value: rounded(row.cpuSeconds[0]) },
    "CPU seconds, theirs": { value: rounded(row.cpuSeconds[1]) },
    "peak MB, ours": { value: megabytes(row.peakBytes[0]), target: "≤ 250" },
  });
  const results = join(root, "bench/results");
  mkdirSync(results, { recursive: true });
  const at = new Date().toISOString();
  const machine = { cores: availableParallelism(), model: cpus()[0]?.model ?? null, node: process.version };
  const record = {
    at,
    machine,
    load: loadavg(),
    dataBytes,
    pairs,
    theirPart: values.part || null,
    upload: row,
  };
  writeFileSync(
    join(results, `upload-${at.replaceAll(":", "")}.json`),
    `${JSON.stringify(record, null, 2)}\n`,
  );
} finally {
  simulator.child.kill("SIGTERM");
  await new Promise((resolve) => simulator.child.once("close", resolve));
  rmSync(work, { recursive: true, force: true });
}
