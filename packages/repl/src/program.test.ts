import { SampanError } from "@sampan/core";
import { describe, expect, it } from "vitest";
import type { CommandEntry } from "./command-entry.ts";
import { commandTable } from "./command-table.ts";
import { runProgram } from "./testing/run-program.ts";

async function run(argv: readonly string[], commands?: readonly CommandEntry[]) {
  return runProgram(argv, { cwd: process.cwd(), ...(commands && { commands }) });
}

/** A table with two commands of a group. */
const grouped: readonly CommandEntry[] = ["fleet list", "fleet stop"].map((name) => ({
  ...{ name, usage: "", summary: `What ${name} does.`, options: [], examples: [`sampan ${name}`] },
  load: async () => ({ run: async () => 0 as const }),
}));

function failing(code: ConstructorParameters<typeof SampanError>[0]): readonly CommandEntry[] {
  const entry = commandTable.find((one) => one.name === "runs") as CommandEntry;
  return [
    {
      ...entry,
      load: async () => ({
        run: async () => {
          throw new SampanError(code, "doing a thing: it went wrong", {
            details: { requestId: "R-1" },
            cause: new Error("the wire broke"),
          });
        },
      }),
    },
  ];
}

describe("the command line", () => {
  it("lists every command of the table and no other", async () => {
    const { exitCode, out } = await run(["--help"]);
    expect(exitCode).toBe(0);
    for (const entry of commandTable) {
      const [first = ""] = entry.name.split(" ");
      if (entry.hidden === true) expect(out).not.toContain(`  ${first} `);
      else expect(out).toContain(`  ${first} `);
    }
  });

  it.each(commandTable.map((entry) => [entry.name, entry] as const))(
    "explains %s with its options and examples",
    async (name, entry) => {
      const { exitCode, out } = await run([...name.split(" "), "--help"]);
      expect(exitCode).toBe(0);
      expect(out).toContain(entry.summary);
      for (const option of entry.options) expect(out).toContain(option.flags);
      for (const example of entry.examples) expect(out).toContain(example);
    },
  );

  it("takes options before the command as behind it", async () => {
    const given: unknown[] = [];
    const entries = ["runs", "fleet status", "shell"].map((name): CommandEntry => {
      const { usage, summary, options, examples } = commandTable.find(
        (entry) => entry.name === name,
      ) as CommandEntry;
      return {
        ...{ name, usage, summary, options, examples },
        load: async () => ({
          run: async (call) => {
            given.push([name, call.args, call.options]);
            return 0 as const;
          },
        }),
      };
    });
    const took = async (...argv: string[]) => {
      const { exitCode, err } = await run(argv, entries);
      return exitCode === 0 ? given.pop() : err;
    };
    expect(await took("--json", "runs")).toEqual(await took("runs", "--json"));
    // A value is no command, and a command is no script.
    expect(await took("--home", "runs", "--quiet", "runs", "list")).toEqual(
      await took("runs", "list", "--home", "runs", "--quiet"),
    );
    expect(await took("--lang=en", "--json", "fleet", "status", "--all")).toEqual(
      await took("fleet", "status", "--json", "--all"),
    );
    expect(await took("--norc", "-e", "runs")).toMatchObject([
      "shell",
      [undefined],
      { norc: true, eval: ["runs"] },
    ]);
    expect(await took("--norc", "script.ts")).toMatchObject(["shell", ["script.ts"], { norc: true }]);
    expect(await took("--norc", "--", "runs")).toMatchObject(["shell", ["runs"], { norc: true }]);
    expect(await took("--norc", "runs")).toMatch("unknown option '--norc'");
    expect(await took("--json", "fleet", "--store", "redis://a", "status")).toEqual(
      await took("fleet", "status", "--json", "--store", "redis://a"),
    );
    // What the program itself is asked is no command either where it is a value.
    expect(await took("-e", "help")).toMatchObject(["shell", [undefined], { eval: ["help"] }]);
    expect(await took("-qe", "runs")).toMatchObject(["shell", [undefined], { eval: ["runs"], quiet: true }]);
    expect(await took("--home", "help", "runs")).toMatchObject(["runs", expect.anything(), { home: "help" }]);
    expect(await took("--quiet", "rnus")).toContain("Did you mean runs?");
  });

  it("has no option that takes a value in one command and none in another", () => {
    const kinds = new Map<string, boolean>();
    for (const { flags } of commandTable.flatMap(({ options }) => options)) {
      for (const name of flags.match(/--?[a-z-]+/gi) ?? []) {
        expect([name, kinds.get(name) ?? flags.includes("<")]).toEqual([name, flags.includes("<")]);
        kinds.set(name, flags.includes("<"));
      }
    }
  });

  it("guesses what an unknown command was meant to be", async () => {
    expect(await run(["rnu"])).toEqual({
      exitCode: 2,
      out: "",
      err:
        "error COMMAND_USAGE: unknown command 'rnu'\n  try: Did you mean run?\n" +
        "  more: sampan explain COMMAND_USAGE\n",
    });
  });

  it.each([
    [["check", "plan.ts"], "there is no such file"],
    [["help", "nope"], "unknown command 'nope'"],
    [["run"], "missing required argument 'plan'"],
    [["plan", "a", "b"], "too many arguments for 'plan'"],
    [["run", "a", "--dry"], "unknown option '--dry'"],
    [["run", "a", "--cloud", "aws"], "argument 'aws' is invalid"],
    [["simulator", "--port", "70000"], "whole number from 0 to 65535"],
    [["convert", "a", "b", "--format"], "argument missing"],
  ])("refuses %j with exit code 2", async (argv, message) => {
    const { exitCode, out, err } = await run(argv);
    expect(exitCode).toBe(2);
    expect(out).toBe("");
    expect(err).toContain(message);
  });

  it("has groups of commands, with help and guesses of their own", async () => {
    const { exitCode, out } = await run(["fleet", "--help"], grouped);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/Usage: sampan fleet [\s\S]*\n {2}list [\s\S]*\n {2}stop /);
    expect((await run(["--help"], grouped)).out.match(/^ {2}fleet /gm)).toHaveLength(1);
    const help = await run(["fleet", "stop", "--help"], grouped);
    expect(help.out).toContain("Usage: sampan fleet stop");
    expect(await run(["help", "fleet", "stop"], grouped)).toEqual(help);
    expect((await run(["fleet", "stop"], grouped)).exitCode).toBe(0);
    expect((await run(["fleet"], grouped)).err).toMatch(/no command was given[\s\S]*sampan help fleet/);
    expect((await run(["fleet", "stpo"], grouped)).err).toMatch(/unknown command 'stpo'[\s\S]*mean stop\?/);
  });

  it("tells a wrong command line as JSON when asked for JSON", async () => {
    const { exitCode, out, err } = await run(["run", "--json"]);
    expect(exitCode).toBe(2);
    expect(err).toBe("");
    expect(JSON.parse(out)).toMatchObject({ type: "error", code: "COMMAND_USAGE" });
  });
});

