import childProcess from "node:child_process";
import dns from "node:dns";
import fs from "node:fs";
import http from "node:http";
import https from "node:https";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";
import { Migration } from "@sampan/sdk";
import { type HostKind, nextVerbs, type StageName, type Verb } from "@sampan/sdk/catalogue";
import fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import { completionWorld } from "../../testing/completion-world.ts";
import { completeInput } from "./complete-input.ts";

/*
 * Tab at every column of many chains, with everything around that could be run, counted: steps and methods of real stages, getters,
 * traps of proxies, functions, and what opens files, connections and processes.
 */

let calls: string[] = [];
const restorers: (() => void)[] = [];

/** Makes every function of a holder count its calls, and fail. */
function count(holder: object, label: string): void {
  for (const name of Object.getOwnPropertyNames(holder)) {
    const descriptor = Object.getOwnPropertyDescriptor(holder, name);
    if (
      typeof descriptor?.value !== "function" ||
      descriptor.configurable !== true ||
      /^[A-Z]|^constructor$/.test(name)
    )
      continue;
    Object.defineProperty(holder, name, {
      ...descriptor,
      value: (..._args: unknown[]) => {
        calls.push(`${label}.${name}`);
        throw new Error(`${label}.${name} was called`);
      },
    });
    restorers.push(() => Object.defineProperty(holder, name, descriptor));
  }
}

function counted(label: string) {
  return () => {
    calls.push(label);
    throw new Error(`${label} was called`);
  };
}

/** A proxy of which every trap counts. */
function trapped(target: object): object {
  const traps = Object.getOwnPropertyNames(Reflect).map((name) => [name, counted(`trap ${name}`)] as const);
  return new Proxy(target, Object.fromEntries(traps) as ProxyHandler<object>);
}

const verbs = ["assess", "prepare", "capture", "toVhd", "upload", "import", "copyTo", "run", "plan", "then"];
const getters = Object.defineProperties(
  {},
  Object.fromEntries(verbs.map((name) => [name, { get: counted(`getter ${name}`), enumerable: true }])),
);

function variables(): Record<string, unknown> {
  const stage = Migration.from("ssh://root@web-01").assess();
  return Object.defineProperties(
    {
      _: Migration.from("./web.vmdk"),
      stage,
      uploaded: stage.capture().toVhd().upload("web-images"),
      proxied: trapped(stage),
      inherits: Object.create(trapped(stage)),
      getters,
      holder: { stage, proxied: trapped({}), getters, list: [stage, getters] },
      step: counted("function step"),
      steps: {
        assess: counted("assess of an object"),
        toString: counted("toString"),
        valueOf: counted("valueOf"),
      },
    },
    { late: { get: counted("getter of the scope"), enumerable: true, configurable: true } },
  );
}

/** Chains as people write them: legal ones, and such as begin with anything else. */
const chains = fc
  .record({
    begin: fc.constantFrom(
      'Migration.from("ssh://root@web-01:22")',
      "Migration.with({ cloud: 'simulator', region: \"cn-beijing\" }).from('esxi://h/vm')",
      'Migration.from("ecs://cn-hangzhou/i-bp1")',
      "const plan = Migration.from(`local://`)",
      "stage",
      "uploaded",
      "proxied",
      "inherits",
      "getters",
      "holder.getters",
      "holder.list[0]",
      "holder.proxied",
      "step()",
      "steps",
      "late",
      "(await stage)",
      "",
    ),
    picks: fc.array(fc.nat(50), { minLength: 1, maxLength: 8 }),
    args: fc.constantFrom(
      "",
      '"web-images", { region: "cn-hangzhou", parallel: 4 }',
      "{ name: 'web', tags: { a: `b$" + "{step()}` }, instanceTypes: ['ecs.g7.large', getters.assess] }",
      "'cn-shanghai', proxied.run()",
    ),
    end: fc.constantFrom(
      "",
      ".",
      ".run().result",
      ".plan().steps[0].",
      "\n  .assess",
      ";\nplan.",
      "?.then(step",
      " as any).",
    ),
  })
  .map(({ begin, picks, args, end }) => {
    let stage: StageName =
      begin === "uploaded" ? "UploadedImages" : begin === "stage" ? "AssessedHost" : "SelectedHost";
    const host: HostKind = begin.includes("ecs://") ? "ecs" : "ssh";
    const called: Verb[] = [];
    for (const pick of picks) {
      const next = nextVerbs(stage, { host, called });
      const verb = next[pick % Math.max(1, next.length)];
      if (verb === undefined) break;
      called.push(verb);
      stage = toOf[verb];
    }
    return begin + called.map((verb) => `.${verb}(${args})`).join("") + end;
  });

