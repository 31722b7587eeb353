#!/usr/bin/env node
// How long Tab takes in the shell: completion of an input at every column, with thousands of names of an account and of a session.
//   --names N    names of each kind (default 5000)
//   --rounds N   how often every input is gone through (default 5)
// The goal is 50 ms for 95 of 100 keystrokes; exit code 1 when it is missed.
import { parseArgs } from "node:util";
import { shellParts } from "./shell-parts.mjs";

const goalMs = 50;
const { values } = parseArgs({
  options: { names: { type: "string", default: "5000" }, rounds: { type: "string", default: "5" } },
});
const count = Number(values.names);
const rounds = Number(values.rounds);

const { completeInput, outlineScope, Migration } = await shellParts(
  "completion",
  `
    export { completeInput } from "./completion/complete-input.ts";
    export { outlineScope } from "./completion/session-values.ts";
    export { Migration } from "@sampan/sdk";`,
);
const regions = ["cn-hangzhou", "cn-shanghai", "ap-southeast-1"];
const listed = (prefix) =>
  Array.from({ length: count }, (_, index) => ({
    value: `${prefix}-${index.toString(36)}`,
    summary: "a name of the account",
    region: regions[index % regions.length],
  }));
const kinds = new Map(
  [
    "bucket",
    "zone",
    "region",
    "instance-type",
    "vpc",
    "vswitch",
    "security-group",
    "run",
    "source",
    "disk",
    "profile",
  ].map((kind) => [kind, listed(kind)]),
);
const scope = { Migration, plan: Migration.from("./web.vmdk").assess() };
for (let index = 0; index < count; index++) scope[`variable${index}`] = index;
const entries = listed("file").map(({ value }) => ({ name: value, isFolder: false }));
const world = () => ({
  variables: outlineScope(scope),
  commands: [],
  names: (kind) => kinds.get(kind) ?? [],
  modules: ["sampan"],
  folder: () => entries,
  cwd: "/plans",
  accountNamesAge: "1 min old",
});
const inputs = [
  'Migration.from("./file-1").assess().prepare().capture().toVhd().upload("bucket-1", { region: "region-2" }).import()',
  'plan.capture({ disks: ["disk-3"], consistency: "freeze" }).toVhd().upload("buckt").import({ name: "web", region: "rg" })',
  'x.launch({ region: "cn-shanghai", zone: "zone-a", instanceTypes: ["instance-type-b", "itpe-9"], vSwitchId: "vswitch-1" })',
  'const variableX = variable1 + vrbl2; Migration.from("ssh://root@source-4").copyTo("region-1", "no such name at all")',
  'import { Migration } from "sampan"; Migration.from("ecs://region-1/i-1").snapshot().createImage().run()',
];
const took = [];
const startedAt = performance.now();
completeInput(inputs[0], inputs[0].length, world());
const first = performance.now() - startedAt;
for (let round = 0; round < rounds; round++) {
  for (const input of inputs) {
    for (let column = 0; column <= input.length; column++) {
      const before = performance.now();
      completeInput(input, column, world());
      took.push(performance.now() - before);
    }
  }
}
took.sort((a, b) => a - b);
const at = (share) => took[Math.min(took.length - 1, Math.floor(took.length * share))];
const shown = (ms) => `${ms.toFixed(2)} ms`;
console.log(`${took.length} keystrokes, ${count} names of each of ${kinds.size} kinds, ${count} variables`);
console.log(`first ${shown(first)}, median ${shown(at(0.5))}, p95 ${shown(at(0.95))}, worst ${shown(at(1))}`);
console.log(`p95 is ${(at(0.95) / goalMs).toFixed(2)} of the goal of ${goalMs} ms`);
process.exitCode = at(0.95) <= goalMs ? 0 : 1;
