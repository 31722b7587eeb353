import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmod, chown, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "./ssh-banner.ts";
import { killed, listens, type StoreServer, untilReady } from "./store-server.ts";
import { makeFolder } from "./temporary-folder.ts";

/** What `lacks()` must find for {@link startPostgresServer}. */
export const postgresTools = ["initdb", "postgres", "psql"] as const;

export interface PostgresServerOptions {
  /** Further settings, such as `max_connections=20`. */
  readonly settings?: readonly string[];
}

export interface PostgresServer extends StoreServer {
  /** Runs a statement in the database of the address, as the one who may do everything. */
  sql(text: string): void;
}

/** Starts a PostgreSQL with an empty database `fleet` on a free port of the loopback; its user `sampan` needs the password of the address. */
export async function startPostgresServer(options: PostgresServerOptions = {}): Promise<PostgresServer> {
  const folder = await makeFolder();
  const port = await freePort();
  const data = join(folder, "data");
  const account = await serverAccount();
  await mkdir(data, { mode: 0o700 });
  await chmod(folder, 0o755);
  if (account) await chown(data, account.uid, account.gid);
  const as = { cwd: "/", ...(account && { uid: account.uid, gid: account.gid }) };
  const init = [
    "-D",
    data,
    "-U",
    "postgres",
    "--auth-local=trust",
    "--auth-host=scram-sha-256",
    "--no-locale",
    "-E",
    "UTF8",
    "--no-sync",
  ];
  execFileSync("initdb", init, { ...as, stdio: "pipe" });
  const settings = [
    "listen_addresses=127.0.0.1",
    `unix_socket_directories=${data}`,
    // A killed server's pages are the kernel's already: only a power cut would lose them.
    "fsync=off",
    ...(options.settings ?? []),
  ].flatMap((setting) => ["-c", setting]);

  let server: ChildProcess | undefined;
  const start = async () => {
    let said = "";
    // Processes of a killed server may still be ending, and hold what the new one needs.
    for (let tries = 0; ; tries++) {
      said = "";
      server = spawn("postgres", ["-D", data, "-p", String(port), ...settings], {
        ...as,
        stdio: ["ignore", "ignore", "pipe"],
      });
      server.stderr?.setEncoding("utf8").on("data", (part: string) => {
        said = (said + part).slice(-10_000);
      });
      const ready = async () => said.includes("ready to accept connections") && (await listens(port));
      try {
        await untilReady(server, ready, () => said);
        return;
      } catch (error) {
        if (tries > 20 || !/lock file|shared memory|Address already in use/.test(said)) throw error;
        await pause(200);
      }
    }
  };
  await start();
  const sql = (text: string, database: string) =>
    execFileSync("psql", ["-h", data, "-p", String(port), "-U", "postgres", "-d", database, "-c", text], {
      ...as,
      stdio: "pipe",
    });
  sql(`create role sampan login password '${password}'`, "postgres");
  sql("create database fleet owner sampan", "postgres");
  return {
    port,
    url: `postgres://sampan:${password}@127.0.0.1:${port}/fleet`,
    folder,
    sql: (text) => void sql(text, "fleet"),
    kill: () => killed(server),
    start,
    async close() {
      await killed(server);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const password = "canary-of-postgres";

/** Whom the server runs as: it refuses root. */
async function serverAccount(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}
