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

const filesOf = (plans: Readonly<Record<string, string | undefined>>): PlanFiles => ({
  ...noFiles,
  find: async () => Object.keys(plans),
  stampOf: async (at) => (plans[at] === undefined ? undefined : { sizeBytes: 1, changedAtMs: 1 }),
  read: async (at) => plans[at],
});

let open: MessageConnection | undefined;
afterEach(() => open?.dispose());

/** A server in this process, with what it is given for the world. */
async function serverWith(world: {
  readonly read: () => Promise<readonly AccountNames[]>;
  /** Plans on the disk by their URI. */
  readonly plans?: Readonly<Record<string, string | undefined>>;
  /** Waited for before a plan on the disk is read. */
  readonly reading?: (uri: string) => Promise<void>;
  /** Language of the client. */
  readonly locale?: string;
  /** Ends every wait at once. */
  readonly impatient?: boolean;
}): Promise<MessageConnection> {
  const [up, down] = [new PassThrough(), new PassThrough()];
  const files = filesOf(world.plans ?? {});
  startServer(
    createConnection(ProposedFeatures.all, new StreamMessageReader(up), new StreamMessageWriter(down)),
    {
      loadReader: () => import("../analysis/index.ts"),
      files: {
        ...files,
        async read(at) {
          await world.reading?.(at);
          return files.read(at);
        },
      },
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
  await client.sendRequest("initialize", {
    processId: null,
    rootUri: "file:///plans",
    capabilities: {},
    ...(world.locale === undefined ? {} : { locale: world.locale }),
  });
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

describe("names that plans of two files share", () => {
  const plan = (name: string) =>
    `import { Migration } from "sampan";\nexport default Migration.from("a.vmdk").assess().capture().toVhd().upload("b-1").import({ name: "${name}" });\n`;
  const other = "file:///plans/other.migration.ts";

  interface Told {
    readonly uri: string;
    readonly version: number;
    readonly diagnostics: readonly {
      readonly code: string;
      readonly range: { readonly start: object };
      readonly relatedInformation?: readonly {
        readonly location: { readonly uri: string; readonly range: object };
      }[];
    }[];
  }

  /** Waits for problems of a plan that are as wanted. */
  const told = (client: MessageConnection, of: string, wanted: (codes: readonly string[]) => boolean) =>
    new Promise<Told>((resolve) => {
      client.onNotification("textDocument/publishDiagnostics", (params: Told) => {
        if (params.uri === of && wanted(params.diagnostics.map(({ code }) => code))) resolve(params);
      });
    });

  it("are told in both, of a file that is not open too, and taken back when one is changed", async () => {
    const client = await serverWith({
      read: async () => [],
      plans: { [uri]: plan("web"), [other]: plan("web") },
    });
    const shared = told(client, uri, (codes) => codes.includes("SMP108"));
    await openPlan(client, plan("web"));
    const [problem] = (await shared).diagnostics;
    const line = plan("web").split("\n")[1] ?? "";
    const place = { line: 1, character: line.indexOf('"web"') };
    expect(problem?.range.start).toEqual(place);
    expect(problem?.relatedInformation?.[0]?.location).toMatchObject({ uri: other, range: { start: place } });

    const there = told(client, other, (codes) => codes.includes("SMP108"));
    await client.sendNotification("textDocument/didOpen", {
      textDocument: { uri: other, languageId: "typescript", version: 1, text: plan("web") },
    });
    expect((await there).diagnostics[0]?.relatedInformation?.[0]?.location.uri).toBe(uri);

    const gone = told(client, uri, (codes) => !codes.includes("SMP108"));
    await client.sendNotification("textDocument/didChange", {
      textDocument: { uri: other, version: 2 },
      contentChanges: [{ text: plan("db") }],
    });
    expect((await gone).diagnostics).toEqual([]);
  });

  it("count as the file has them again when it is closed", async () => {
    const client = await serverWith({
      read: async () => [],
      plans: { [uri]: plan("web"), [other]: plan("web") },
    });
    await client.sendNotification("textDocument/didOpen", {
      textDocument: { uri: other, languageId: "typescript", version: 1, text: plan("db") },
    });
    const clean = told(client, uri, (codes) => codes.length === 0);
    await openPlan(client, plan("web"));
    await clean;
    const shared = told(client, uri, (codes) => codes.includes("SMP108"));
    await client.sendNotification("textDocument/didClose", { textDocument: { uri: other } });
    expect((await shared).version).toBe(1);
  });

  it("count no longer when a file cannot be read any more", async () => {
    const plans: Record<string, string | undefined> = { [uri]: plan("web"), [other]: plan("web") };
    const client = await serverWith({ read: async () => [], plans });
    const shared = told(client, uri, (codes) => codes.includes("SMP108"));
    await openPlan(client, plan("web"));
    await shared;
    plans[other] = undefined;
    const gone = told(client, uri, (codes) => codes.length === 0);
    await client.sendNotification("workspace/didChangeWatchedFiles", { changes: [{ uri: other, type: 2 }] });
    await gone;
  });

  it("are those of the editor where a file was opened while it was read", async () => {
    let begun = () => {};
    let end = () => {};
    const begins = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const ends = new Promise<void>((resolve) => {
      end = resolve;
    });
    const client = await serverWith({
      read: async () => [],
      plans: { [uri]: plan("web"), [other]: plan("web") },
      async reading(at) {
        if (at !== other) return;
        begun();
        await ends;
      },
    });
    await openPlan(client, plan("web"));
    await begins;
    await client.sendNotification("textDocument/didOpen", {
      textDocument: { uri: other, languageId: "typescript", version: 1, text: plan("db") },
    });
    await client.sendRequest("sampan/plans", { uri: other });
    end();
    for (let asked = 0; asked < 5; asked++) {
      const answer = await client.sendRequest("textDocument/diagnostic", { textDocument: { uri } });
      expect(answer).toMatchObject({ items: [] });
    }
  });

  it("have plans that a client can ask for, open or not", async () => {
    const client = await serverWith({ read: async () => [], plans: { [other]: plan("web") } });
    const ask = () =>
      client.sendRequest<{ plans: readonly { id: string; plan: string | null }[] }>("sampan/plans", {
        uri: other,
      });
    expect((await ask()).plans).toMatchObject([{ id: "default", title: "a.vmdk", plan: "1" }]);
    for (const params of [{}, null, { uri: "file:///plans/x.ts" }, { uri: "file:///gone.migration.ts" }]) {
      expect(await client.sendRequest("sampan/plans", params)).toEqual({ plans: [] });
    }
  });
});

describe("problems in the language of the client", () => {
  it.each([
    ["zh-cn", "此计划不起作用：既没有导出，也没有运行。"],
    ["zh-TW", "This plan does nothing: it is neither exported nor run."],
    ["de", "This plan does nothing: it is neither exported nor run."],
  ])("%s", async (locale, message) => {
    const client = await serverWith({ read: async () => [], locale });
    await openPlan(client, 'import { Migration } from "sampan";\nMigration.from("./a.vmdk").assess();\n');
    const answer = await client.sendRequest("textDocument/diagnostic", { textDocument: { uri } });
    expect(answer).toMatchObject({ items: [{ code: "SMP111", message }] });
  });
});
