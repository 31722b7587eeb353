import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LanguageClient } from "../helpers/language-client.ts";

const prelude = 'import { Migration } from "sampan";\n';
const chain = 'Migration.from("web-01.vmdk").assess().capture().toVhd()';
const good = `${prelude}export default ${chain}.upload("web-images").import({ region: "cn-hangzhou" });\n`;
// An upper-case bucket, and a region with two letters changed round.
const bad = good.replace("web-images", "Web_Images").replace("cn-hangzhou", "cn-hangzhuo");

const pulls = { textDocument: { diagnostic: {} }, workspace: { diagnostics: { refreshSupport: true } } };

interface Published {
  readonly uri: string;
  readonly version?: number;
  readonly diagnostics: readonly { readonly code: string; readonly message: string }[];
}

let folder: string;
let clients: LanguageClient[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sampan-lsp-"));
  clients = [];
});

afterEach(async () => {
  await Promise.all(clients.map((client) => client.kill()));
  rmSync(folder, { recursive: true, force: true });
});

async function start(...setup: Parameters<typeof LanguageClient.start>): Promise<LanguageClient> {
  const client = await LanguageClient.start(...setup);
  clients.push(client);
  return client;
}

/** Writes a plan into the folder; gives its address. */
function plan(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return pathToFileURL(path).href;
}

const uri = "file:///nowhere/web-01.migration.ts";

