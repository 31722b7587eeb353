import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LanguageClient, languageServerProgram } from "../helpers/language-client.ts";

const prelude = 'import { Migration } from "sampan";\n';
const chain = 'Migration.from("web-01.vmdk").assess().capture().toVhd()';
const good = `${prelude}export default ${chain}.upload("web-images").import({ region: "cn-hangzhou" });\n`;
// An upper-case bucket, and a region with two letters changed round.
const bad = good.replace("web-images", "Web_Images").replace("cn-hangzhou", "cn-hangzhuo");

const pulls = { textDocument: { diagnostic: {} }, workspace: { diagnostics: { refreshSupport: true } } };

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

/** The position of a mark in a text without it. */
function marked(text: string): {
  readonly text: string;
  readonly position: { line: number; character: number };
} {
  const at = text.indexOf("|");
  const lines = text.slice(0, at).split("\n");
  return {
    text: text.slice(0, at) + text.slice(at + 1),
    position: { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 },
  };
}

describe("the language server over its pipes", () => {
  it("says what it can do, and ends with 0 when it is asked to", async () => {
    const client = await start();
    expect(client.capabilities).toMatchObject({
      positionEncoding: "utf-16",
      textDocumentSync: { openClose: true, change: 2 },
      completionProvider: {},
      diagnosticProvider: { workspaceDiagnostics: true },
    });
    // Nothing is done on save, and nothing that TypeScript's own server does.
    expect(client.capabilities.definitionProvider).toBeUndefined();
    expect(client.capabilities.renameProvider).toBeUndefined();
    expect(client.capabilities.documentFormattingProvider).toBeUndefined();
    expect(await client.stop()).toBe(0);
  });

  it("leaves out what the client does itself", async () => {
    const client = await start({ initializationOptions: { without: ["codeLens", "unheard-of"] } });
    expect(client.capabilities.codeLensProvider).toBeUndefined();
    expect(client.capabilities.documentLinkProvider).toBeDefined();
  });

  it("counts in the unit the client prefers", async () => {
    const client = await start({ capabilities: { general: { positionEncodings: ["utf-8", "utf-16"] } } });
    expect(client.capabilities.positionEncoding).toBe("utf-8");
    const { text } = marked(good);
    await client.open(uri, text.replace("web-01.vmdk", "服务器.vmdk"));
    const links = await client.request<{ range: { start: { character: number } } }[]>(
      "textDocument/documentLink",
      {
        textDocument: { uri },
      },
    );
    const line = Buffer.from(text.replace("web-01.vmdk", "服务器.vmdk").split("\n")[1] ?? "");
    expect(links[0]?.range.start.character).toBe(line.indexOf("web-images"));
  });

  it("leaves other files of the editor alone", async () => {
    const client = await start({ capabilities: pulls });
    const other = "file:///nowhere/app.ts";
    await client.open(other, bad);
    expect(await client.request("textDocument/codeLens", { textDocument: { uri: other } })).toBeNull();
    expect(await client.request("textDocument/diagnostic", { textDocument: { uri: other } })).toMatchObject({
      items: [],
    });
  });

  it("completes, hovers, offers lenses, folds and links over the wire", async () => {
    const client = await start({ capabilities: pulls });
    const { text, position } = marked(good.replace("cn-hangzhou", "cn-|"));
    await client.open(uri, text);
    const list = await client.request<{ isIncomplete: boolean; items: { label: string }[] }>(
      "textDocument/completion",
      { textDocument: { uri }, position },
    );
    expect(list.isIncomplete).toBe(false);
    expect(list.items.map(({ label }) => label)).toContain("cn-hangzhou");
    const hover = await client.request<{ contents: { value: string } }>("textDocument/hover", {
      textDocument: { uri },
      position: { ...position, character: text.split("\n")[1]?.indexOf("upload") ?? 0 },
    });
    expect(hover.contents.value).toContain("upload(bucket, options?)");
    const lenses = await client.request<{ command: { command: string } }[]>("textDocument/codeLens", {
      textDocument: { uri },
    });
    expect(lenses.map(({ command }) => command.command)).toEqual([
      "sampan.run",
      "sampan.plan",
      "sampan.assess",
      "sampan.pipeline",
    ]);
    const hints = await client.request<{ label: string }[]>("textDocument/inlayHint", {
      textDocument: { uri },
      range: { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } },
    });
    expect(hints.map(({ label }) => label)).toEqual(["→ sampan/web-01/<run>-disk0.vhd", "→ web-01"]);
    expect(await client.request("textDocument/foldingRange", { textDocument: { uri } })).toEqual([]);
  });

  it("offers disk images beside the plan", async () => {
    writeFileSync(join(folder, "web-01.qcow2"), "");
    writeFileSync(join(folder, "notes.txt"), "");
    const client = await start({ capabilities: pulls });
    const { text, position } = marked(`${prelude}export default Migration.from("./|");\n`);
    const own = plan("own.migration.ts", text);
    await client.open(own, text);
    const { items } = await client.request<{ items: { label: string }[] }>("textDocument/completion", {
      textDocument: { uri: own },
      position,
    });
    expect(items.map(({ label }) => label)).toEqual(["./web-01.qcow2"]);
  });

  it("offers buckets from the file that the command keeps, and none from one that others may write", async () => {
    const names = join(folder, "names");
    mkdirSync(names);
    const file = join(names, "1234567890123456.json");
    const bucket = { name: "kept-images", region: "cn-hangzhou", storageClass: "Standard" };
    const kept = { v: 1, cloud: "alibaba", account: "1234567890123456", choices: ["alibaba"] };
    const empty = {
      regions: [],
      askedRegions: [],
      zones: [],
      images: [],
      vSwitches: [],
      securityGroups: [],
      missing: [],
    };
    writeFileSync(
      file,
      JSON.stringify({ ...kept, ...empty, askedAt: new Date().toISOString(), buckets: [bucket] }),
      { mode: 0o600 },
    );
    const offered = async () => {
      const client = await start({ capabilities: pulls, env: { SAMPAN_CACHE: folder } });
      const { text, position } = marked(good.replace("web-images", "|"));
      await client.open(uri, text);
      const { items } = await client.request<{ items: { label: string }[] }>("textDocument/completion", {
        textDocument: { uri },
        position,
      });
      return items.map(({ label }) => label);
    };
    expect(await offered()).toEqual(["kept-images"]);
    chmodSync(file, 0o666);
    expect(await offered()).toEqual([]);
  });

  it("changes lenses with the runs the client tells of, and asks it to look again", async () => {
    const capabilities = { ...pulls, workspace: { codeLens: { refreshSupport: true } } };
    const client = await start({ capabilities, initializationOptions: { icons: true } });
    await client.open(uri, good);
    const run = { uri, chainId: "default", runId: "20261126-101500-abcde", status: "running" };
    const progress = {
      stage: "upload",
      doneBytes: 31,
      totalBytes: 50,
      ratePerSecond: 1024 ** 2,
      etaMs: 9000,
    };
    await client.notify("sampan/runs", { runs: [{ ...run, progress }, { malformed: true }] });
    await client.until("workspace/codeLens/refresh", () => true);
    const [lens] = await client.request<{ command: unknown }[]>("textDocument/codeLens", {
      textDocument: { uri },
    });
    expect(lens?.command).toMatchObject({
      title: "$(debug-stop) Stop 62 % · 1 MiB/s · 9 s",
      command: "sampan.stop",
      arguments: [uri, "default", run.runId],
    });
    const warned = await client.until<{ message: string }>("window/logMessage", () => true);
    expect(warned.message).toContain("1 entries are malformed");
  });

  it("gives up a long request when the client does, and goes on answering", async () => {
    for (let index = 0; index < 300; index++) plan(`host-${index}.migration.ts`, bad);
    const client = await start({ capabilities: pulls, folders: [pathToFileURL(folder).href] });
    await client.open(uri, good);
    const { CancellationTokenSource } = await import("vscode-jsonrpc/node");
    const source = new CancellationTokenSource();
    const asked = client.connection.sendRequest(
      "workspace/diagnostic",
      { previousResultIds: [] },
      source.token,
    );
    setTimeout(() => source.cancel(), 50);
    await expect(asked).rejects.toMatchObject({ code: -32800 });
    expect(await client.request("textDocument/diagnostic", { textDocument: { uri } })).toMatchObject({
      items: [],
    });
  });

  it("shows how far it is with the workspace, when it is given a token for that", async () => {
    for (let index = 0; index < 45; index++) plan(`host-${index}.migration.ts`, bad);
    const client = await start({ capabilities: pulls, folders: [pathToFileURL(folder).href] });
    const { ProgressType } = await import("vscode-jsonrpc/node");
    const kinds: string[] = [];
    const counts: number[] = [];
    client.connection.onProgress(new ProgressType<{ kind: string }>(), "work", ({ kind }) => {
      kinds.push(kind);
    });
    client.connection.onProgress(new ProgressType<{ items: unknown[] }>(), "partial", ({ items }) => {
      counts.push(items.length);
    });
    const answer = await client.request<{ items: unknown[] }>("workspace/diagnostic", {
      previousResultIds: [],
      workDoneToken: "work",
      partialResultToken: "partial",
    });
    expect(answer.items).toEqual([]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(45);
    expect(kinds[0]).toBe("begin");
    expect(kinds.filter((kind) => kind === "report").length).toBe(2);
    expect(kinds.at(-1)).toBe("end");
  });

  it("ends when its client is gone without a word", async () => {
    const child = spawn(process.execPath, [languageServerProgram, "--stdio"], {
      stdio: ["pipe", "ignore", "ignore"],
    });
    const ended = once(child, "exit");
    child.stdin.end();
    const [code] = (await ended) as [number | null];
    expect(code).not.toBeNull();
  });

  it.each([
    ["bytes that are no message", "Content-Length: 7\r\n\r\n{]garba"],
    ["no protocol at all", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"],
    ["a message of the wrong shape", 'Content-Length: 14\r\n\r\n{"jsonrpc":[]}'],
  ])("neither hangs nor writes to anything but its pipes after %s", async (_name, bytes) => {
    const child = spawn(process.execPath, [languageServerProgram, "--stdio"], {
      stdio: ["pipe", "pipe", "ignore"],
    });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    const ended = once(child, "exit");
    child.stdin.on("error", () => {});
    child.stdin.write(bytes);
    child.stdin.end();
    await ended;
    const said = Buffer.concat(chunks).toString("utf8");
    expect(said === "" || said.startsWith("Content-Length: ")).toBe(true);
  });

  it("answers requests with errors, not silence, when their parameters are garbage", async () => {
    const client = await start({ capabilities: pulls });
    await client.open(uri, good);
    for (const params of [null, 7, {}, { textDocument: null }, { textDocument: { uri: 5 } }]) {
      const answer = await client.request("textDocument/hover", params).catch((error: unknown) => error);
      expect(answer === null || answer instanceof Error).toBe(true);
    }
    await client.notify("textDocument/didChange", { textDocument: { uri: "file:///unknown.migration.ts" } });
    await client.notify("sampan/runs", "nonsense");
    expect(await client.request("textDocument/diagnostic", { textDocument: { uri } })).toMatchObject({
      items: [],
    });
  });
});