describe("errors of commands", () => {
  it.each([
    ["IMAGE_CORRUPT", 1],
    ["IMAGE_NOT_FOUND", 2],
    ["CLOUD_CREDENTIALS_MISSING", 4],
    ["GUEST_BLOCKED", 5],
    ["RUN_LOCKED", 6],
    ["CLOUD_DEADLINE", 124],
    ["CORE_CANCELLED", 130],
  ] as const)("%s ends the program with %d", async (code, exitCode) => {
    expect((await run(["runs"], failing(code))).exitCode).toBe(exitCode);
  });

  it("are told with cause, request id and cure", async () => {
    const { err } = await run(["runs"], failing("CLOUD_FAILED"));
    expect(err).toBe(
      [
        "error CLOUD_FAILED: doing a thing: it went wrong",
        "  because: the wire broke",
        "  request id: R-1",
        "  try: Look up the vendor's code in the details; the request id helps their support.",
        "  more: sampan explain CLOUD_FAILED",
        "",
      ].join("\n"),
    );
  });

  it("are one JSON line on stdout under --json", async () => {
    const { out, err } = await run(["runs", "--json"], failing("CLOUD_FAILED"));
    expect(err).toBe("");
    expect(out.trimEnd().split("\n")).toHaveLength(1);
    expect(JSON.parse(out)).toEqual({
      type: "error",
      code: "CLOUD_FAILED",
      message: "doing a thing: it went wrong",
      hint: "Look up the vendor's code in the details; the request id helps their support.",
      retryable: false,
      details: { requestId: "R-1" },
      causes: ["the wire broke"],
    });
  });
});

describe("explain", () => {
  it("explains a code of ours, however it was copied", async () => {
    const { exitCode, out } = await run(["explain", "cloud_role_missing:"]);
    expect(exitCode).toBe(0);
    expect(out).toContain("CLOUD_ROLE_MISSING");
    expect(out).toContain("createRole: true");
  });

  it("explains a code that several services use for each of them", async () => {
    const { out } = await run(["explain", "SignatureDoesNotMatch", "--json"]);
    expect(JSON.parse(out)).toMatchObject({
      origin: "oss",
      httpStatus: 403,
      others: [{ origin: "ecs", httpStatus: 400 }],
    });
    const { out: text } = await run(["explain", "signaturedoesnotmatch"]);
    expect(text).toContain("answered by OSS with HTTP 403");
    expect(text).toContain("answered by ECS with HTTP 400");
  });

  it("finds the vendor's code, the rule and the fix-up that a mistyped one was meant to be", async () => {
    for (const [typed, meant] of [
      ["InvalidOSSBucket.NotMatch", "InvalidOSSBucket.NotMatched"],
      ["GUESTOS.Virtoi", "GUESTOS.Virtio"],
      ["cloudinit", "cloud-init"],
    ] as const) {
      const { exitCode, err } = await run(["explain", typed]);
      expect(exitCode).toBe(2);
      expect(err).toContain(`Did you mean ${meant}`);
    }
  });

  it("explains a code of the vendor and says what it becomes", async () => {
    const { out } = await run(["explain", "InvalidOSSBucket.NotMatched", "--json"]);
    expect(JSON.parse(out)).toMatchObject({ origin: "ecs", sampanCode: "CLOUD_BUCKET_REGION" });
  });

  it("guesses at a misspelt code", async () => {
    const { exitCode, err } = await run(["explain", "CLOUD_ROLE_MISING"]);
    expect(exitCode).toBe(2);
    expect(err).toContain("Did you mean CLOUD_ROLE_MISSING?");
  });

  it("lists all codes without one", async () => {
    const { out } = await run(["explain", "--json"]);
    expect((JSON.parse(out) as unknown[]).length).toBeGreaterThan(50);
  });
});
