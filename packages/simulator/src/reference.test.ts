import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { faultEffects } from "./check-fault.ts";
import { defaultSpeed, defaultSwitches } from "./options.ts";
import { ossOperations, unsupportedOss } from "./oss/operations.ts";
import type { RpcService } from "./rpc/call.ts";
import { ecsService, vpcService } from "./rpc/ecs/service.ts";
import { defaultQuotas } from "./rpc/ecs/settings.ts";
import { ramService } from "./rpc/ram/service.ts";
import { stsService } from "./rpc/sts/service.ts";
import { switchChoices } from "./switches.ts";

/*
 * The page of operations is made from the tables by which requests are told apart: the unit tests with `-u` write it anew. The tables of
 * faults and switches are written by people, who say what each is good for; here they are held to what there is.
 */

const page = readFileSync(new URL("../docs/simulator.md", import.meta.url), "utf8");
const code = (text: string): string => `\`${text}\``;

function ossRow({ name, level, method, when = [], header }: (typeof ossOperations)[number]): string {
  const path = { service: "/", bucket: "/BUCKET", object: "/BUCKET/KEY" }[level];
  const query = when.length > 0 ? `?${when.join("&")}` : "";
  const asked = header === undefined ? "" : `, with ${code(header)}`;
  return `| ${code(name)} | ${code(`${method} ${path}${query}`)}${asked} |`;
}

function rpcSection(
  title: string,
  { version, actions, unsignedActions = [] }: RpcService,
): readonly string[] {
  const rows = [
    ...actions.map(({ name, parameters }) => ({ name, parameters, unsigned: "" })),
    ...unsignedActions.map(({ name, parameters }) => ({ name, parameters, unsigned: " (not signed)" })),
  ].sort((a, b) => a.name.localeCompare(b.name));
  return [
    `## ${title}`,
    "",
    `Version ${version}.`,
    "",
    "| operation | parameters |",
    "|---|---|",
    ...rows.map(
      ({ name, parameters, unsigned }) =>
        `| ${code(name)}${unsigned} | ${[...parameters].sort().map(code).join(", ") || "–"} |`,
    ),
    "",
  ];
}

it("tells every operation, with what it takes", async () => {
  const text = [
    "# Operations of the simulator",
    "",
    "Made from the simulator's own tables; a test keeps them the same. What is answered, under the names that faults and the request log use. Anything else is refused by name. How the operations behave stands in",
    "[the simulator](simulator.md).",
    "",
    "## OSS",
    "",
    "| operation | request |",
    "|---|---|",
    ...ossOperations.map(ossRow),
    "",
    "Sub-resources that are known and refused with `NotImplemented`:",
    "",
    ...Object.entries(unsupportedOss).map(
      ([level, names]) => `- of the ${level}: ${names.map(code).join(", ")}`,
    ),
    "",
    "The services below take the parameters named beside each operation, and those of every call (region, signature, token). Any other is refused with",
    "`UnsupportedParameter`, unless the switch `unknownParameters` says otherwise. `N` stands for the numbers of a list, from 1 on.",
    "",
    ...rpcSection("ECS", ecsService),
    ...rpcSection("VPC", vpcService),
    ...rpcSection("RAM", ramService),
    ...rpcSection("STS", stsService),
  ].join("\n");
  await expect(text).toMatchFileSnapshot("../docs/operations.md");
});

/** The cells of the page's table that has these columns. */
function rowsOf(columns: string): readonly (readonly string[])[] {
  const [, after = ""] = page.split(`${columns}\n`);
  return after
    .slice(after.indexOf("\n") + 1)
    .split("\n\n", 1)
    .flatMap((table) => table.split("\n"))
    .map((line) => line.split("|").slice(1, -1));
}

const codesIn = (text = ""): readonly string[] =>
  [...text.matchAll(/`([^`]+)`/g)].map(([, inner = ""]) => inner);

it("has a row for every fault, with its fields", () => {
  const told = rowsOf("| effect | does |").flatMap(([cell = ""]) =>
    [...cell.matchAll(/`(\w+)`(?: `\{([^}]*)\}`)?/g)].map(([, kind = "", fields = ""]) => [
      kind,
      fields.split(/, ?/).filter(Boolean),
    ]),
  );
  const there = Object.entries(faultEffects).map(([kind, fields]) => [
    kind,
    Object.entries(fields).map(([name, check]) => (check(undefined) === undefined ? `${name}?` : name)),
  ]);
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(there));
});

it("has a row for every switch, with its default first and then what else it takes", () => {
  const told = rowsOf("| switch | values | why |").map(([name, values]) => [
    codesIn(name)[0],
    values?.trim(),
  ]);
  expect(told.map(([name]) => name).sort()).toEqual(Object.keys(defaultSwitches).sort());
  for (const [name = "", values = ""] of told) {
    const key = name as keyof typeof defaultSwitches;
    const usual = defaultSwitches[key];
    if (typeof usual === "boolean") expect(values).toBe(usual ? "true, false" : "false, true");
    else if (Array.isArray(usual)) expect(values).toBe(code(usual.join(" ")));
    else if (typeof usual === "string" || typeof usual === "number") {
      const all = [usual, ...(switchChoices[key] ?? []).filter((choice) => choice !== usual)];
      expect(values.replaceAll("`", "").split(", "), name).toEqual(all.map(String));
    }
  }
});

it("tells how long everything takes by default", () => {
  const told = rowsOf("| | simulated duration by default (`speed`) |").map(([what, time = ""]) => [
    what?.trim(),
    [...time.matchAll(/(\d+) s/g)].map(([, seconds]) => Number(seconds) * 1000),
  ]);
  const speed = defaultSpeed;
  expect(Object.fromEntries(told)).toEqual({
    import: [speed.importWaitingMs, speed.importBaseMs, speed.importPerGiBMs],
    copy: [speed.copyBaseMs, speed.copyPerGiBMs],
    role: [speed.rolePropagationMs],
    snapshot: [speed.snapshotBaseMs, speed.snapshotPerGiBMs],
    CreateImage: [speed.createImageBaseMs, speed.createImagePerGiBMs],
    instance: [speed.instancePendingMs, speed.instanceStartingMs, speed.instanceStoppingMs],
  });
});

it("names every quota", () => {
  const [, quotas = ""] = /\{"quotas": \{([^}]*)\}/.exec(page) ?? [];
  expect([...quotas.matchAll(/"(\w+)"/g)].map(([, name]) => name)).toEqual(Object.keys(defaultQuotas));
});
