import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Simulator } from "./simulator.ts";
import { callRpc, send, sendOss } from "./testing/raw-client.ts";

const bucket = "controlled";
let simulator: Simulator;

beforeAll(async () => {
  simulator = await Simulator.start();
  await sendOss(simulator, { method: "PUT", bucket });
});

afterAll(() => simulator?.stop());

afterEach(() => simulator.faults.clear());

const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
  send(simulator.port, "GET", path, headers);
const post = async (path: string, body: unknown) => {
  const headers = { "content-type": "application/json" };
  const answer = await send(simulator.port, "POST", path, headers, JSON.stringify(body));
  return { status: answer.status, json: JSON.parse(answer.body.toString()) as Record<string, unknown> };
};

describe("the status page", () => {
  it("is one document that fetches nothing from elsewhere and runs only its own script", async () => {
    const { status, headers, body } = await get("/_sampan/");
    const page = body.toString();
    expect([status, headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
    const policy = headers["content-security-policy"] ?? "";
    const nonce = /script-src 'nonce-([^']+)'/.exec(policy)?.[1] ?? "none";
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("unsafe");
    expect(page.match(/<(script|style)\b/g)).toHaveLength(2);
    expect(page.split(`nonce="${nonce}"`)).toHaveLength(3);
    expect(page).not.toMatch(/https?:\/\/|\son\w+=|\sstyle=|innerHTML|insertAdjacentHTML|eval\(/);
    expect((await get("/_sampan")).status).toBe(200);
    expect((await get("/_sampan/")).body.toString()).not.toContain(nonce);
  });

  it("is a page a screen reader can walk: language, headings, one button, nothing that speaks by itself", async () => {
    const page = (await get("/_sampan/")).body.toString();
    expect(page).toContain('<html lang="en">');
    expect(page).toContain('<main aria-live="off">');
    expect(page).toContain('<button id="pause" type="button" aria-pressed="false">');
    for (const [, id] of page.matchAll(/<section aria-labelledby="([^"]+)">/g)) {
      expect(page).toContain(`<h2 id="${id}">`);
    }
  });

  it("and what it asks for are out of reach under another name", async () => {
    for (const path of ["/_sampan/", "/_sampan/state", "/_sampan/requests", "/_sampan/faults"]) {
      expect((await get(path, { host: "evil.example" })).status, path).toBe(403);
    }
  });
});

describe("the state", () => {
  it("counts all objects and lists as many as asked for, and says what is left behind", async () => {
    for (const key of ["a", "b", "c"])
      await sendOss(simulator, { method: "PUT", bucket, key, body: "12345" });
    const begun = await sendOss(simulator, { method: "POST", bucket, key: "u", query: { uploads: "" } });
    const uploadId = /<UploadId>([^<]+)/.exec(begun.body.toString())?.[1] ?? "";
    await sendOss(simulator, {
      method: "PUT",
      bucket,
      key: "u",
      query: { partNumber: "1", uploadId },
      body: "1234567",
    });
    const state = JSON.parse((await get("/_sampan/state?objects=1")).body.toString());
    expect(state.buckets[0]).toMatchObject({
      objectCount: 3,
      sizeBytes: 15,
      objects: [{ key: "a", sizeBytes: 5 }],
      uploads: [{ uploadId, parts: 1, sizeBytes: 7 }],
    });
    expect(state.left).toEqual([
      { what: "objects", count: 3, sizeBytes: 15 },
      { what: "parts of unfinished uploads", count: 1, sizeBytes: 7 },
      { what: "snapshots behind images", count: 0, sizeBytes: 0 },
      { what: "snapshots", count: 0, sizeBytes: 0 },
      { what: "disks", count: 0, sizeBytes: 0 },
      { what: "instances", count: 0, sizeBytes: null },
    ]);
    expect((await get("/_sampan/state?objects=some")).status).toBe(400);
  });
});

describe("the request log", () => {
  it("can be asked by any field, in process and over HTTP", async () => {
    simulator.requests.clear();
    await sendOss(simulator, { method: "GET", bucket, key: "missing" });
    await sendOss(simulator, { method: "PUT", bucket, key: "a", body: "x" });
    await callRpc(simulator, "DescribeRegions");
    const operations = (which: Parameters<typeof simulator.requests.list>[0]) =>
      simulator.requests.list(which).map(({ operation }) => operation);
    expect(operations({ bucket, key: "missing", code: "NoSuchKey" })).toEqual(["GetObject"]);
    expect(operations({ bucket, code: null })).toEqual(["PutObject"]);
    expect(operations({ service: "ecs", status: 200 })).toEqual(["DescribeRegions"]);
    expect(simulator.requests.count("PutObject")).toBe(1);
    const over = async (query: string) =>
      JSON.parse((await get(`/_sampan/requests?${query}`)).body.toString()).requests.map(
        ({ operation }: { operation: string }) => operation,
      );
    expect(await over("status=404")).toEqual(["GetObject"]);
    expect(await over(`bucket=${bucket}&code=null`)).toEqual(["PutObject"]);
    expect(await over("limit=1")).toEqual(["DescribeRegions"]);
    expect((await get("/_sampan/requests?colour=red")).status).toBe(400);
  });
});

