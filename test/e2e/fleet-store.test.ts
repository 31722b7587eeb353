import { fork } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { type FleetStore, openStore, type StoreOptions } from "@sampan/fleet/engine";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { startTcpProxy } from "../helpers/live-host/tcp-proxy.ts";
import { type PostgresServer, postgresTools, startPostgresServer } from "../helpers/postgres-server.ts";
import { type RedisServerOptions, redisTools, startRedisServer } from "../helpers/redis-server.ts";
import { lacks } from "../helpers/requires.ts";
import { environment } from "../helpers/sampan.ts";

const closingStore = fileURLToPath(new URL("../helpers/closing-store.mjs", import.meta.url));

const env = {};

/** A store that is closed when its test ends. */
async function opened(options: StoreOptions): Promise<FleetStore> {
  const store = await openStore({ env, ...options });
  onTestFinished(() => store.close());
  return store;
}

/** What opening it ends in. */
async function refusal(options: StoreOptions): Promise<Error> {
  const error = await openStore({ env, ...options }).then(
    (store) => store.close().then(() => new Error("it was opened")),
    (failure: unknown) => failure as Error,
  );
  // With what is underneath it, at any depth.
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain("canary");
  return error;
}

/** Has a job done by a worker of the store and gives what a listener was told of it. */
async function oneJob(store: FleetStore, queue: string): Promise<unknown> {
  const events = store.queueEvents(queue);
  await events.waitUntilReady();
  const worker = store.worker(queue, async (job) => job.data.number + 1, { name: "w" });
  await worker.waitUntilReady();
  const told = new Promise((resolve) => events.once("completed", ({ returnvalue }) => resolve(returnvalue)));
  await store.queue(queue).add("add", { number: 41 });
  return told;
}

describe.skipIf(lacks(...redisTools, "openssl"))("a fleet's store in Redis", () => {
  async function server(options?: RedisServerOptions) {
    const redis = await startRedisServer(options);
    onTestFinished(() => redis.close());
    return redis;
  }

  it("takes jobs and tells of them, of its own prefix only", async () => {
    const redis = await server();
    const ours = await opened({ url: redis.url, prefix: "one" });
    const theirs = await opened({ env: { SAMPAN_FLEET_STORE: redis.url }, prefix: "two" });
    expect(await oneJob(ours, "q")).toBe(42);
    expect(await ours.queue("q").getJobCountByTypes("completed")).toBe(1);
    expect(await theirs.queue("q").getJobCountByTypes("completed")).toBe(0);
    expect({ kind: ours.kind, warnings: ours.warnings }).toEqual({ kind: "redis", warnings: [] });
  });

  it("goes through TLS with an authority and a certificate of one's own, as a user with few rights and one prefix", async () => {
    const login = { user: "worker", password: "canary:/@%" };
    const rights = "~fleet:* &fleet:* +@all -@dangerous -@admin +info +client|list +client|setname";
    const users = [`worker on >${login.password} ${rights}`, "default off"];
    const { url, tls, port } = await server({ tls: true, users, login });
    const store = await opened({ url, tls, prefix: "fleet" });
    expect(store.address).toBe(`rediss://worker@127.0.0.1:${port}`);
    expect(await oneJob(store, "q")).toBe(42);
    expect(await store.queue("q").getWorkers()).toHaveLength(1);

    expect(await refusal({ url, prefix: "fleet" })).toMatchObject({ code: "FLEET_STORE_TLS" });
    expect(await refusal({ url, tls: { caFile: tls.caFile }, prefix: "fleet" })).toMatchObject({
      code: expect.stringMatching(/^FLEET_STORE_(TLS|UNREACHABLE)$/),
    });
    expect(await refusal({ url, tls: { ...tls, caFile: "/nowhere/ca.pem" } })).toBeInstanceOf(Error);
    const wrong = url.replace("canary", "canary2");
    expect(await refusal({ url: wrong, tls, prefix: "fleet" })).toMatchObject({
      code: "FLEET_STORE_CREDENTIALS",
    });
  });

  it("warns of a server that forgets", async () => {
    const redis = await server({ args: ["--maxmemory-policy", "allkeys-lru", "--appendonly", "no"] });
    const store = await opened({ url: redis.url });
    expect(store.warnings).toEqual([
      expect.stringContaining("allkeys-lru"),
      expect.stringContaining("append-only"),
    ]);
  });

  it("refuses a cluster by name, and a server that is not there", async () => {
    const redis = await server({ args: ["--cluster-enabled", "yes"] });
    expect(await refusal({ url: redis.url })).toMatchObject({ code: "FLEET_STORE_SHARDED" });
    await redis.close();
    expect(await refusal({ url: redis.url.replace("//", "//u:canary@") })).toMatchObject({
      code: "FLEET_STORE_UNREACHABLE",
    });
  });

  it("comes back after its server was killed, and closes while it is away", async () => {
    const redis = await server();
    const store = await opened({ url: redis.url });
    expect(await oneJob(store, "before")).toBe(42);
    await redis.kill();
    await expect.poll(() => store.available()).toBe(false);
    await redis.start();
    expect(await oneJob(store, "after")).toBe(42);
    expect(await store.queue("before").getJobCountByTypes("completed")).toBe(1);
    await redis.kill();
    await store.close();
    expect(store.available()).toBe(false);
  });
});

