import { performance } from "node:perf_hooks";
import type { ConnectionOptions } from "node:tls";
import { isSampanError } from "@sampan/core";
import type {
  BackendFactory,
  PgPool,
  PostgresQueueBackend,
  Queue,
  QueueEvents,
  QueueEventsProducer,
  Worker,
} from "bullmq";
import type { Pool, PoolClient } from "pg";
import { within } from "../within.ts";
import { loadBullmq, loadPg } from "./drivers.ts";
import { closeWaitMs, Handouts, queueOptions, runRetryDelay } from "./handouts.ts";
import { judgePostgres, type PostgresFacts, postgresFailure, queriesAtOnce } from "./postgres-checks.ts";
import type { FleetStore, ReadData, SeenJob } from "./store.ts";
import type { StoreAddress } from "./store-address.ts";
import { isStoreAway } from "./store-away.ts";

const connectWithinMs = 10_000;
// What is notified of is lost where a connection was cut without a word, which is noticed minutes later: so looks follow each other closely.
const lookEveryS = 1;

/**
 * Opens a store in PostgreSQL, in a schema of its own that is made where it is missing: one pool for all, in which each worker and each
 * listener holds a connection.
 *
 * While the server is away calls end in an error; connections come back by themselves.
 */
export async function openPostgresStore(at: {
  readonly address: StoreAddress;
  readonly prefix: string;
  readonly tls: ConnectionOptions | undefined;
}): Promise<FleetStore> {
  const { address, prefix: schema, tls } = at;
  const [bullmq, pg] = await Promise.all([loadBullmq("pg"), loadPg()]);
  const pool = new pg.Pool({
    host: address.host,
    port: address.port,
    ...(address.user !== undefined && { user: address.user }),
    ...(address.password !== undefined && { password: address.password }),
    ...(address.database !== undefined && { database: address.database }),
    ssl: tls ?? false,
    max: queriesAtOnce,
    connectionTimeoutMillis: connectWithinMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    application_name: "sampan",
    // Without it the functions of the schema are not found.
    options: `-c search_path=${schema},public`,
  });
  let available = true;
  const connected = new Set<PoolClient>();
  pool.setMaxListeners(0);
  pool.on("connect", (client) => {
    available = true;
    connected.add(client);
    client.on("error", ignore);
  });
  // A connection on its way out has lost its listeners, and would end the process by what it still has to say.
  pool.on("remove", (client) => {
    connected.delete(client);
    client.on("error", ignore);
  });
  pool.on("error", () => {
    available = false;
  });
  // One connection that breaks, or is ended from outside, says nothing of the server that answers the others. That of a listener which broke
  // is given back with no more than `true`; what else is no lost connection is an answer.
  pool.on("release", (error: unknown) => {
    available = error !== true && !isStoreAway(error);
  });
  const warnings = await firstLook(pool, { bullmq, schema, shown: address.shown });

  // The driver's own types say more of a query than BullMQ's small picture of them.
  const shared = pool as unknown as PgPool;
  const backend: BackendFactory<PostgresQueueBackend, PgPool> = (name, options, kind = {}) => {
    const connection = new bullmq.PostgresConnection(shared);
    // Of a pool that is given it takes for granted what its schema is called.
    Object.defineProperty(connection, "schema", { value: schema });
    // The server was found fit when the store was opened. One that is away for a moment must not count as unfit for good.
    connection.waitUntilReady = () => Promise.resolve();
    const worker = (options as { readonly name?: string }).name;
    const listener = kind.withBlockingConnection
      ? `${name}${worker === undefined ? "" : `:w:${worker}`}`
      : kind.blocking
        ? `${name}:qe`
        : undefined;
    // It holds a connection as long as it lives; the others are for queries.
    if (listener !== undefined) {
      pool.options.max += 1;
      connection.once("close", () => {
        pool.options.max -= 1;
      });
    }
    const made = new bullmq.PostgresQueueBackend(connection, name, options, true, listener);
    // It would wait for up to an hour where a job is due much later.
    Object.defineProperty(made, "maximumBlockTimeout", { value: lookEveryS });
    return made;
  };
  const handouts = new Handouts({
    queue: (name) =>
      new bullmq.Queue(name, { ...queueOptions(name), connection: shared }, backend) as unknown as Queue,
    producer: (name) =>
      new bullmq.QueueEventsProducer(name, { connection: shared }, backend) as unknown as QueueEventsProducer,
    events: (name) =>
      new bullmq.QueueEvents(
        name,
        { blockingTimeout: 500, connection: shared },
        backend,
      ) as unknown as QueueEvents,
    worker: (name, processor, options) =>
      new bullmq.Worker(
        name,
        processor,
        { runRetryDelay, drainDelay: lookEveryS, ...options, connection: shared },
        backend,
      ) as unknown as Worker,
  });
  return {
    kind: "postgres",
    address: address.shown,
    prefix: schema,
    warnings,
    bullmq,
    queue: handouts.queue,
    producer: handouts.producer,
    queueEvents: handouts.queueEvents,
    worker: handouts.worker,
    removeUnchanged: (queue, id, seen) => removeUnchanged(pool, queue, id, seen),
    updateUnchanged: (queue, id, read, data) => updateUnchanged(pool, { queue, id, read, data }),
    available: () => available && !pool.ending,
    close: async () => {
      const untilMs = performance.now() + closeWaitMs(available);
      await handouts.close(available);
      const emptied = new Promise<void>((resolve) => {
        const look = (): void => void (connected.size === 0 && resolve());
        pool.on("remove", look);
        look();
      });
      await within(Math.max(0, untilMs - performance.now()), Promise.all([pool.end(), emptied]));
      // What the server has not let go of by now would keep the process from ending.
      for (const client of connected) client.connection?.stream.destroy();
    },
  };
}

