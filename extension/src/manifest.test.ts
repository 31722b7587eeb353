import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string) => readFileSync(join(folder, path), "utf8");
const json = (path: string) => JSON.parse(read(path)) as Record<string, string>;
const manifest = JSON.parse(read("package.json")) as {
  activationEvents: readonly string[];
  capabilities: { untrustedWorkspaces: { supported: string; restrictedConfigurations: readonly string[] } };
  contributes: {
    commands: readonly { command: string }[];
    configuration: { properties: Record<string, { scope?: string }> };
    customEditors: readonly { selector: readonly { filenamePattern: string }[] }[];
    menus: Record<string, readonly { command: string }[]>;
    views: Record<string, readonly { id: string }[]>;
    viewsWelcome: readonly { view: string; contents: string }[];
  };
};
const sources = readdirSync(join(folder, "src"), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
  .map((path) => ({ path, text: read(join("src", path)) }));

/** Texts that are handed to `l10n.t`, by the parser: a text may be broken over lines. */
function spokenTexts(): readonly string[] {
  const found = new Set<string>();
  for (const { path, text } of sources) {
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node) && /(^|\.)l10n\.t$/.test(node.expression.getText())) {
        const [first] = node.arguments;
        expect(first && ts.isStringLiteral(first), `${path}: ${node.getText()}`).toBe(true);
        if (first !== undefined && ts.isStringLiteral(first)) found.add(first.text);
      }
      ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true));
  }
  return [...found].sort();
}

describe("the manifest of the extension", () => {
  it("declares the commands that the code registers, and shows no others", () => {
    const declared = manifest.contributes.commands.map(({ command }) => command).sort();
    const registered = sources
      .filter(({ path }) => /^(commands|language\/language-client)\.ts$/.test(path))
      .flatMap(({ text }) => [...text.matchAll(/^ {4}"(sampan\.\w+)": |registerCommand\("(sampan\.\w+)"/gm)])
      .map(([, inTable, alone]) => inTable ?? alone ?? "")
      .sort();
    expect(registered).toEqual(declared);
    const shown = Object.values(manifest.contributes.menus).flat();
    expect(shown.filter(({ command }) => !declared.includes(command))).toEqual([]);
  });

  it("starts with plan files, views, drawings and tasks, and never with the editor", () => {
    expect(
      manifest.activationEvents.filter((event) => event === "*" || event === "onStartupFinished"),
    ).toEqual([]);
    expect(manifest.activationEvents.filter((event) => event.startsWith("onLanguage:"))).toEqual([]);
  });

  it("lets no folder that is not trusted say which program is started", () => {
    const { untrustedWorkspaces } = manifest.capabilities;
    expect(untrustedWorkspaces.supported).toBe("limited");
    const { properties } = manifest.contributes.configuration;
    const programs = Object.keys(properties).filter((name) => /path|command|program/i.test(name));
    expect(untrustedWorkspaces.restrictedConfigurations).toEqual(programs);
    for (const name of programs) expect(properties[name]?.scope).toBe("machine-overridable");
  });

  it("has words for the empty state of every view, each with something to do", () => {
    const texts = json("package.nls.json");
    for (const { id } of manifest.contributes.views.sampan ?? []) {
      const welcome = manifest.contributes.viewsWelcome.filter(({ view }) => view === id);
      expect(welcome.length, id).toBeGreaterThan(0);
      for (const { contents } of welcome) {
        expect(texts[contents.slice(1, -1)]?.match(/\(command:[\w.]+\)/g), contents).toHaveLength(1);
      }
    }
  });
});

describe("the README of the extension", () => {
  const readme = read("README.md");

  it("has a row for each setting, and for no other", () => {
    const told = [...readme.matchAll(/^\| `(sampan\.\w+)` \|/gm)].map(([, name]) => name);
    expect(told).toEqual(Object.keys(manifest.contributes.configuration.properties));
  });

  it("names commands and files as the manifest has them", () => {
    const texts = json("package.nls.json");
    const titles = Object.entries(texts).flatMap(([key, title]) =>
      key.startsWith("command.") ? [`Sampan: ${title}`, title] : [],
    );
    const told = [...readme.matchAll(/`(Sampan: [^`]+|Inspect with Sampan|Show Fix-ups[^`]*)`/g)];
    expect(told.length).toBeGreaterThan(3);
    for (const [, title = ""] of told) expect(titles).toContain(title);
    const [, endings = ""] = /`Inspect with Sampan` on (.*?):/s.exec(readme) ?? [];
    const patterns = manifest.contributes.customEditors[0]?.selector.map((one) => one.filenamePattern);
    expect([...endings.matchAll(/`(\.\w+)`/g)].map(([, ending]) => `*${ending}`)).toEqual(patterns);
  });
});

describe("the words of the extension", () => {
  it("are all there in Chinese as in English, with the same places to fill", () => {
    const english = json("package.nls.json");
    const chinese = json("package.nls.zh-cn.json");
    expect(Object.keys(chinese).sort()).toEqual(Object.keys(english).sort());
    const used = [...read("package.json").matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key ?? "");
    expect([...new Set(used)].sort()).toEqual(Object.keys(english).sort());
    for (const [key, text] of Object.entries(english)) {
      const commands = (of: string) => [...of.matchAll(/\(command:[\w.]+\)/g)].map(([one]) => one);
      expect(commands(chinese[key] ?? ""), key).toEqual(commands(text));
    }
  });

  it("of the code are in both bundles, and nothing else is", () => {
    const spoken = spokenTexts();
    expect(spoken.length).toBeGreaterThan(50);
    expect(Object.keys(json("l10n/bundle.l10n.json")).sort()).toEqual(spoken);
    const chinese = json("l10n/bundle.l10n.zh-cn.json");
    expect(Object.keys(chinese).sort()).toEqual(spoken);
    for (const [text, translated] of Object.entries(chinese)) {
      const places = (of: string) => [...of.matchAll(/\{\d\}/g)].map(([one]) => one).sort();
      expect(places(translated), text).toEqual(places(text));
    }
  });
});
