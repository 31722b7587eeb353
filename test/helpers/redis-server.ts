import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "./ssh-banner.ts";
import { killed, type StoreServer, untilReady } from "./store-server.ts";
import { makeFolder } from "./temporary-folder.ts";

/** What `lacks()` must find for {@link startRedisServer}. */
export const redisTools = ["redis-server"] as const;

export interface RedisServerOptions {
  /** Further arguments such as `--requirepass`, which win over the helper's own. */
  readonly args?: readonly string[];
  /** Lines of its users, as `ACL SETUSER` takes them; without them everybody may do everything. */
  readonly users?: readonly string[];
  /** User and password that stand in the address. */
  readonly login?: { readonly user: string; readonly password: string };
  /** Takes only encrypted connections, and only of clients that show a certificate of its authority. Needs openssl. */
  readonly tls?: boolean;
}

export interface RedisServer extends StoreServer {
  /** Files of an authority and a client it signed; with `tls` only. */
  readonly tls: { readonly caFile: string; readonly certificateFile: string; readonly keyFile: string };
}

/**
 * Starts a Redis with an append-only file on a free port of the loopback.
 *
 * @example
 * ```ts
 * const redis = await startRedisServer();
 * const store = await openStore({ url: redis.url });
 * ```
 */
export async function startRedisServer(options: RedisServerOptions = {}): Promise<RedisServer> {
  const folder = await makeFolder();
  const port = await freePort();
  const at = (name: string) => join(folder, name);
  await mkdir(at("data"));
  // A killed server's pages are the kernel's already. One that has them written out meanwhile may answer before it has added to its file, where
  // the disk is slow.
  const kept = ["--appendonly", "yes", "--appendfsync", "no", "--save", ""];
  const args = ["--bind", "127.0.0.1", "--dir", at("data"), ...kept];
  args.push("--maxmemory-policy", "noeviction");
  const tls = { caFile: at("ca.pem"), certificateFile: at("client.pem"), keyFile: at("client.key") };
  if (options.tls) {
    makeCertificates(at);
    args.push("--port", "0", "--tls-port", String(port), "--tls-ca-cert-file", tls.caFile);
    args.push("--tls-cert-file", at("server.pem"), "--tls-key-file", at("server.key"));
  } else args.push("--port", String(port));
  if (options.users) {
    await writeFile(at("users.acl"), options.users.map((line) => `user ${line}\n`).join(""));
    args.push("--aclfile", at("users.acl"));
  }
  args.push(...(options.args ?? []));

  let server: ChildProcess | undefined;
  const start = async () => {
    let said = "";
    server = spawn("redis-server", args, { stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [server.stdout, server.stderr])
      stream?.setEncoding("utf8").on("data", (part: string) => {
        said = (said + part).slice(-10_000);
      });
    // It listens before it has read its file, and refuses everything meanwhile.
    const ready = async () => said.includes("Ready to accept connections");
    await untilReady(server, ready, () => said);
  };
  await start();
  const login = options.login
    ? `${encodeURIComponent(options.login.user)}:${encodeURIComponent(options.login.password)}@`
    : "";
  return {
    port,
    url: `${options.tls ? "rediss" : "redis"}://${login}127.0.0.1:${port}`,
    folder,
    tls,
    kill: () => killed(server),
    start,
    async close() {
      await killed(server);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** An authority, and certificates by it for the server at 127.0.0.1 and for a client. */
function makeCertificates(at: (name: string) => string): void {
  const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "pipe" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"];
  openssl("req", "-x509", ...key, "-keyout", at("ca.key"), "-out", at("ca.pem"), "-subj", "/CN=Sampan tests");
  for (const name of ["server", "client"]) {
    const names = ["-subj", `/CN=${name}`, "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"];
    const signed = [
      "-x509",
      "-CA",
      at("ca.pem"),
      "-CAkey",
      at("ca.key"),
      "-addext",
      "basicConstraints=CA:FALSE",
    ];
    openssl("req", ...signed, ...key, ...names, "-keyout", at(`${name}.key`), "-out", at(`${name}.pem`));
  }
}
