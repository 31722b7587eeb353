import { isSampanError } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { parseStoreAddress } from "./store-address.ts";

const canary = "canary%2Fpassword";

describe("the address of a store", () => {
  it.each([
    ["redis://h", "redis://h:6379", { kind: "redis", port: 6379, tls: "none", user: undefined }],
    ["rediss://u:p@h:7000/3", "rediss://u@h:7000/3", { database: "3", tls: "checked", password: "p" }],
    ["redis://:p@[::1]", "redis://[::1]:6379", { host: "::1", user: undefined, password: "p" }],
    ["postgres://u:p%40w@h/db", "postgres://u@h:5432/db", { kind: "postgres", password: "p@w", tls: "none" }],
    ["postgresql://h/db?sslmode=verify-ca", "postgresql://h:5432/db", { tls: "name-unchecked" }],
    ["postgres://h/db?sslmode=require", "postgres://h:5432/db", { tls: "checked" }],
    ["postgres://h?sslmode=disable", "postgres://h:5432", { tls: "none", database: undefined }],
  ])("reads %s", (text, shown, parts) => {
    expect(parseStoreAddress(text)).toMatchObject({ shown, ...parts });
  });

  it.each([
    [`h:${canary}`, /its scheme is "h"/],
    [canary, /it is not a URL/],
    [`http://u:${canary}@h`, /its scheme is "http"/],
    [`redis://u:${canary}@h/sampan`, /number of a database/],
    [`redis://u:${canary}@h?family=4`, /"family" is not understood/],
    [`postgres://u:${canary}@h?sslmode=prefer`, /sslmode/],
    ["redis://u:canary%zz@h", /hexadecimal/],
    [`redis://u:${canary}@`, /not a URL|names no host/],
  ])("refuses %s and keeps its password to itself", (text, message) => {
    const error = failureOf(() => parseStoreAddress(text));
    expect(isSampanError(error, "FLEET_STORE_URL")).toBe(true);
    expect(error.message).toMatch(message);
    expect(JSON.stringify([error.message, error, String(error.stack)])).not.toMatch(/canary/);
  });
});

function failureOf(act: () => unknown): Error {
  try {
    act();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was refused");
}
