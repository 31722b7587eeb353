import type { ConnectionOptions } from "node:tls";
import type { Redis } from "ioredis";
import { loadBullmq, loadIoredis } from "./drivers.ts";
import { Handouts, queueOptions, runRetryDelay } from "./handouts.ts";
import { judgeRedis, redisFailure } from "./redis-checks.ts";
import type { FleetStore } from "./store.ts";
import type { StoreAddress } from "./store-address.ts";

const connectWithinMs = 10_000;

// Keys of a job and of the states it may be in, as BullMQ 6 lays them out; `removeJobKeys.lua` of it removes the same.
const keysOfJob = ["", ":logs", ":dependencies", ":processed", ":failed", ":unsuccessful"];
const keysOfStates = { waiting: "wait", completed: "completed", failed: "failed" };

const removeScript = `
local id, rows, jobKeys = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
if redis.call("LLEN", KEYS[2]) ~= rows then return 0 end
local found = 0
for at = jobKeys + 1, #KEYS do
  local kind = redis.call("TYPE", KEYS[at]).ok
  if kind == "list" then found = found + redis.call("LREM", KEYS[at], 0, id)
  elseif kind == "zset" then found = found + redis.call("ZREM", KEYS[at], id) end
end
if found == 0 then return 0 end
for at = 1, jobKeys do redis.call("DEL", KEYS[at]) end
return 1
`;

// Data are written as JSON by whoever writes them: what was read of them gives the same text again.
const updateScript = `
local id, read, data = ARGV[1], ARGV[2], ARGV[3]
if redis.call("HGET", KEYS[1], "data") ~= read then return 0 end
local found = #KEYS == 1
for at = 2, #KEYS do
  if redis.call("ZSCORE", KEYS[at], id) then found = true end
end
if not found then return 0 end
redis.call("HSET", KEYS[1], "data", data)
return 1
`;

/**
 * Opens a store in Redis: one connection for all that need not wait, and one more for each worker and each listener.
 *
 * While the server is away calls wait for it; connections come back by themselves.
 */
export async function openRedisStore(at: {
  readonly address: StoreAddress;
  readonly prefix: string;
  readonly tls: ConnectionOptions | undefined;
}): Promise<FleetStore> {
  const { address, prefix, tls } = at;
  const [bullmq, Client] = await Promise.all([loadBullmq("ioredis"), loadIoredis()]);
  let opened = false;
  let closed = false;
  const redis = new Client({
    host: address.host,
    port: address.port,
    ...(address.user !== undefined && { username: address.user }),
    ...(address.password !== undefined && { password: address.password }),
    ...(address.database !== undefined && { db: Number(address.database) }),
    ...(tls && { tls }),
    lazyConnect: true,
    connectTimeout: connectWithinMs,
    keepAlive: 10_000,
    // Whoever waits for a job waits as long as it takes.
    maxRetriesPerRequest: null,
    // The first connection is made or refused at once; a lost one is made again.
    retryStrategy: (times) => (opened && !closed ? Math.min(times * 100, 2_000) : null),
    // After a failover the old primary only reads: the name now leads to another.
    reconnectOnError: (error) => (error.message.startsWith("READONLY") ? 2 : false),
  });
  const warnings = await firstLook(redis, address.shown, prefix);
  opened = true;
  const handouts = new Handouts({
    queue: (name) => new bullmq.Queue(name, { ...queueOptions(name), connection: redis, prefix }),
    producer: (name) => new bullmq.QueueEventsProducer(name, { connection: redis, prefix }),
    events: (name) => new bullmq.QueueEvents(name, { connection: redis, prefix }),
    worker: (name, processor, options) =>
      new bullmq.Worker(name, processor, {
        runRetryDelay,
        // A worker that waits is told of a job at once, and asks besides as often as this.
        drainDelay: 2,
        ...options,
        connection: redis,
        prefix,
      }),
  });
  return {
    kind: "redis",
    address: address.shown,
    prefix,
    warnings,
    bullmq,
    queue: handouts.queue,
    producer: handouts.producer,
    queueEvents: handouts.queueEvents,
    worker: handouts.worker,
    removeUnchanged: async (queue, id, { states, rows }) => {
      const base = `${prefix}:${queue}:`;
      const keys = [
        ...keysOfJob.map((part) => `${base}${id}${part}`),
        ...states.map((state) => `${base}${keysOfStates[state]}`),
      ];
      const removed = await redis.eval(removeScript, keys.length, ...keys, id, rows, keysOfJob.length);
      return removed === 1;
    },
    updateUnchanged: async (queue, id, { data: read, states = [] }, data) => {
      const base = `${prefix}:${queue}:`;
      const keys = [`${base}${id}`, ...states.map((state) => `${base}${keysOfStates[state]}`)];
      const given = [id, JSON.stringify(read), JSON.stringify(data)];
      return (await redis.eval(updateScript, keys.length, ...keys, ...given)) === 1;
    },
    available: () => !closed && redis.status === "ready",
    close: async () => {
      closed = true;
      await handouts.close(redis.status === "ready");
      redis.disconnect();
    },
  };
}

/**
 * Connects, asks the server what it is, judges that, and looks whether keys of the prefix may be touched; lets go of the connection where
 * it is refused.
 */
async function firstLook(redis: Redis, shown: string, prefix: string): Promise<readonly string[]> {
  let last: unknown;
  // Who is refused `INFO` is told so here: where the driver asks for it by itself, it writes about that on the terminal.
  const before = redis.duplicate({ enableReadyCheck: false });
  for (const connection of [redis, before]) {
    connection.on("error", (error) => {
      last = error;
    });
  }
  try {
    return await inTime(async () => {
      await before.connect();
      // Some services leave the older form's other sections out; each field is judged only where it is told.
      const warnings = judgeRedis(await before.info(), shown);
      await redis.connect();
      await redis.exists(`${prefix}:sampan`);
      return warnings;
    });
  } catch (error) {
    redis.disconnect();
    if (error instanceof Error && "hint" in error) throw error;
    throw redisFailure(last ?? error, shown);
  } finally {
    before.disconnect();
  }
}

/** What is not there after ten seconds is given up: who takes connections and says nothing is no Redis. */
async function inTime<Result>(work: () => Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`no answer within ${connectWithinMs / 1000} s`);
    timer = setTimeout(() => reject(error), connectWithinMs);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