const toOf: Readonly<Record<Verb, StageName>> = {
  assess: "AssessedHost",
  snapshot: "InstanceSnapshots",
  createImage: "ImportedImage",
  prepare: "AssessedHost",
  capture: "CapturedDisks",
  toVhd: "EncodedImages",
  toRaw: "EncodedImages",
  toQcow2: "EncodedImages",
  upload: "UploadedImages",
  import: "ImportedImage",
  copyTo: "ImportedImage",
  shareWith: "ImportedImage",
  launch: "LaunchedInstance",
  verify: "LaunchedInstance",
};

beforeEach(() => {
  calls = [];
});
afterEach(() => {
  for (const restore of restorers.splice(0).reverse()) restore();
  syncBuiltinESMExports();
});

it("runs no step, no getter and no trap, and opens nothing, with Tab at each column of 200 chains", () => {
  const texts = fc.sample(chains, { numRuns: 200, seed: 20261126 });
  const scope = variables();
  const stage = scope.stage as object;
  // Every verb asks its stage for its plan: what is counted there is every step.
  const methods = Object.getPrototypeOf(Object.getPrototypeOf(stage)) as object;
  count(methods, "stage");
  count(Object.getPrototypeOf(methods) as object, "observable");
  const modules = {
    fs,
    "fs.promises": fs.promises,
    net,
    "net.Socket": net.Socket.prototype,
    dns,
    http,
    https,
    childProcess,
  };
  for (const [label, holder] of Object.entries(modules)) count(holder, label);
  syncBuiltinESMExports();

  let offered = 0;
  let columns = 0;
  const world = completionWorld(scope);
  const seen = calls.splice(0);
  for (const text of texts) {
    for (let column = 0; column <= text.length; column++) {
      offered += completeInput(text, column, world).candidates.length;
      columns++;
    }
  }
  const made = calls.splice(0);

  // What counts does count: the same things, touched on purpose.
  const touch = (work: () => unknown): void => {
    expect(work).toThrow();
  };
  touch(() => (stage as { capture(): unknown }).capture());
  touch(() => (stage as { subscribe(): unknown }).subscribe());
  touch(() => (scope.proxied as { assess: unknown }).assess);
  touch(() => (scope.getters as { assess: unknown }).assess);
  touch(() => fs.readFileSync("/dev/null"));
  touch(() => net.connect(1));
  const control = calls.splice(0);

  for (const restore of restorers.splice(0).reverse()) restore();
  syncBuiltinESMExports();
  expect(seen).toEqual([]);
  expect(made).toEqual([]);
  expect(control).toEqual([
    "stage.plan",
    "observable.subscribe",
    "trap get",
    "getter assess",
    "fs.readFileSync",
    "net.connect",
  ]);
  expect(columns).toBeGreaterThan(10_000);
  expect(offered).toBeGreaterThan(columns);
});

it("takes any text", () => {
  const world = completionWorld(variables());
  const pieces = fc.constantFrom(
    "Migration",
    ".",
    "from(",
    '"',
    "'",
    "`",
    "$" + "{",
    "}",
    "{",
    "(",
    ")",
    "[",
    "]",
    "/",
    "*/",
    "//",
    "\\",
    "\n",
    ",",
    ":",
    "=",
    "await ",
    "stage",
    " ",
    "?.",
    "import ",
    "é",
    "😀",
    "1.",
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
      const text = parts.join("");
      const { from, insert, candidates } = completeInput(text, text.length, world);
      expect(from).toBeGreaterThanOrEqual(0);
      expect(from).toBeLessThanOrEqual(text.length);
      if (insert !== undefined) expect(candidates.length).toBeGreaterThan(0);
    }),
    { numRuns: 500 },
  );
  expect(calls).toEqual([]);
});
