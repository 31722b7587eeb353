import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from "vscode-jsonrpc/node";

const resolveDir = fileURLToPath(new URL("../../packages/language-server", import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sampan-lsp-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("fits into one file, parser and all, that an extension starts over its channel", async () => {
  const outfile = join(folder, "server.cjs");
  await build({
    stdin: {
      contents: 'import { serve } from "@sampan/language-server/server"; serve({ version: "1.2.3" });',
      resolveDir,
    },
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    outfile,
    logLevel: "error",
  });
  // Most of it is TypeScript's parser.
  expect(statSync(outfile).size).toBeLessThan(6 * 1024 ** 2);

  const server = fork(outfile, ["--node-ipc"], { cwd: folder, execArgv: [] });
  const ended = once(server, "exit");
  const connection = createMessageConnection(new IPCMessageReader(server), new IPCMessageWriter(server));
  connection.listen();
  try {
    const { serverInfo } = await connection.sendRequest<{ serverInfo: unknown }>("initialize", {
      processId: process.pid,
      rootUri: null,
      capabilities: { textDocument: { diagnostic: {} } },
    });
    expect(serverInfo).toEqual({ name: "sampan", version: "1.2.3" });
    const uri = "file:///plans/web-01.migration.ts";
    const text =
      'import { Migration } from "sampan";\nexport default Migration.from("a.vmdk").assess().copyTo("cn-hangzhuo");\n';
    await connection.sendNotification("textDocument/didOpen", {
      textDocument: { uri, languageId: "typescript", version: 1, text },
    });
    const { items } = await connection.sendRequest<{ items: { code: string }[] }>("textDocument/diagnostic", {
      textDocument: { uri },
    });
    expect(items.map(({ code }) => code)).toContain("SMP110");
    await connection.sendRequest("shutdown");
    await connection.sendNotification("exit");
    expect(await ended).toEqual([0, null]);
  } finally {
    connection.dispose();
    server.kill();
  }
});
