#!/usr/bin/env node
// How long the analysis of plan files takes for 500 lines: whole plans, and the same cut in the middle of a word, as an editor sends them.
// The bar is 50 ms of CPU time, which says the same on a machine that is busy. Needs `npm run build`.
import { analysePlan } from "../../packages/language-server/dist/analysis/index.js";

const chain = (number) => `
export const plan${number} = Migration.from("ssh://root@web-${number}")
  .assess({ accept: { "GUESTOS.Virtio": "a kernel of our own" } })
  .prepare({ skip: ["firewall"] })
  .capture({ consistency: "snapshot" })
  .toVhd()
  .upload("web-images", { createBucket: true, partBytes: 8 * 1024 ** 2 })
  .import({ name: "web-${number}", createRole: true, region: "cn-hangzhou" })
  .copyTo("cn-shanghai", "ap-southeast-1");
`;
const whole = `import { Migration } from "sampan";\n${Array.from({ length: 50 }, (_, index) => chain(index)).join("")}`;
const mapped = `import { Migration } from "sampan";\nconst hosts = [\n${Array.from(
  { length: 480 },
  (_, index) => `  { host: "web-${index}", region: "cn-hangzhou" },`,
).join(
  "\n",
)}\n];\nexport default hosts.map(({ host, region }) => Migration.from(host).assess().capture().toVhd().upload("web-images", { region }).import({ name: host, region }));\n`;
const texts = {
  "fifty plans": whole,
  "cut in the middle": whole.slice(0, whole.length * 0.7),
  "one map": mapped,
};

for (const [name, text] of Object.entries(texts)) {
  const lines = text.split("\n").length;
  for (let turn = 0; turn < 10; turn++) analysePlan(text);
  const times = Array.from({ length: 40 }, () => {
    const from = process.cpuUsage();
    analysePlan(text);
    return process.cpuUsage(from).user / 1000;
  }).sort((a, b) => a - b);
  const median = ((times[20] ?? 0) * 500) / lines;
  console.log(
    `${name}: ${lines} lines, ${median.toFixed(1)} ms per 500 (p95 ${(((times[38] ?? 0) * 500) / lines).toFixed(1)} ms)${median > 50 ? ", over the bar of 50 ms" : ""}`,
  );
}
