#!/usr/bin/env node
import { spawn, spawnSync } from "node:child_process";
import { createHash, createHmac, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
// How fast the simulator takes an object from many clients at once, signed by V4, and in how much memory.
//
// The simulator runs as a process of its own on one core, the clients on the others. Clients are bare sockets that send
// bodies made beforehand, so that they cost next to nothing. What counts is the CPU time of the simulator's process per
// byte, which other load on the machine does not change: MB per CPU second is the speed one core could reach.
//   --clients N     connections at once (default 20)
//   --mebibytes N   size of the object (default 1024)
//   --part N        size of a part in MiB (default 8)
//   --rounds N      how often (default 3; the best counts)
//   --profile DIR   writes a CPU profile of the simulator there
import { createCRC64 } from "hash-wasm";

const MiB = 1024 ** 2;
const root = fileURLToPath(new URL("../..", import.meta.url));
const { values } = parseArgs({
  options: {
    clients: { type: "string", default: "20" },
    mebibytes: { type: "string", default: "1024" },
    part: { type: "string", default: "8" },
    rounds: { type: "string", default: "3" },
    profile: { type: "string", default: "" },
  },
});
const clients = Number(values.clients);
const partBytes = Number(values.part) * MiB;
const parts = Math.ceil((Number(values.mebibytes) * MiB) / partBytes);
const totalBytes = parts * partBytes;
const bucket = "bench";
const region = "cn-hangzhou";

const program = `
import { Simulator } from "@sampan/simulator";
const simulator = await Simulator.start({ dataFolder: process.argv[1] });
process.stdout.write(JSON.stringify({ port: simulator.port, credentials: simulator.credentials }) + "\\n");
process.on("SIGTERM", () => simulator.stop().then(() => process.exit(0)));
`;

async function startSimulator(folder) {
  const node = [process.execPath];
  if (values.profile) node.push("--cpu-prof", `--cpu-prof-dir=${values.profile}`);
  node.push("--input-type=module", "-e", program, folder);
  const isPinned = spawnSync("taskset", ["-c", "0", "true"]).status === 0;
  const [command, ...args] = isPinned ? ["taskset", "-c", "0", ...node] : node;
  const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: child.stdout })) {
    return { child, isPinned, ...JSON.parse(line) };
  }
  throw new Error("the simulator ended before it listened");
}

/** CPU seconds of a process with all its threads: fields 14 and 15 of /proc/PID/stat, in hundredths. */
function cpuSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { user: Number(fields[11]) / 100, system: Number(fields[12]) / 100 };
}

/** Peak resident memory in bytes. */
function peakBytes(pid) {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;
}

/** The head of a request signed by V4; the body follows it on the socket. */
function signedHead({ accessKeyId, accessKeySecret }, method, path, query, length) {
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const day = date.slice(0, 8);
  const sorted = query.map(([name, value]) => (value === "" ? name : `${name}=${value}`)).sort();
  const canonical = [
    method,
    path,
    sorted.join("&"),
    `x-oss-content-sha256:UNSIGNED-PAYLOAD\nx-oss-date:${date}\n`,
    "",
    "UNSIGNED-PAYLOAD",
  ].join("\n");
  const scope = `${day}/${region}/oss/aliyun_v4_request`;
  const text = `OSS4-HMAC-SHA256\n${date}\n${scope}\n${createHash("sha256").update(canonical).digest("hex")}`;
  const chain = [day, region, "oss", "aliyun_v4_request"];
  const key = chain.reduce(
    (secret, word) => createHmac("sha256", secret).update(word).digest(),
    `aliyun_v4${accessKeySecret}`,
  );
  const signature = createHmac("sha256", key).update(text).digest("hex");
  const target = query.map(([name, value]) => `${name}=${value}`).join("&");
  return (
    `${method} ${path}${target ? `?${target}` : ""} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\n` +
    `x-oss-date: ${date}\r\nx-oss-content-sha256: UNSIGNED-PAYLOAD\r\n` +
    `Authorization: OSS4-HMAC-SHA256 Credential=${accessKeyId}/${scope},Signature=${signature}\r\n\r\n`
  );
}

/** A connection on which one request follows another. */
class Client {
  #socket;
  #text = "";
  #settle;
  #fail;

  constructor(port) {
    this.#socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.#socket.setEncoding("latin1");
    this.#socket.on("error", (error) => this.#fail?.(error));
    this.#socket.on("data", (text) => {
      this.#text += text;
      const end = this.#text.indexOf("\r\n\r\n");
      if (end < 0) return;
      const head = this.#text.slice(0, end);
      const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
      if (this.#text.length < end + 4 + length) return;
      const answer = {
        status: Number(head.slice(9, 12)),
        head,
        body: this.#text.slice(end + 4, end + 4 + length),
      };
      this.#text = this.#text.slice(end + 4 + length);
      this.#settle(answer);
    });
  }

  send(head, body) {
    return new Promise((settle, fail) => {
      this.#settle = (answer) =>
        answer.status < 300 ? settle(answer) : fail(new Error(`${answer.status}: ${answer.body}`));
      this.#fail = fail;
      this.#socket.write(head);
      if (body) this.#socket.write(body);
    });
  }

  close() {
    this.#socket.destroy();
  }
}

