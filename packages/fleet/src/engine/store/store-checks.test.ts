import { describe, expect, it } from "vitest";
import { loaded } from "./drivers.ts";
import { judgePostgres, type PostgresFacts, postgresFailure } from "./postgres-checks.ts";
import { judgeRedis, redisFailure } from "./redis-checks.ts";

const good =
  "# Server\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\nmaxmemory_policy:noeviction\r\naof_enabled:1\r\n";

describe("a look at a Redis server", () => {
  it("has nothing against one that keeps all it is told", () => {
    expect(judgeRedis(good, "redis://h")).toEqual([]);
  });

  it("does not judge what a service leaves out of its answer", () => {
    expect(judgeRedis("redis_version:6.2.0\r\n", "redis://h")).toEqual([]);
  });

  it.each([
    ["maxmemory_policy:noeviction", "maxmemory_policy:allkeys-lru", /allkeys-lru.*noeviction/],
    ["aof_enabled:1", "aof_enabled:0", /appendonly/],
  ])("warns where %s is %s", (fit, unfit, warning) => {
    expect(judgeRedis(good.replace(fit, unfit), "redis://h")).toEqual([expect.stringMatching(warning)]);
  });

  it.each([
    ["7.0.15", "5.0.14", "FLEET_STORE_VERSION"],
    ["7.0.15", "6.0.16", "FLEET_STORE_VERSION"],
    ["standalone", "cluster", "FLEET_STORE_SHARDED"],
  ])("refuses one that says %s is %s", (fit, unfit, code) => {
    expect(() => judgeRedis(good.replace(fit, unfit), "redis://h")).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining("redis://h") }),
    );
  });

  it.each([
    [{ message: "WRONGPASS invalid username-password pair or user is disabled." }, "FLEET_STORE_CREDENTIALS"],
    [{ message: "NOAUTH Authentication required." }, "FLEET_STORE_CREDENTIALS"],
    [{ message: "NOPERM this user has no permissions to run the 'info' command" }, "FLEET_STORE_CREDENTIALS"],
    [{ message: "unable to verify", code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" }, "FLEET_STORE_TLS"],
    [{ message: "wrong version number", code: "ERR_SSL_WRONG_VERSION_NUMBER" }, "FLEET_STORE_TLS"],
    [{ message: "connect ECONNREFUSED", code: "ECONNREFUSED" }, "FLEET_STORE_UNREACHABLE"],
  ])("names the failure %j %s", (error, code) => {
    expect(redisFailure(Object.assign(new Error(), error), "redis://h")).toMatchObject({ code });
  });
});

describe("a look at a PostgreSQL server", () => {
  const fit: PostgresFacts = { version: 150018, greetedBy: 7, answeredBy: 7, freeConnections: 90 };

  it("has nothing against one with connections to spare", () => {
    expect(judgePostgres(fit, "postgres://h")).toEqual([]);
  });

  it("warns where connections are scarce", () => {
    expect(judgePostgres({ ...fit, freeConnections: 9 }, "postgres://h")).toEqual([
      expect.stringMatching(/9 connections.*max_connections/),
    ]);
  });

  it.each([
    [{ version: 120022 }, "FLEET_STORE_VERSION"],
    [{ answeredBy: 8 }, "FLEET_STORE_POOLER"],
    [{ freeConnections: 3 }, "FLEET_STORE_CONNECTIONS"],
  ])("refuses one of which %j is true", (facts, code) => {
    expect(() => judgePostgres({ ...fit, ...facts }, "postgres://h")).toThrow(
      expect.objectContaining({ code }),
    );
  });

  it.each([
    [{ code: "28P01", message: "password authentication failed" }, "FLEET_STORE_CREDENTIALS"],
    [{ code: "42501", message: "permission denied for database" }, "FLEET_STORE_CREDENTIALS"],
    [{ code: "53300", message: "too many clients already" }, "FLEET_STORE_CONNECTIONS"],
    [{ code: "08P01", message: "unsupported startup parameter: options" }, "FLEET_STORE_POOLER"],
    [{ name: "SchemaVersionMismatchError", message: "newer" }, "FLEET_STORE_VERSION"],
    [{ code: "ECONNREFUSED", message: "" }, "FLEET_STORE_UNREACHABLE"],
  ])("names the failure %j %s", (error, code) => {
    expect(postgresFailure(Object.assign(new Error(), error), "postgres://h")).toMatchObject({ code });
  });
});

describe("a server that is there and does not answer as a store", () => {
  it.each([
    { code: "ECONNRESET", message: "read ECONNRESET" },
    { message: "no answer within 10 s" },
    { message: "Connection is closed." },
    { message: 'Unknown RESP type 72 "H". Please report this.' },
  ])("is told with what it may want: %j", (error) => {
    expect(redisFailure(Object.assign(new Error(), error), "redis://h").hint).toMatch(
      /rediss:.*--store-cert/,
    );
  });

  it("is told apart from one that was not reached", () => {
    const away = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
    expect(redisFailure(away, "redis://h").hint).not.toContain("--store-cert");
    const ended = new Error("Connection terminated due to connection timeout");
    expect(postgresFailure(ended, "postgres://h").hint).toContain("sslmode");
  });
});

describe("a driver that is not installed", () => {
  const missing = (text: string) => Object.assign(new Error(text), { code: "ERR_MODULE_NOT_FOUND" });

  it("is told with the command that installs it", async () => {
    const load = () => Promise.reject(missing("Cannot find package 'bullmq' imported from /a/drivers.js"));
    await expect(loaded("bullmq", load, "pg")).rejects.toMatchObject({
      code: "FLEET_STORE_DRIVER_MISSING",
      hint: expect.stringContaining("npm install bullmq pg"),
    });
  });

  it("is not blamed for a package of its own that is missing", async () => {
    const load = () => Promise.reject(missing("Cannot find package 'msgpackr' imported from /a/bullmq/b.js"));
    await expect(loaded("bullmq", load, "pg")).rejects.toThrow(/msgpackr/);
  });
});