describe("a fault over HTTP", () => {
  it.each([
    ["503 on a part", { kind: "answer", status: 503, code: "ServiceUnavailable" }, 503],
    [
      "a burst of throttling",
      { kind: "answer", status: 503, code: "TotalQpsLimitExceeded", retryAfterMs: 500 },
      503,
    ],
    ["a proxy's page", { kind: "html", status: 502 }, 502],
    ["a request line that is too long", { kind: "empty", status: 431 }, 431],
    ["an answer before the body", { kind: "answerEarly", status: 403, code: "AccessDenied" }, 403],
    ["an error in a 200", { kind: "errorIn200", code: "InternalError" }, 200],
    ["a wrong clock", { kind: "clockSkew", ms: 3_600_000 }, 403],
    ["a full store", { kind: "storeFull" }, 403],
    ["a slow server", { kind: "delay", ms: 1 }, 200],
    ["a slow link", { kind: "slow", bytesPerSecond: 1_000_000 }, 200],
    ["a missing checksum", { kind: "dropCrc" }, 200],
    ["a changed ETag", { kind: "changeEtag" }, 200],
    ["a lost answer", { kind: "loseAnswer" }, null],
    ["a reset in the body", { kind: "reset", afterBytes: 1 }, null],
  ])("can be %s", async (_, effect, status) => {
    const added = await post("/_sampan/faults", { match: { operation: "PutObject", bucket }, effect });
    expect(added).toMatchObject({ status: 200, json: { id: expect.stringMatching(/^fault-\d+$/) } });
    const answer = await sendOss(simulator, { method: "PUT", bucket, key: "struck", body: "bytes" }).catch(
      () => null,
    );
    expect(answer?.status ?? null).toBe(status);
    const listed = JSON.parse((await get("/_sampan/faults")).body.toString());
    expect(listed.faults).toMatchObject([{ effect, struck: 1 }]);
  });

  it.each([
    { kind: "cutAnswer", afterBytes: 10 },
    { kind: "expireUpload" },
    { kind: "expireToken" },
    { kind: "roleNotVisible" },
    { kind: "copyRefusesVhd" },
    { kind: "jobFails", atPercent: 60, code: "ImportImageFailed" },
    { kind: "jobHangs", status: "Waiting" },
    { kind: "answer", status: 400, code: "QuotaExceed.Image" },
    { kind: "answer", status: 403, code: "OperationDenied.NoStock", message: "sold out" },
  ])("can be %j", async (effect) => {
    expect((await post("/_sampan/faults", { effect, nth: 2, times: null })).status).toBe(200);
  });

  it.each([
    [
      { effect: { kind: "answer", status: 99, code: "X" } },
      "effect.status must be a whole number from 200 to 599",
    ],
    [{ effect: { kind: "answer", status: 500 } }, "effect.code must be a text"],
    [{ effect: { kind: "explode" } }, "effect.kind must be one of"],
    [{ effect: { kind: "toString" } }, "effect.kind must be one of"],
    [{ effect: { kind: "reset", afterBytes: -1 } }, "effect.afterBytes must be"],
    [{ effect: { kind: "slow", bytesPerSecond: 0 } }, "effect.bytesPerSecond must be"],
    [{ effect: { kind: "jobFails", atPercent: 101 } }, "effect.atPercent must be"],
    [{ effect: { kind: "jobHangs", status: "Stuck" } }, "effect.status must be one of Waiting, Creating"],
    [{ effect: { kind: "dropCrc", often: true } }, "effect.often is not a field"],
    [{ effect: { kind: "dropCrc" }, match: { partNumber: 0 } }, "match.partNumber must be"],
    [{ effect: { kind: "dropCrc" }, match: { colour: "red" } }, "match.colour is not a field"],
    [
      { effect: { kind: "dropCrc" }, match: { service: "s3" } },
      "match.service must be one of oss, ecs, vpc, ram, sts",
    ],
    [{ effect: { kind: "dropCrc" }, nth: 1.5 }, "nth must be"],
    [{ effect: { kind: "dropCrc" }, times: 0 }, "times must be"],
    [{ effects: [] }, "effects is not a field"],
    [[], "must be an object"],
  ])("is refused with the field named: %j", async (fault, message) => {
    const { status, json } = await post("/_sampan/faults", fault);
    expect(status).toBe(400);
    expect(json.error).toContain(message);
  });
});

it.each([
  [{ advance: 5 }, "advance is not a field of the clock"],
  [{ frozen: "yes" }, "frozen must be true or false"],
  [{ timeScale: 2e6 }, "timeScale must be 0 to 1000000"],
  [{ skewMs: "soon" }, "skewMs must be a number"],
])("a change of the clock is refused with the field named: %j", async (change, message) => {
  const { status, json } = await post("/_sampan/clock", change);
  expect(status).toBe(400);
  expect(json.error).toContain(message);
});

it("ends with the block that declares it, once, however often it is stopped", async () => {
  let port: number;
  {
    await using declared = await Simulator.start();
    port = declared.port;
    await declared.stop();
    await declared.stop();
  }
  await expect(send(port, "GET", "/")).rejects.toThrow();
});
