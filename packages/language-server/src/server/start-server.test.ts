import { PassThrough } from "node:stream";
import { afterEach, describe, expect, it } from "vitest";
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-jsonrpc/node";
import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import type { AccountNames } from "../features/known-names.ts";
import type { PlanFiles } from "./plan-files.ts";
import { startServer } from "./start-server.ts";

const uri = "file:///plans/web-01.migration.ts";
const bucketPlan = `import { Migration } from "sampan";
export default Migration.from("a.vmdk").assess().capture().toVhd().upload("`;
const atEnd = { line: 1, character: bucketPlan.split("\n")[1]?.length ?? 0 };

const account: AccountNames = {
  cloud: "alibaba",
  reachedBy: [null],
  askedAtMs: 0,
  facts: {
    buckets: { complete: true, askedAtMs: 0, items: [{ name: "web-images", region: "cn-hangzhou" }] },
  },
};

const noFiles: PlanFiles = {
  find: async () => [],
  stampOf: async () => undefined,
  read: async () => undefined,
  list: async () => [],
  hasTypes: async () => true,
};

let open: MessageConnection | undefined;
afterEach(() => open?.dispose());

/** A server in this process, with what it is given for the world. */
async function serverWith(world: {
  readonly read: () => Promise<readonly AccountNames[]>;
  /** Ends every wait at once. */
  readonly impatient?: boolean;
}): Promise<MessageConnection> {
  const [up, down] = [new PassThrough(), new PassThrough()];
  startServer(
    createConnection(ProposedFeatures.all, new StreamMessageReader(up), new StreamMessageWriter(down)),
    {
      loadReader: () => import("../analysis/index.ts"),
      files: noFiles,
      names: { read: world.read },
      clock: {
        now: () => 0,
        monotonic: () => 0,
        sleep: (_ms, signal) =>
          world.impatient
            ? new Promise((resolve) => setImmediate(resolve))
            : new Promise((_resolve, reject) =>
                signal?.addEventListener("abort", () => reject(new Error("over"))),
              ),
      },
      version: "1.2.3",
    },
  );
  const client = createMessageConnection(new StreamMessageReader(down), new StreamMessageWriter(up));
  client.listen();
  open = client;
  await client.sendRequest("initialize", { processId: null, rootUri: null, capabilities: {} });
  return client;
}

const complete = (client: MessageConnection) =>
  client.sendRequest<{ isIncomplete: boolean; items: { label: string }[] }>("textDocument/completion", {
    textDocument: { uri },
    position: atEnd,
  });

const openPlan = (client: MessageConnection, text = bucketPlan) =>
  client.sendNotification("textDocument/didOpen", {
    textDocument: { uri, languageId: "typescript", version: 1, text },
  });

describe("completion of names that take their time", () => {
  it("does not wait, and says that more may come", async () => {
    const client = await serverWith({ read: () => new Promise(() => {}), impatient: true });
    await openPlan(client);
    expect(await complete(client)).toEqual({ isIncomplete: true, items: [] });
  });

  it("offers them when they are there in time", async () => {
    const client = await serverWith({ read: async () => [account] });
    await openPlan(client);
    const { isIncomplete, items } = await complete(client);
    expect(isIncomplete).toBe(false);
    expect(items.map(({ label }) => label)).toEqual(["web-images"]);
  });

  it("goes without them when they cannot be read", async () => {
    const client = await serverWith({ read: () => Promise.reject(new Error("no such folder")) });
    await openPlan(client);
    expect(await complete(client)).toEqual({ isIncomplete: false, items: [] });
  });

  it("answers about no text that is gone", async () => {
    let arrive: (names: readonly AccountNames[]) => void = () => {};
    const client = await serverWith({ read: () => new Promise((resolve) => (arrive = resolve)) });
    await openPlan(client);
    const asked = complete(client);
    await client.sendNotification("textDocument/didChange", {
      textDocument: { uri, version: 2 },
      contentChanges: [{ text: "" }],
    });
    // What follows a change is answered after it.
    await client.sendRequest("textDocument/foldingRange", { textDocument: { uri } });
    arrive([]);
    await expect(asked).rejects.toMatchObject({ code: -32801 });
  });
});