describe.skipIf(lacks(...postgresTools))("a fleet's store in PostgreSQL", () => {
  let postgres: PostgresServer;
  beforeAll(async () => {
    postgres = await startPostgresServer({ settings: ["max_connections=40"] });
  });
  afterAll(() => postgres?.close());

  it("makes its schema, takes jobs and tells of them, of its own schema only", async () => {
    // Both at once find nothing there.
    const [ours, theirs, again] = await Promise.all([
      opened({ url: postgres.url, prefix: "one" }),
      opened({ url: postgres.url, prefix: "two" }),
      opened({ url: postgres.url, prefix: "one" }),
    ]);
    expect(await oneJob(ours, "q")).toBe(42);
    expect(await again.queue("q").getJobCountByTypes("completed")).toBe(1);
    expect(await theirs.queue("q").getJobCountByTypes("completed")).toBe(0);
    expect(ours).toMatchObject({ kind: "postgres", address: expect.not.stringContaining("canary") });
  });

  it("has a connection for every worker and listener besides those for queries", async () => {
    const store = await opened({ url: postgres.url });
    const done = await Promise.all(Array.from({ length: 8 }, (_, index) => oneJob(store, `q${index}`)));
    expect(done).toEqual(Array.from({ length: 8 }, () => 42));
  });

  it("refuses a wrong password, a database that is not there, and encryption the server does not have", async () => {
    const { url } = postgres;
    const wrong = [url.replace("canary-", "canary-not-"), url.replace("/fleet", "/none")];
    for (const one of wrong)
      expect(await refusal({ url: one })).toMatchObject({ code: "FLEET_STORE_CREDENTIALS" });
    expect(await refusal({ url: `${url}?sslmode=require` })).toMatchObject({ code: "FLEET_STORE_TLS" });
  });

  it("refuses a pooler, which greets by the name of a process that nobody is", async () => {
    const port = await pretendPooler(postgres.port);
    const url = postgres.url.replace(String(postgres.port), String(port));
    expect(await refusal({ url })).toMatchObject({ code: "FLEET_STORE_POOLER" });
  });

  it("refuses where too few connections are left", async () => {
    const held: FleetStore[] = [];
    onTestFinished(() => Promise.all(held.map((store) => store.close())).then(() => undefined));
    const store = await opened({ url: postgres.url });
    for (let index = 0; index < 26; index++) store.queueEvents(`many${index}`);
    await expect
      .poll(() => refusal({ url: postgres.url }), { timeout: 30_000 })
      .toMatchObject({ code: "FLEET_STORE_CONNECTIONS" });
  });

  it("counts as there while it answers, though one of its connections was ended from outside", async () => {
    // Connections of stores that were closed a moment ago may be there still.
    const openedAt = new Date().toISOString();
    const store = await opened({ url: postgres.url, prefix: "ended" });
    const ask = () => store.queue("q").getJobCounts();
    await Promise.all([ask(), ask(), ask()]);
    // Another that is just given back says that the server is there: then the next is ended.
    const endOne = () =>
      postgres.sql(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'sampan'
        and state = 'idle' and backend_start >= '${openedAt}' order by backend_start limit 1`);
    const isThere = async () => {
      endOne();
      await pause(50);
      return store.available();
    };
    await expect.poll(isThere).toBe(false);
    await ask();
    expect(store.available()).toBe(true);
  });

  it("looks for work by itself soon, though the next that is known of is due much later and nobody tells of other", async () => {
    const store = await opened({ url: postgres.url, prefix: "untold" });
    const queue = store.queue("q");
    await queue.add("add", { number: 1 }, { jobId: "later", delay: 3_600_000 });
    const taken: number[] = [];
    const worker = store.worker("q", async (job) => void taken.push(job.data.number), { name: "w" });
    await worker.waitUntilReady();
    // It waits by now until something is due.
    await pause(2500);
    postgres.sql("update untold.job set state = 'waiting', process_at_ms = null where id = 'later'");
    await expect.poll(() => taken, { timeout: 15_000 }).toEqual([1]);
  });

  it("comes back after its server was killed, and closes while it is away", async () => {
    const store = await opened({ url: postgres.url, prefix: "killed" });
    const worker = store.worker("q", async (job) => job.data.number + 1, { name: "w" });
    const events = store.queueEvents("q");
    await Promise.all([worker.waitUntilReady(), events.waitUntilReady()]);
    await postgres.kill();
    // Processes of the killed server answer for a moment.
    const asked = () =>
      store
        .queue("q")
        .getJobCounts()
        .then(
          () => "there",
          () => "away",
        );
    await expect.poll(asked).toBe("away");
    await expect.poll(() => store.available()).toBe(false);
    await postgres.start();
    await store.queue("q").add("add", { number: 41 });
    await expect.poll(() => store.queue("q").getJobCountByTypes("completed"), { timeout: 30_000 }).toBe(1);
    expect(store.available()).toBe(true);
    await postgres.kill();
    await store.close();
    await postgres.start();
  });
});

describe.each([
  { kind: "Redis", tools: redisTools, start: startRedisServer },
  { kind: "PostgreSQL", tools: postgresTools, start: startPostgresServer },
])("a fleet's store in $kind", ({ tools, start }) => {
  it.skipIf(lacks(...tools))(
    "lets its process end when it is closed, also where the server falls silent",
    async () => {
      const server = await start();
      onTestFinished(() => server.close());
      for (const isSilent of [false, true]) {
        const proxy = await startTcpProxy(server.port);
        onTestFinished(() => proxy.stop());
        const url = server.url.replace(`:${server.port}`, `:${proxy.port}`);
        const child = fork(closingStore, [url], { execArgv: [], env: environment() });
        onTestFinished(() => void child.kill("SIGKILL"));
        const ended = once(child, "exit");
        expect(await Promise.race([once(child, "message"), ended])).toEqual(["open", undefined]);
        proxy.stall(isSilent);
        const closedAt = performance.now();
        child.send("close");
        expect(await ended).toEqual([0, null]);
        // A bound against waiting for what never comes; what is usual is a few seconds.
        expect(performance.now() - closedAt).toBeLessThan(30_000);
      }
    },
    60_000,
  );
});

/** A port that passes everything on to a PostgreSQL, and gives another process's number in the greeting, as PgBouncer does. */
async function pretendPooler(behind: number): Promise<number> {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(behind, "127.0.0.1");
    for (const socket of [client, upstream]) open.add(socket.on("error", () => socket.destroy()));
    client.pipe(upstream);
    upstream.on("data", (bytes) => {
      // BackendKeyData: 'K', its length, the process, a secret.
      const at = bytes.indexOf(Buffer.from([0x4b, 0, 0, 0, 12]));
      if (at !== -1) bytes.writeInt32BE(1_234_567, at + 5);
      client.write(bytes);
    });
    upstream.on("end", () => client.end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return (server.address() as { port: number }).port;
}
