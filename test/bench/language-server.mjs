#!/usr/bin/env node
// How soon the language server tells of problems after a keystroke, and in how much memory, on a workspace of many plans.
// Prints figures; all of them also go to bench/results/, which git ignores.
//   --plans N       how many plans lie in the workspace (default 200)
//   --keystrokes N  how many keystrokes are timed (default 300)
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from "vscode-jsonrpc/node";

const root = fileURLToPath(new URL("../..", import.meta.url));
const program = join(root, "packages/language-server/bin/sampan-language-server.mjs");
const { values } = parseArgs({
  options: {
    plans: { type: "string", default: "200" },
    keystrokes: { type: "string", default: "300" },
  },
});
const plans = Number(values.plans);
const keystrokes = Number(values.keystrokes);
const budgets = { residentMiB: 150, p95Ms: 150 };

/** A plan as people write them: comments, constants, a list of hosts, one chain that is long. */
const planText = (index) => `import { Migration } from "sampan";

// Host ${index} of the fleet, moved at night. ${"What is said here takes its place in the file. ".repeat(6)}
const region = "cn-hangzhou";
const bucket = "fleet-images-${index % 7}";

export const spare = Migration.from("ssh://root@spare-${index}").assess();

export default ["web-${index}", "db-${index}", "queue-${index}"].map((host) =>
  Migration.from(\`ssh://root@\${host}\`)
    .assess({ accept: { "GUESTOS.Platform": "runs on our own kernel" } })
    .prepare({ skip: ["firewall"] })
    .capture({ consistency: "snapshot" })
    .toVhd()
    .upload(bucket, { createBucket: true, region, partBytes: 8 * 1024 ** 2 })
    .import({ name: \`fleet-\${host}\`, region, createRole: true })
    .copyTo("cn-shanghai", "ap-southeast-1"),
);
`;

const folder = mkdtempSync(join(tmpdir(), "sampan-lsp-"));
const startedAt = performance.now();
const server = spawn(process.execPath, [program, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
try {
  const uris = Array.from({ length: plans }, (_, index) => {
    const path = join(folder, `host-${index}.migration.ts`);
    writeFileSync(path, planText(index));
    return pathToFileURL(path).href;
  });
  const connection = createMessageConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  connection.listen();
  await connection.sendRequest("initialize", {
    processId: process.pid,
    rootUri: pathToFileURL(folder).href,
    capabilities: { textDocument: { diagnostic: {} } },
  });
  const initializedMs = performance.now() - startedAt;
  await connection.sendNotification("initialized", {});

  const scanAt = performance.now();
  const { items } = await connection.sendRequest("workspace/diagnostic", { previousResultIds: [] });
  const scanMs = performance.now() - scanAt;
  const againAt = performance.now();
  const previousResultIds = items.map(({ uri, resultId }) => ({ uri, value: resultId }));
  await connection.sendRequest("workspace/diagnostic", { previousResultIds });
  const rescanMs = performance.now() - againAt;

  const uri = uris[0];
  const text = planText(0);
  await connection.sendNotification("textDocument/didOpen", {
    textDocument: { uri, languageId: "typescript", version: 0, text },
  });
  const diagnostics = [];
  const completions = [];
  const line = text.split("\n").findIndex((content) => content.includes(".copyTo("));
  const column = text.split("\n")[line].indexOf("cn-shanghai") + 3;
  for (let version = 1; version <= keystrokes; version++) {
    const typed = version % 2 === 1;
    const range = {
      start: { line, character: column },
      end: { line, character: column + (typed ? 0 : 1) },
    };
    await connection.sendNotification("textDocument/didChange", {
      textDocument: { uri, version },
      contentChanges: [{ range, text: typed ? "x" : "" }],
    });
    const at = performance.now();
    await connection.sendRequest("textDocument/diagnostic", { textDocument: { uri } });
    diagnostics.push(performance.now() - at);
    const completedAt = performance.now();
    await connection.sendRequest("textDocument/completion", {
      textDocument: { uri },
      position: { line, character: column },
    });
    completions.push(performance.now() - completedAt);
  }
  const figures = {
    plans,
    problems: items.reduce((sum, { items: found }) => sum + (found?.length ?? 0), 0),
    initializedMs,
    scanMs,
    rescanMs,
    diagnosticsMs: { median: quantile(diagnostics, 0.5), p95: quantile(diagnostics, 0.95) },
    completionMs: { median: quantile(completions, 0.5), p95: quantile(completions, 0.95) },
    ...memoryOf(server.pid),
    load: loadavg()[0],
    processors: availableParallelism(),
  };
  console.log(
    `workspace of ${plans} plans, ${figures.problems} problems; load ${figures.load.toFixed(1)} on ${figures.processors} processors`,
  );
  console.log(`initialized after      ${initializedMs.toFixed(0)} ms`);
  console.log(`all plans judged in    ${scanMs.toFixed(0)} ms, again unchanged in ${rescanMs.toFixed(0)} ms`);
  console.log(
    `diagnostics            median ${figures.diagnosticsMs.median.toFixed(1)} ms, p95 ${figures.diagnosticsMs.p95.toFixed(1)} ms (budget ${budgets.p95Ms})`,
  );
  console.log(
    `completion             median ${figures.completionMs.median.toFixed(1)} ms, p95 ${figures.completionMs.p95.toFixed(1)} ms`,
  );
  console.log(
    `resident memory        ${mebibytes(figures.residentMiB)}, at most ${mebibytes(figures.peakMiB)} (budget ${budgets.residentMiB})`,
  );
  mkdirSync(join(root, "bench/results"), { recursive: true });
  writeFileSync(join(root, "bench/results/language-server.json"), `${JSON.stringify(figures, null, 2)}\n`);
  if (figures.diagnosticsMs.p95 > budgets.p95Ms || (figures.residentMiB ?? 0) > budgets.residentMiB) {
    console.log("over budget");
    process.exitCode = 1;
  }
  connection.dispose();
} finally {
  server.kill();
  rmSync(folder, { recursive: true, force: true });
}

function quantile(list, share) {
  const sorted = [...list].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** Resident memory now and at most, where the system tells it. */
function memoryOf(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const kibibytes = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]);
    return { residentMiB: kibibytes("VmRSS") / 1024, peakMiB: kibibytes("VmHWM") / 1024 };
  } catch {
    return { residentMiB: null, peakMiB: null };
  }
}

function mebibytes(value) {
  return value === null ? "not known here" : `${value.toFixed(0)} MiB`;
}
