import { SampanError } from "@sampan/core";

// BullMQ's own advice; from here on every command its scripts use is there.
const oldest = [6, 2];

/**
 * What of a Redis server's answer to `INFO` forbids (thrown: `FLEET_STORE_SHARDED`, `FLEET_STORE_VERSION`) or speaks against (returned)
 * keeping a fleet in it.
 */
export function judgeRedis(info: string, shown: string): readonly string[] {
  const fields = new Map(
    info
      .split(/\r?\n/)
      .map((line) => line.split(":", 2))
      .filter((parts): parts is [string, string] => parts.length === 2)
      .map(([name, value]) => [name, value.trim().slice(0, 60)]),
  );
  const told = `opening the fleet's store ${shown}`;
  if (fields.get("cluster_enabled") === "1" || fields.get("redis_mode") === "cluster")
    throw new SampanError("FLEET_STORE_SHARDED", `${told}: the server is part of a Redis cluster`);
  // Valkey keeps `redis_version` at the last Redis it is compatible with.
  const version = fields.get("redis_version");
  if (version !== undefined && isBefore(version, oldest))
    throw new SampanError(
      "FLEET_STORE_VERSION",
      `${told}: the server is Redis ${version.replaceAll(/[^\w.-]/g, "?")}, at least ${oldest.join(".")} is needed`,
      { details: { found: version, needed: oldest.join(".") } },
    );
  const warnings: string[] = [];
  const policy = fields.get("maxmemory_policy");
  if (policy !== undefined && policy !== "noeviction")
    warnings.push(
      `the server throws keys away when its memory is full (maxmemory-policy ${policy.replaceAll(/[^\w-]/g, "?")}): runs would vanish; set it to noeviction`,
    );
  if (fields.get("aof_enabled") === "0")
    warnings.push(
      "the server keeps no append-only file: what happened since its last snapshot is lost when it falls; set appendonly to yes",
    );
  return warnings;
}

function isBefore(version: string, least: readonly number[]): boolean {
  const found = version.split(".").map((part) => Number.parseInt(part, 10));
  const differing = least.findIndex((number, index) => (found[index] ?? 0) !== number);
  return differing !== -1 && (found[differing] ?? 0) < (least[differing] ?? 0);
}

/** Which `FLEET_STORE_…` error an error of the connection to Redis is. */
export function redisFailure(error: unknown, shown: string): SampanError {
  const told = `opening the fleet's store ${shown}`;
  // The driver hangs on what was sent, the password among it.
  if (error instanceof Error) delete (error as { command?: unknown }).command;
  const { code, message = "" } = error as NodeJS.ErrnoException;
  if (/^(WRONGPASS|NOAUTH|ERR invalid password|ERR AUTH|ERR Client sent AUTH)/i.test(message))
    return new SampanError("FLEET_STORE_CREDENTIALS", `${told}: the server refused user or password`);
  if (/^NOPERM/.test(message))
    return new SampanError(
      "FLEET_STORE_CREDENTIALS",
      `${told}: the user may not do what is needed (${message.slice(0, 120)})`,
      { hint: "Give the user the rights that the manual's page of the store lists." },
    );
  if (isTlsFailure(code, message))
    return new SampanError("FLEET_STORE_TLS", `${told}: ${message.slice(0, 200)}`, {
      details: { code: code ?? "" },
      cause: error,
    });
  // The driver's own words for that ask to be reported.
  const said = isForeign(message) ? "what answers there is no Redis" : message.slice(0, 200) || "no answer";
  return new SampanError("FLEET_STORE_UNREACHABLE", `${told}: ${said}`, {
    ...notSpoken(code, message),
    retryable: true,
    details: { code: code ?? "" },
    cause: error,
  });
}

/** The hint for a server that is there and does not answer as a store does; none where nothing was reached. */
export function notSpoken(code: string | undefined, message: string): { readonly hint?: string } {
  const isThere =
    code === "ECONNRESET" ||
    code === "EPIPE" ||
    isForeign(message) ||
    /^(no answer within|Connection is closed|Connection terminated)/.test(message);
  if (!isThere) return {};
  return {
    hint: "Something listens there and does not answer as a store: check scheme and port, whether it wants an encrypted connection (`rediss://`, `sslmode=verify-full`), and whether it asks for a client's certificate (`--store-cert`, `--store-key`).",
  };
}

/** Whether an answer was none of Redis's protocol, such as that of a web server. */
function isForeign(message: string): boolean {
  return /Unknown RESP type|Protocol error/.test(message);
}

/** Whether an error is one of the encrypted connection, not of the one below it. */
export function isTlsFailure(code: string | undefined, message: string): boolean {
  return (
    /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO|ERR_OSSL)/.test(
      code ?? "",
    ) || /certificate|TLS|SSL/.test(message)
  );
}