/** As {@link FleetStore.removeUnchanged}: what would change the job, or add to its log, waits for the row that is locked here. */
async function removeUnchanged(
  pool: Pool,
  queue: string,
  id: string,
  { states, rows }: SeenJob,
): Promise<boolean> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    const found = await client.query(
      "select 1 from job where queue = $1 and id = $2 and state::text = any($3) for update",
      [queue, id, states],
    );
    const { rows: counted } = await client.query<{ count: number }>(
      "select count(*)::int as count from job_log where queue = $1 and job_id = $2",
      [queue, id],
    );
    const isSame = found.rowCount === 1 && counted[0]?.count === rows;
    if (isSame) await client.query("delete from job where queue = $1 and id = $2", [queue, id]);
    await client.query("commit");
    client.release();
    return isSame;
  } catch (error) {
    // Its transaction ends with the connection.
    client.release(true);
    throw error;
  }
}

/** As {@link FleetStore.updateUnchanged}: one that waited for another's write compares with what that wrote. */
async function updateUnchanged(
  pool: Pool,
  write: { readonly queue: string; readonly id: string; readonly read: ReadData; readonly data: object },
): Promise<boolean> {
  const { queue, id, read, data } = write;
  const { rowCount } = await pool.query(
    `update job set data = $4::jsonb where queue = $1 and id = $2 and data = $3::jsonb
      and ($5::text[] is null or state::text = any($5))`,
    [queue, id, JSON.stringify(read.data), JSON.stringify(data), read.states ?? null],
  );
  return rowCount === 1;
}

function ignore(): void {
  // Told by the next query.
}

interface Looked {
  readonly bullmq: typeof import("bullmq");
  readonly schema: string;
  readonly shown: string;
}

/** Connects, judges the server, and makes or brings up to date what a fleet needs in it; lets go of it where it is refused. */
async function firstLook(pool: Pool, { bullmq, schema, shown }: Looked): Promise<readonly string[]> {
  try {
    const client = await pool.connect();
    try {
      const warnings = judgePostgres(await factsOf(client), shown);
      await migrate(client, bullmq, schema);
      return warnings;
    } finally {
      client.release();
    }
  } catch (error) {
    await pool.end().catch(ignore);
    throw isSampanError(error) ? error : postgresFailure(error, shown);
  }
}

async function factsOf(client: PoolClient): Promise<PostgresFacts> {
  // What others do may not be looked at by everybody, how many they are may.
  const { rows } = await client.query<{ version: number; pid: number; free: number }>(
    `select current_setting('server_version_num')::int as version, pg_backend_pid() as pid,
            current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
              - (select sum(numbackends) from pg_stat_database)::int as free`,
  );
  const [row] = rows;
  // The driver keeps it and does not tell its types.
  const { processID: greetedBy = null } = client as { readonly processID?: number | null };
  return {
    version: row?.version ?? 0,
    greetedBy,
    answeredBy: row?.pid ?? 0,
    freeConnections: row?.free ?? 0,
  };
}

/** Once the schema is there and new enough, its user need not be allowed to make one. */
async function migrate(client: PoolClient, bullmq: typeof import("bullmq"), schema: string): Promise<void> {
  try {
    if ((await bullmq.assertSchemaCompatibility(client, schema)) >= bullmq.LATEST_SCHEMA_VERSION) return;
  } catch (error) {
    if (!(error instanceof bullmq.SchemaMigrationRequiredError)) throw error;
  }
  await bullmq.runMigrations(client, schema);
}
