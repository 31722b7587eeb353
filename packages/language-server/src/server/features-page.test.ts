import { readFileSync } from "node:fs";
import { PassThrough } from "node:stream";
import { afterEach, describe, expect, it } from "vitest";
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from "vscode-jsonrpc/node";
import type { InitializeResult } from "vscode-languageserver";
import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { longestPlan, mostPlans } from "./plan-files.ts";
import { defaultSettings, readSettings } from "./settings.ts";
import { startServer } from "./start-server.ts";

const page = readFileSync(new URL("../../docs/features.md", import.meta.url), "utf8");
const section = (title: string) =>
  new RegExp(`\\n## ${title}\\n([\\s\\S]*?)(\\n## |$)`).exec(page)?.[1] ?? "";

/** Row of the page for each ability a client is told of. */
const rows: Readonly<Record<string, string>> = {
  completionProvider: "completion",
  hoverProvider: "hover",
  inlayHintProvider: "hints behind steps",
  codeLensProvider: "lenses",
  diagnosticProvider: "problems",
  codeActionProvider: "actions",
  documentLinkProvider: "links",
  workspaceSymbolProvider: "symbols, folds",
  foldingRangeProvider: "symbols, folds",
};

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0).reverse()) close();
});

async function abilities(initializationOptions: object): Promise<readonly string[]> {
  const [toServer, toClient] = [new PassThrough(), new PassThrough()];
  const connection = createConnection(
    ProposedFeatures.all,
    new StreamMessageReader(toServer),
    new StreamMessageWriter(toClient),
  );
  open.push(
    () => toServer.destroy(),
    () => toClient.destroy(),
    () => connection.dispose(),
  );
  startServer(connection, {
    loadReader: () => import("../analysis/index.ts"),
    files: {
      find: async () => [],
      stampOf: async () => undefined,
      read: async () => undefined,
      list: async () => [],
      hasTypes: async () => true,
    },
    names: { read: async () => [] },
    clock: { now: () => 0, sleep: async () => undefined, steady: () => 0 } as never,
    version: "0",
  });
  const client = createMessageConnection(
    new StreamMessageReader(toClient),
    new StreamMessageWriter(toServer),
  );
  open.push(() => client.dispose());
  client.listen();
  const { capabilities } = await client.sendRequest<InitializeResult>("initialize", {
    processId: null,
    rootUri: null,
    capabilities: {},
    initializationOptions,
  });
  return Object.keys(capabilities).filter((name) => name.endsWith("Provider"));
}

describe("the page of features", () => {
  it("has a row for each ability that the server announces, and for no other", async () => {
    const announced = await abilities({});
    expect([...announced].sort()).toEqual(Object.keys(rows).sort());
    const told = [...section("What it does").matchAll(/^\| ([a-z][a-z, ]*?) +\|/gm)].map(([, row]) => row);
    expect(new Set(told.filter((row) => row !== "in the editor"))).toEqual(new Set(Object.values(rows)));
  });

  it("names the abilities that a client may do without", async () => {
    const [, list = ""] = /`without`[^(]*\(features the client has itself: ([^)]*)\)/.exec(page) ?? [];
    const without = [...list.matchAll(/`(\w+)`/g)].map(([, name]) => name);
    expect(without.length).toBeGreaterThan(0);
    const left = Object.keys(rows).filter((name) => !without.includes(name.replace("Provider", "")));
    expect([...(await abilities({ without }))].sort()).toEqual(left.sort());
  });

  it("has the settings with their defaults", () => {
    const told = [...section("Settings").matchAll(/^\| `(\w+)` *\|.*\| `([^`]*)` *\|$/gm)];
    const { language, ...others } = defaultSettings;
    expect(Object.fromEntries(told.map(([, name = "", value = ""]) => [name, value]))).toEqual({
      ...Object.fromEntries(Object.entries(others).map(([name, value]) => [name, JSON.stringify(value)])),
      lang: "auto",
    });
    expect(readSettings({}, "zh-CN").settings.language).toBe("zh");
    expect(language).toBe("en");
  });

  it("tells of values that are refused, also of a language there is none of", () => {
    const wrong = {
      levels: { SMP101: "loud" },
      extraRegions: "x",
      lang: "fr",
      stepLenses: 1,
      inlayHints: "no",
    };
    const { settings, refused } = readSettings(wrong, "zh-CN");
    expect([...refused].sort()).toEqual(Object.keys(wrong).sort());
    expect(settings).toEqual({ ...defaultSettings, language: "zh" });
    for (const lang of ["auto", "en", "zh", "zh-CN", "en-GB"])
      expect(readSettings({ lang }).refused).toEqual([]);
  });

  it("has the limits", () => {
    expect(section("Limits")).toContain(`longer than ${longestPlan / 1024 ** 2} MiB`);
    expect(section("Limits")).toContain(`the first ${mostPlans.toLocaleString("en")} plans`);
  });
});