/** Uploads one object; resolves with what it cost the simulator. */
async function round(simulator, body, expectedCrc, key) {
  const { port, credentials, child } = simulator;
  const path = `/${bucket}/${key}`;
  const first = new Client(port);
  const head = (method, query, length = 0) => signedHead(credentials, method, path, query, length);
  const begun = await first.send(head("POST", [["uploads", ""]]));
  const uploadId = /<UploadId>([^<]+)/.exec(begun.body)[1];
  const before = cpuSeconds(child.pid);
  const startedAt = performance.now();
  const etags = [];
  let next = 1;
  const work = async () => {
    const client = new Client(port);
    while (next <= parts) {
      const number = next++;
      const query = [
        ["partNumber", String(number)],
        ["uploadId", uploadId],
      ];
      const answer = await client.send(head("PUT", query, body.length), body);
      etags[number] = /^etag: (.+)$/im.exec(answer.head)[1];
    }
    client.close();
  };
  await Promise.all(Array.from({ length: clients }, work));
  const seconds = (performance.now() - startedAt) / 1000;
  const after = cpuSeconds(child.pid);
  const list = etags.map(
    (etag, number) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`,
  );
  const xml = `<CompleteMultipartUpload>${list.join("")}</CompleteMultipartUpload>`;
  const completed = await first.send(head("POST", [["uploadId", uploadId]], xml.length), xml);
  const crc = /^x-oss-hash-crc64ecma: (\d+)/im.exec(completed.head)[1];
  if (crc !== expectedCrc) throw new Error(`the object has CRC-64 ${crc} and should have ${expectedCrc}`);
  await first.send(head("DELETE", []));
  first.close();
  const user = after.user - before.user;
  const system = after.system - before.system;
  return { seconds, user, system, megabytesPerCpuSecond: totalBytes / 1e6 / (user + system) };
}

if (process.platform !== "linux") {
  console.error("this measures by /proc, which only Linux has");
  process.exit(1);
}
const body = randomBytes(partBytes);
const hasher = (await createCRC64()).init();
for (let part = 0; part < parts; part++) hasher.update(body);
const expectedCrc = String(BigInt(`0x${hasher.digest("hex")}`));

const folder = mkdtempSync(join(tmpdir(), "sampan-simulator-bench-"));
if (statfsSync(folder).bavail * statfsSync(folder).bsize < totalBytes * 2)
  throw new Error("too little room on the disk");
const simulator = await startSimulator(folder);
if (simulator.isPinned && availableParallelism() > 1) {
  spawnSync("taskset", ["-a", "-p", "-c", `1-${cpus().length - 1}`, String(process.pid)]);
}
const loadBefore = loadavg()[0];
const runs = [];
try {
  const client = new Client(simulator.port);
  await client.send(signedHead(simulator.credentials, "PUT", `/${bucket}/`, [], 0));
  client.close();
  for (let index = 0; index < Number(values.rounds); index++) {
    runs.push(await round(simulator, body, expectedCrc, `disk-${index}.vhd`));
  }
  const peak = peakBytes(simulator.child.pid);
  const best = runs.toSorted((a, b) => b.megabytesPerCpuSecond - a.megabytesPerCpuSecond)[0];
  console.log(
    `${clients} clients, ${Math.round(totalBytes / MiB)} MiB in parts of ${values.part} MiB, V4; best of ${runs.length}; load before ${loadBefore.toFixed(1)}`,
  );
  console.table({
    "MB per CPU second": { value: Math.round(best.megabytesPerCpuSecond), target: "≥ 300" },
    "MB per second": {
      value: Math.round(totalBytes / 1e6 / Math.min(...runs.map((run) => run.seconds))),
      target: "≥ 300 on a quiet machine",
    },
    "CPU s per GB, user": { value: Number(((best.user * 1e9) / totalBytes).toFixed(2)) },
    "CPU s per GB, system": { value: Number(((best.system * 1e9) / totalBytes).toFixed(2)) },
    "peak MB": { value: Math.round(peak / 1e6), target: "≤ 150" },
  });
  const results = join(root, "bench/results");
  mkdirSync(results, { recursive: true });
  const at = new Date().toISOString();
  const machine = { cores: availableParallelism(), model: cpus()[0]?.model ?? null, node: process.version };
  const kept = { at, machine, loadBefore, clients, totalBytes, partBytes, runs, peakBytes: peak };
  writeFileSync(
    join(results, `simulator-${at.replaceAll(":", "")}.json`),
    `${JSON.stringify(kept, null, 2)}\n`,
  );
} finally {
  simulator.child.kill("SIGTERM");
  await new Promise((done) => simulator.child.once("exit", done));
  rmSync(folder, { recursive: true, force: true });
}
