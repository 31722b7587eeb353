import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-jsonrpc/node";

/** The language server as people install it. */
export const languageServerProgram = fileURLToPath(
  new URL("../../packages/language-server/bin/sampan-language-server.mjs", import.meta.url),
);

/** How a client gives itself out. */
export interface ClientSetup {
  /** What it says it can do, besides what every client here can. */
  readonly capabilities?: Record<string, unknown>;
  readonly initializationOptions?: unknown;
  /** URIs of the open folders. */
  readonly folders?: readonly string[];
  /** Answer to a request for settings. */
  readonly settings?: unknown;
  readonly env?: Readonly<Record<string, string>>;
}

/** A client of the language server over real pipes: what an editor does, without an editor. */
export class LanguageClient {
  readonly process: ChildProcess;
  readonly connection: MessageConnection;
  /** Everything the server sent by itself, in order. */
  readonly told: { readonly method: string; readonly params: unknown }[] = [];
  /** What the server gave as its abilities. */
  capabilities: Record<string, unknown> = {};
  settings: unknown;
  #waiting: (() => void)[] = [];

  private constructor(setup: ClientSetup) {
    this.settings = setup.settings ?? {};
    this.process = spawn(process.execPath, [languageServerProgram, "--stdio"], {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, ...setup.env },
    });
    const { stdin, stdout } = this.process;
    if (stdin === null || stdout === null) throw new Error("the server has no pipes");
    this.connection = createMessageConnection(
      new StreamMessageReader(stdout),
      new StreamMessageWriter(stdin),
    );
    const tell = (method: string, params: unknown) => {
      this.told.push({ method, params });
      for (const wake of this.#waiting.splice(0)) wake();
    };
    this.connection.onNotification((method, params) => tell(method, params));
    this.connection.onRequest("workspace/configuration", ({ items }: { items: unknown[] }) =>
      items.map(() => this.settings),
    );
    this.connection.onRequest((method, params) => {
      tell(method, params);
      return null;
    });
    this.connection.onError(() => {});
    this.connection.listen();
  }

  /** Starts a server and shakes hands with it. */
  static async start(setup: ClientSetup = {}): Promise<LanguageClient> {
    const client = new LanguageClient(setup);
    const folders = (setup.folders ?? []).map((uri, index) => ({ uri, name: `folder ${index}` }));
    const result = await client.request<{ capabilities: Record<string, unknown> }>("initialize", {
      processId: process.pid,
      rootUri: folders[0]?.uri ?? null,
      workspaceFolders: folders,
      capabilities: { ...setup.capabilities },
      initializationOptions: setup.initializationOptions,
    });
    client.capabilities = result.capabilities;
    await client.notify("initialized", {});
    return client;
  }

  request<T>(method: string, params: unknown): Promise<T> {
    return this.connection.sendRequest<T>(method, params);
  }

  notify(method: string, params: unknown): Promise<void> {
    return this.connection.sendNotification(method, params);
  }

  open(uri: string, text: string, version = 1): Promise<void> {
    return this.notify("textDocument/didOpen", {
      textDocument: { uri, languageId: "typescript", version, text },
    });
  }

  /** Waits until the server has told something that fits, from the `from`-th message on. */
  async until<T>(method: string, fits: (params: T) => boolean, from = 0): Promise<T> {
    for (;;) {
      const found = this.told.slice(from).find((one) => one.method === method && fits(one.params as T));
      if (found !== undefined) return found.params as T;
      if (this.process.exitCode !== null) throw new Error(`the server is gone before it told ${method}`);
      await new Promise<void>((wake) => this.#waiting.push(wake));
    }
  }

  /** Ends the server as editors do; gives its exit code. */
  async stop(): Promise<number | null> {
    await this.request("shutdown", undefined);
    const ended = once(this.process, "exit");
    await this.notify("exit", undefined);
    const [code] = (await ended) as [number | null];
    this.connection.dispose();
    return code;
  }

  /** Ends the server as a crash does. */
  async kill(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, "exit");
    this.process.kill("SIGKILL");
    await ended;
    this.connection.dispose();
  }
}
