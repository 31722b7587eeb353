import { errorCodes } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { catalogue, type Verb } from "./catalogue.ts";
import { type PermissionScope, stagePermissions } from "./forecast/permissions.ts";

/*
 * The reference pages are made from the tables the program itself uses. Run the unit tests with `-u` to write them anew;
 * in CI a page that no longer matches its table fails.
 */

interface OptionSchema {
  readonly description?: string;
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

function optionRows(verb: Verb): readonly string[] {
  const schema = z.toJSONSchema(catalogue[verb].options, { unrepresentable: "any" }) as {
    readonly properties?: Readonly<Record<string, OptionSchema>>;
  };
  const positional = catalogue[verb].positional.map((name) => name.replace("...", ""));
  return Object.entries(schema.properties ?? {}).map(([name, option]) => {
    const values =
      option.enum?.map((value) => `\`${value}\``).join(", ") ??
      (option.const ? `\`${option.const}\`` : option.type);
    const kind = positional.includes(name as never) ? "argument" : "option";
    return `| \`${name}\` | ${kind} | ${values ?? "object"} | ${option.description ?? ""} |`;
  });
}

function verbPage(verb: Verb): string {
  const entry = catalogue[verb];
  const rows = optionRows(verb);
  return [
    `## ${verb}`,
    "",
    `\`${entry.signature}\` — ${entry.summary}`,
    "",
    "```ts",
    entry.example,
    "```",
    "",
    `From ${entry.from.map((stage) => `\`${stage}\``).join(", ")} to \`${entry.to}\`.`,
    ...(rows.length > 0 ? ["", "| name | is | value | meaning |", "|---|---|---|---|", ...rows] : []),
    ...(entry.limits.length > 0 ? ["", ...entry.limits.map((limit) => `- ${limit}`)] : []),
    "",
  ].join("\n");
}

describe("the reference", () => {
  it("has a section for each verb, as the catalogue tells it", async () => {
    const verbs = Object.keys(catalogue) as Verb[];
    const page = [
      "# Verbs",
      "",
      "What a plan is written with, in the order in which it is written.",
      "",
      ...verbs.map(verbPage),
    ];
    await expect(page.join("\n")).toMatchFileSnapshot("../docs/reference/verbs.md");
    for (const verb of verbs) expect(catalogue[verb].page).toBe(`reference/verbs.md#${verb.toLowerCase()}`);
  });

  it("has a row for each permission, as the table of stages tells it", async () => {
    const scopes: Readonly<Record<PermissionScope, string>> = {
      everything: "everything",
      bucket: "the bucket",
      objects: "objects in the bucket",
      region: "the regions of the plan",
      "import-role": "the role `AliyunECSImageImportDefaultRole`",
    };
    const rows = Object.entries(stagePermissions).flatMap(([stage, permissions]) =>
      permissions.map(
        ({ action, scope, when }) =>
          `| \`${stage}\` | \`${action}\` | ${scopes[scope]} | ${when ?? "always"} |`,
      ),
    );
    const page = [
      "# Permissions",
      "",
      "What the key of a run must be allowed in RAM, by stage. `sampan plan PLAN --policy` prints the least policy for a plan. Of `select` and `assess` only",
      "those of an ECS instance call a cloud. The key that launches in another account (`launch({ profile })`) needs the rows of `launch`",
      "and `verify` there.",
      "",
      "| stage | action | on | when |",
      "|---|---|---|---|",
      ...rows,
      "",
    ];
    await expect(page.join("\n")).toMatchFileSnapshot("../docs/reference/permissions.md");
  });

  it("has a row for each error code, as the table of codes tells it", async () => {
    const rows = Object.entries(errorCodes).map(([code, entry]) => {
      const exit = "exitCode" in entry ? entry.exitCode : 1;
      return `| \`${code}\` | ${exit} | ${entry.meaning} | ${entry.cure} |`;
    });
    const page = [
      "# Error codes",
      "",
      "`sampan explain CODE` prints the same. The exit code is that of a command that ends with the error.",
      "",
      "| code | exit | meaning | what to do |",
      "|---|---|---|---|",
      ...rows.map((row) => row.replaceAll("||", "\\|\\|")),
      "",
    ];
    await expect(page.join("\n")).toMatchFileSnapshot("../docs/reference/errors.md");
  });
});
