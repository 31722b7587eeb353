import { readFileSync } from "node:fs";
import { exitCodes } from "@sampan/core";
import { defineConfig } from "@sampan/sdk";
import { settingEntry, settingNames } from "@sampan/sdk/settings";
import { describe, expect, it } from "vitest";
import { commandTable } from "../command-table.ts";
import { helpTopics } from "../help/topics.ts";
import { variableGroups } from "../help/variables.ts";

const manual = readFileSync(new URL("../../docs/configuration.md", import.meta.url), "utf8");

describe("the manual of settings", () => {
  it("has the table's row for each", () => {
    const rows = settingNames.map((name) => {
      const { takes, env, flag, fallback } = settingEntry(name);
      const code = (text: string | null | undefined) => (text == null ? "–" : `\`${text}\``);
      const usual = typeof fallback === "object" && fallback !== null ? JSON.stringify(fallback) : fallback;
      return `| \`${name}\` | ${takes} | ${code(env[0])} | ${code(flag)} | ${code(usual === null ? null : String(usual))} |`;
    });
    expect(manual.split("\n").filter((line) => /^\| `/.test(line))).toEqual(rows);
  });

  it("is told by topics of help, made from the same tables", () => {
    const environment = helpTopics.environment?.() ?? "";
    for (const name of settingNames)
      for (const variable of settingEntry(name).env) expect(environment).toContain(variable);
    for (const { entries } of variableGroups())
      for (const { summary } of entries) expect(environment).toContain(summary);
    const codes = helpTopics["exit-codes"]?.() ?? "";
    for (const [code, meaning] of Object.entries(exitCodes)) expect(codes).toContain(`${code}  ${meaning}`);
    expect(codes).toContain("CONFIG_SECRET_REFUSED");
  });

  it("names every command that runs a project's file which computes", () => {
    const [, told = ""] = /is run only by commands that run plan files too \(([^)]*)\)/.exec(manual) ?? [];
    const there = commandTable.filter(({ executesPlan }) => executesPlan === true).map(({ name }) => name);
    expect([...told.matchAll(/`sampan ([^`]+)`/g)].map(([, name]) => name).sort()).toEqual(there.sort());
  });

  it("names options that commands have, and every setting is one of the table of commands", () => {
    const options = commandTable.flatMap((entry) => entry.options.map(({ flags }) => flags.split(" ")[0]));
    for (const name of settingNames) {
      const { flag } = settingEntry(name);
      if (flag !== null) expect(options).toContain(flag);
    }
    const config = commandTable.find(({ name }) => name === "config");
    expect(config?.values?.name).toEqual(settingNames);
    expect(defineConfig({ parallel: 2 })).toEqual({ parallel: 2 });
  });
});