describe("problems over the pipes of the language server", () => {
  it("tells a client that does not ask of the problems of an open plan, and takes them back when it is closed", async () => {
    const client = await start();
    await client.open(uri, bad, 7);
    const told = await client.until<Published>(
      "textDocument/publishDiagnostics",
      ({ diagnostics }) => diagnostics.length > 0,
    );
    expect(told).toMatchObject({ uri, version: 7 });
    expect(told.diagnostics.map(({ code }) => code)).toEqual(expect.arrayContaining(["SMP101", "SMP103"]));
    const from = client.told.length;
    await client.notify("textDocument/didClose", { textDocument: { uri } });
    const last = await client.until<Published>("textDocument/publishDiagnostics", () => true, from);
    expect(last.diagnostics).toEqual([]);
  });

  it("answers a client that asks, says when nothing has changed, and pushes nothing", async () => {
    const client = await start({ capabilities: pulls });
    await client.open(uri, bad);
    const first = await client.request<{ kind: string; resultId: string; items: unknown[] }>(
      "textDocument/diagnostic",
      { textDocument: { uri } },
    );
    expect(first.kind).toBe("full");
    expect(first.items.length).toBeGreaterThan(0);
    const again = await client.request<unknown>("textDocument/diagnostic", {
      textDocument: { uri },
      previousResultId: first.resultId,
    });
    expect(again).toEqual({ kind: "unchanged", resultId: first.resultId });
    expect(client.told.filter(({ method }) => method === "textDocument/publishDiagnostics")).toEqual([]);
  });

  it("fixes a problem, with the edit asked for only when it is chosen", async () => {
    const capabilities = {
      ...pulls,
      textDocument: { ...pulls.textDocument, codeAction: { resolveSupport: { properties: ["edit"] } } },
    };
    const client = await start({ capabilities });
    await client.open(uri, bad);
    const column = bad.split("\n")[1]?.indexOf("cn-hangzhuo") ?? 0;
    const at = { line: 1, character: column + 2 };
    const actions = await client.request<{ title: string; edit?: unknown; isPreferred?: boolean }[]>(
      "textDocument/codeAction",
      {
        textDocument: { uri },
        range: { start: at, end: at },
        context: { diagnostics: [], only: ["quickfix"] },
      },
    );
    const fix = actions.find(({ title }) => title.includes("cn-hangzhou"));
    expect(fix).toMatchObject({ isPreferred: true });
    expect(fix?.edit).toBeUndefined();
    const resolved = await client.request<{ edit: { changes: Record<string, { newText: string }[]> } }>(
      "codeAction/resolve",
      fix,
    );
    expect(JSON.stringify(resolved.edit.changes[uri])).toContain("cn-hangzhou");
    // Another text by then: no edit about a text that is gone.
    await client.notify("textDocument/didChange", {
      textDocument: { uri, version: 2 },
      contentChanges: [{ text: good }],
    });
    await expect(client.request("codeAction/resolve", fix)).rejects.toMatchObject({ code: -32801 });
  });

  it("applies all safe fixes at once", async () => {
    const client = await start({ capabilities: pulls });
    await client.open(uri, bad);
    const whole = { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } };
    const actions = await client.request<{ kind: string; edit: { changes: Record<string, unknown[]> } }[]>(
      "textDocument/codeAction",
      { textDocument: { uri }, range: whole, context: { diagnostics: [], only: ["source.fixAll"] } },
    );
    expect(actions.map(({ kind }) => kind)).toEqual(["source.fixAll.sampan"]);
    expect(actions[0]?.edit.changes[uri]?.length).toBeGreaterThanOrEqual(2);
  });

  it("obeys the user's settings, and judges again when they change", async () => {
    const capabilities = {
      ...pulls,
      workspace: { configuration: true, diagnostics: { refreshSupport: true } },
    };
    const client = await start({ capabilities, settings: { levels: { SMP101: "off" } } });
    await client.open(uri, bad);
    const codes = async () => {
      const { items } = await client.request<{ items: { code: string }[] }>("textDocument/diagnostic", {
        textDocument: { uri },
      });
      return items.map(({ code }) => code);
    };
    await client.until("workspace/diagnostic/refresh", () => true);
    expect(await codes()).not.toContain("SMP101");
    client.settings = { extraRegions: "no list" };
    const from = client.told.length;
    await client.notify("workspace/didChangeConfiguration", { settings: null });
    await client.until("workspace/diagnostic/refresh", () => true, from);
    expect(await codes()).toContain("SMP101");
    const warned = await client.until<{ message: string }>("window/logMessage", () => true);
    expect(warned.message).toContain("sampan.extraRegions");
  });

  it("judges the plans of the workspace, the open ones as they are in the editor", async () => {
    const closed = plan("closed.migration.ts", bad);
    const open = plan("open.migration.ts", bad);
    plan("app.ts", bad);
    const client = await start({ capabilities: pulls, folders: [pathToFileURL(folder).href] });
    await client.open(open, good, 3);
    const ask = (previousResultIds: unknown[] = []) =>
      client.request<{
        items: { uri: string; kind: string; version: number | null; resultId: string; items?: unknown[] }[];
      }>("workspace/diagnostic", { previousResultIds });
    const { items } = await ask();
    const of = (wanted: string) => items.find((item) => item.uri === wanted);
    expect(items.length).toBe(2);
    expect(of(closed)).toMatchObject({ kind: "full", version: null });
    expect(of(closed)?.items?.length).toBeGreaterThan(0);
    expect(of(open)).toMatchObject({ kind: "full", version: 3, items: [] });

    const before = items.map((item) => ({ uri: item.uri, value: item.resultId }));
    expect((await ask(before)).items.map(({ kind }) => kind)).toEqual(["unchanged", "unchanged"]);
    plan("closed.migration.ts", good);
    utimesSync(join(folder, "closed.migration.ts"), new Date(), new Date(Date.now() + 5000));
    const mended = (await ask(before)).items.find((item) => item.uri === closed);
    expect(mended).toMatchObject({ kind: "full", items: [] });
    rmSync(join(folder, "closed.migration.ts"));
    expect((await ask(before)).items.find((item) => item.uri === closed)).toMatchObject({ items: [] });

    expect(await client.request<{ name: string }[]>("workspace/symbol", { query: "web" })).toEqual([
      expect.objectContaining({ name: "web-01.vmdk" }),
    ]);
  });

  it("survives a thousand edits, and never tells of a text that is gone", async () => {
    const client = await start();
    await client.open(uri, good, 0);
    let text = good;
    let seed = 20261126;
    const random = (below: number) => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return seed % below;
    };
    const pieces = [
      '"',
      "(",
      ")",
      "{",
      "}",
      ".",
      "\n",
      ".upload(",
      "`${",
      "杭州",
      "🚢",
      "cn-hangzhuo",
      "/*",
      "import",
      " ",
    ];
    for (let version = 1; version <= 1000; version++) {
      const points = [...text];
      const start = random(points.length + 1);
      const end = Math.min(points.length, start + random(6));
      const inserted = random(4) === 0 ? "" : (pieces[random(pieces.length)] ?? "");
      const before = points.slice(0, start).join("");
      const gone = points.slice(start, end).join("");
      const at = (content: string) => {
        const lines = content.split("\n");
        return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
      };
      await client.notify("textDocument/didChange", {
        textDocument: { uri, version },
        contentChanges: [{ range: { start: at(before), end: at(before + gone) }, text: inserted }],
      });
      text = before + inserted + points.slice(end).join("");
      // Back to something sensible now and then, or only rubble would be read.
      if (version % 100 === 0) {
        text = version === 1000 ? bad : good;
        await client.notify("textDocument/didChange", {
          textDocument: { uri, version },
          contentChanges: [{ text }],
        });
      }
      if (version % 10 === 0) {
        const position = { line: random(3), character: random(80) };
        await client
          .request("textDocument/completion", { textDocument: { uri }, position })
          .catch((error) => {
            // Edits came in between.
            expect(error).toMatchObject({ code: -32801 });
          });
        await client.request("textDocument/hover", { textDocument: { uri }, position });
      }
    }
    const last = await client.until<Published>(
      "textDocument/publishDiagnostics",
      ({ version }) => version === 1000,
    );
    expect(last.diagnostics.map(({ code }) => code)).toEqual(expect.arrayContaining(["SMP101", "SMP103"]));
    const versions = client.told
      .filter(({ method }) => method === "textDocument/publishDiagnostics")
      .map(({ params }) => (params as Published).version ?? -1);
    expect(versions).toEqual([...versions].sort((one, other) => one - other));
    expect(await client.stop()).toBe(0);
  });

  it("starts again after it was killed, and knows what it is told anew", async () => {
    for (let round = 0; round < 3; round++) {
      const client = await start({ capabilities: pulls });
      await client.open(uri, bad);
      const { items } = await client.request<{ items: unknown[] }>("textDocument/diagnostic", {
        textDocument: { uri },
      });
      expect(items.length).toBeGreaterThan(0);
      await client.kill();
    }
  });
});
