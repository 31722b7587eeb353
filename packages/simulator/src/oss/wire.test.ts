import { createHash, randomBytes } from "node:crypto";
import { connect } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { Simulator } from "../simulator.ts";
import { type RawRequest, send, sendOss } from "../testing/raw-client.ts";

/* What the published client does not do or does not show. */

let simulator: Simulator;
const bucket = "wire-bucket";

beforeAll(async () => {
  simulator = await Simulator.start();
  await sendOss(simulator, { method: "PUT", bucket });
});

afterAll(() => simulator?.stop());

afterEach(() => simulator.faults.clear());

const call = (raw: Omit<RawRequest, "bucket">) => sendOss(simulator, { bucket, ...raw });

async function upload(key: string): Promise<string> {
  const { body } = await call({ method: "POST", key, query: { uploads: "" } });
  return /<UploadId>([^<]+)</.exec(body.toString())?.[1] ?? "";
}

function completion(parts: readonly (readonly [number, string])[]): string {
  const items = parts.map(
    ([number, etag]) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`,
  );
  return `<CompleteMultipartUpload>${items.join("")}</CompleteMultipartUpload>`;
}

describe("every answer", () => {
  it("names the request and the server, and tells the time", async () => {
    const { headers, status } = await call({ method: "GET", query: { location: "" } });
    expect(status).toBe(200);
    expect(headers["x-oss-request-id"]).toMatch(/^[0-9A-F]{24}$/);
    expect(headers).toMatchObject({ server: "AliyunOSS", "content-type": "application/xml" });
    expect(headers["x-oss-server-time"]).toMatch(/^\d+$/);
    expect(Math.abs(Date.parse(headers.date ?? "") - Date.now())).toBeLessThan(5000);
  });

  it("is complete XML when it is an error, with the vendor's detail code", async () => {
    const { body, headers, status } = await call({ method: "GET", key: "no <such> & key" });
    expect(status).toBe(404);
    expect(body.toString()).toContain("<Key>no &lt;such&gt; &amp; key</Key>");
    expect(body.toString()).toContain(`<RequestId>${headers["x-oss-request-id"]}</RequestId>`);
    expect(body.toString()).toMatch(/<EC>\d{4}-\d{8}<\/EC>/);
  });

  it("puts the error of a HEAD into a header", async () => {
    const { headers, status, body } = await sendOss(simulator, {
      method: "HEAD",
      bucket: "no-bucket",
      key: "k",
    });
    expect([status, body.length]).toEqual([404, 0]);
    expect(Buffer.from(headers["x-oss-err"] ?? "", "base64").toString()).toContain(
      "<Code>NoSuchBucket</Code>",
    );
    const missing = await call({ method: "HEAD", key: "no-key" });
    expect([missing.status, missing.headers["x-oss-err"]]).toEqual([404, undefined]);
  });
});

describe("objects", () => {
  const bytes = randomBytes(1000);

  beforeAll(() => call({ method: "PUT", key: "thousand", body: bytes, headers: { "content-type": "x/y" } }));

  it.each([
    ["bytes=0-499", 206, "bytes 0-499/1000", 500],
    ["bytes=500-", 206, "bytes 500-999/1000", 500],
    ["bytes=-100", 206, "bytes 900-999/1000", 100],
    ["bytes=0-9,20-29", 206, "bytes 0-9/1000", 10],
    ["bytes=0-1000", 200, undefined, 1000],
    ["bytes=1000-", 200, undefined, 1000],
    ["byte=0-9", 200, undefined, 1000],
    ["bytes=9-3", 200, undefined, 1000],
  ])("answer Range %s with %i", async (range, status, contentRange, length) => {
    const answer = await call({ method: "GET", key: "thousand", headers: { range } });
    expect([answer.status, answer.headers["content-range"], answer.body.length]).toEqual([
      status,
      contentRange,
      length,
    ]);
    expect(answer.headers["x-oss-hash-crc64ecma"]).toMatch(/^\d+$/);
  });

  it.each([
    ["bytes=500-5000", 206, 500],
    ["bytes=-5000", 206, 1000],
    ["bytes=1000-1001", 416, undefined],
  ])("answer Range %s with %i when the standard behaviour is asked for", async (range, status, length) => {
    const headers = { range, "x-oss-range-behavior": "standard" };
    const answer = await call({ method: "GET", key: "thousand", headers });
    expect(answer.status).toBe(status);
    if (length !== undefined) expect(answer.body.length).toBe(length);
  });

  it("know their checksum: CRC-64 of 123456789 is the one of the vendor's tables", async () => {
    const { headers } = await call({ method: "PUT", key: "check", body: "123456789" });
    expect(headers).toMatchObject({
      "x-oss-hash-crc64ecma": "11051210869376104954",
      etag: '"25F9E794323B453885F5181F1B624D0B"',
    });
    const empty = await call({ method: "PUT", key: "empty", body: "", headers: { "content-length": "0" } });
    expect(empty.headers["x-oss-hash-crc64ecma"]).toBe("0");
  });

  it("come in chunks without a length, and are refused with neither", async () => {
    const chunked = await call({
      method: "PUT",
      key: "chunked",
      body: bytes,
      headers: { "transfer-encoding": "chunked" },
    });
    expect(chunked.status).toBe(200);
    expect((await call({ method: "GET", key: "chunked" })).body.equals(bytes)).toBe(true);
    const raw = await exchange(
      `PUT /${bucket}/bare HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    );
    expect(raw).toMatch(/^HTTP\/1\.1 (403|411) /);
  });

  it("are refused when their MD5 is not the one announced, and the old object stays", async () => {
    const headers = { "content-md5": createHash("md5").update("other").digest("base64") };
    expect(await call({ method: "PUT", key: "thousand", body: "new", headers })).toMatchObject({
      status: 400,
      code: "InvalidDigest",
    });
    expect((await call({ method: "GET", key: "thousand" })).body.equals(bytes)).toBe(true);
  });

  it("answer conditions", async () => {
    const { etag = "" } = (await call({ method: "HEAD", key: "thousand" })).headers;
    const get = (headers: Record<string, string>) => call({ method: "GET", key: "thousand", headers });
    expect((await get({ "if-none-match": etag })).status).toBe(304);
    expect((await get({ "if-match": etag })).status).toBe(200);
    expect(await get({ "if-match": '"OTHER"' })).toMatchObject({ status: 412, code: "PreconditionFailed" });
  });
});

describe("uploads", () => {
  const part = (key: string, uploadId: string, number: number, body: Uint8Array) =>
    call({ method: "PUT", key, query: { partNumber: String(number), uploadId }, body });

  it("complete with all parts when asked to, and give the checksum of the whole", async () => {
    const uploadId = await upload("all");
    const pieces = [randomBytes(102_400), randomBytes(150_000), randomBytes(7)];
    for (const [index, piece] of pieces.entries()) await part("all", uploadId, index + 1, piece);
    const done = await call({
      method: "POST",
      key: "all",
      query: { uploadId },
      headers: { "x-oss-complete-all": "yes" },
    });
    expect(done.status).toBe(200);
    const whole = Buffer.concat(pieces);
    const plain = await call({ method: "PUT", key: "plain", body: whole });
    expect(done.headers["x-oss-hash-crc64ecma"]).toBe(plain.headers["x-oss-hash-crc64ecma"]);
    expect((await call({ method: "GET", key: "all" })).body.equals(whole)).toBe(true);
  });

  it("refuse parts out of order, unknown parts, other documents and entities", async () => {
    const uploadId = await upload("wrong");
    const etag = (await part("wrong", uploadId, 1, randomBytes(102_400))).headers.etag ?? "";
    const complete = (body: string) => call({ method: "POST", key: "wrong", query: { uploadId }, body });
    expect(
      await complete(
        completion([
          [2, etag],
          [1, etag],
        ]),
      ),
    ).toMatchObject({ code: "InvalidPart" });
    await part("wrong", uploadId, 2, randomBytes(102_400));
    expect(
      await complete(
        completion([
          [1, etag],
          [1, etag],
        ]),
      ),
    ).toMatchObject({ code: "InvalidPartOrder" });
    for (const body of ["", "<a>", "<Other/>", completion([]), completion([[0, etag]])]) {
      expect(await complete(body)).toMatchObject({ status: 400, code: "MalformedXML" });
    }
    const bomb = `<!DOCTYPE x [<!ENTITY a "aaaa">]>${completion([[1, "&a;"]])}`;
    expect(await complete(bomb)).toMatchObject({ code: "MalformedXML" });
  });

  it.each(["0", "10001", "x", "-1", ""])("refuse part number '%s'", async (partNumber) => {
    const uploadId = await upload("numbers");
    const answer = await call({ method: "PUT", key: "numbers", query: { partNumber, uploadId }, body: "x" });
    expect(answer).toMatchObject({ status: 400, code: "InvalidArgument" });
  });

  it("copy the whole source when the range of a part copy is bad, and say so by leaving Content-Range out", async () => {
    await call({ method: "PUT", key: "source", body: randomBytes(200_000) });
    const uploadId = await upload("copied");
    const copy = (range: string) =>
      call({
        method: "PUT",
        key: "copied",
        query: { partNumber: "1", uploadId },
        headers: { "x-oss-copy-source": `/${bucket}/source`, "x-oss-copy-source-range": range },
      });
    const good = await copy("bytes=0-102399");
    expect(good.headers["content-range"]).toBe("bytes 0-102399/200000");
    expect(good.headers["x-oss-hash-crc64ecma"]).toBeUndefined();
    expect(good.headers.etag).toMatch(/^"[0-9A-F]{32}"$/);
    const bad = await copy("bytes=0-200000");
    expect([bad.status, bad.headers["content-range"]]).toEqual([200, undefined]);
    const listed = await call({ method: "GET", key: "copied", query: { uploadId } });
    expect(listed.body.toString()).toContain("<Size>200000</Size>");
    const etag = bad.headers.etag ?? "";
    const done = await call({
      method: "POST",
      key: "copied",
      query: { uploadId },
      body: completion([[1, etag]]),
    });
    expect([done.status, done.headers["x-oss-hash-crc64ecma"]]).toEqual([200, undefined]);
  });

  it("keep a bucket from being deleted", async () => {
    await sendOss(simulator, { method: "PUT", bucket: "leftovers" });
    await sendOss(simulator, { method: "POST", bucket: "leftovers", key: "k", query: { uploads: "" } });
    expect(await sendOss(simulator, { method: "DELETE", bucket: "leftovers" })).toMatchObject({
      status: 409,
      code: "BucketNotEmpty",
    });
  });

  it("leave nothing behind when the client goes away in the middle of a part", async () => {
    const uploadId = await upload("cut");
    const before = (await simulator.state()).storedBytes;
    simulator.faults.add({
      match: { operation: "UploadPart" },
      effect: { kind: "reset", afterBytes: 300_000 },
    });
    await expect(part("cut", uploadId, 1, randomBytes(2_000_000))).rejects.toThrow();
    // What had arrived is removed once the connection is seen to be gone.
    await vi.waitFor(async () => expect((await simulator.state()).storedBytes).toBe(before), {
      timeout: 10_000,
    });
    const listed = await call({ method: "GET", key: "cut", query: { uploadId } });
    expect(listed.body.toString()).not.toContain("<PartNumber>");
  });
});

describe("regions and accounts", () => {
  it("a bucket lies where its maker's endpoint is, and is used from there", async () => {
    await sendOss(simulator, { method: "PUT", bucket: "in-shanghai", region: "cn-shanghai" });
    const location = await sendOss(simulator, {
      method: "GET",
      bucket: "in-shanghai",
      query: { location: "" },
    });
    expect(location.body.toString()).toContain("oss-cn-shanghai");
    const elsewhere = await sendOss(simulator, { method: "GET", bucket: "in-shanghai" });
    expect(elsewhere).toMatchObject({ status: 403, code: "AccessDenied" });
    expect(elsewhere.body.toString()).toContain("<Endpoint>oss-cn-shanghai.aliyuncs.com</Endpoint>");
    expect(await sendOss(simulator, { method: "PUT", bucket: "in-shanghai" })).toMatchObject({
      status: 409,
      code: "BucketAlreadyExists",
    });
  });

  it("refuses path style under the cloud's own names", async () => {
    const headers = { host: "oss-cn-hangzhou.aliyuncs.com" };
    expect(await call({ method: "GET", key: "x", headers })).toMatchObject({
      code: "SecondLevelDomainForbidden",
    });
  });
});

describe("a new account", () => {
  it("must not use V1, nor mainland data over public names", async () => {
    const strict = await Simulator.start({ switches: { newAccount: true } });
    try {
      await sendOss(strict, { method: "PUT", bucket });
      await sendOss(strict, { method: "PUT", bucket, key: "k", body: "v" });
      const publicName = { host: `${bucket}.oss-cn-hangzhou.aliyuncs.com` };
      expect(await sendOss(strict, { method: "GET", bucket, key: "k", headers: publicName })).toMatchObject({
        status: 400,
        code: "PublicEndpointForbidden",
      });
      const innerName = { host: `${bucket}.oss-cn-hangzhou-internal.aliyuncs.com` };
      expect((await sendOss(strict, { method: "GET", bucket, key: "k", headers: innerName })).status).toBe(
        200,
      );
      const { accessKeyId } = strict.credentials;
      const date = new Date().toUTCString();
      const v1 = { date, authorization: `OSS ${accessKeyId}:x` };
      expect(await send(strict.port, "GET", `/${bucket}/k`, v1)).toMatchObject({ code: "AccessDenied" });
    } finally {
      await strict.stop();
    }
  });
});

it("answers early and closes when a fault says so", async () => {
  const effect = { kind: "answerEarly", status: 503, code: "ServiceUnavailable" } as const;
  simulator.faults.add({ match: { operation: "PutObject" }, effect });
  const answer = await call({ method: "PUT", key: "early", body: "small" });
  expect([answer.status, answer.headers.connection]).toEqual([503, "close"]);
});

it("cuts an answer off when a fault says so", async () => {
  await call({ method: "PUT", key: "cut-answer", body: randomBytes(100_000) });
  simulator.faults.add({
    match: { operation: "GetObject" },
    effect: { kind: "cutAnswer", afterBytes: 5000 },
  });
  await expect(call({ method: "GET", key: "cut-answer" })).rejects.toThrow();
});

it("answers like a full store when its quota is used up, and goes on", async () => {
  const small = await Simulator.start({ storeQuotaBytes: 100_000 });
  try {
    await sendOss(small, { method: "PUT", bucket });
    const put = (key: string) => sendOss(small, { method: "PUT", bucket, key, body: randomBytes(60_000) });
    expect((await put("one")).status).toBe(200);
    expect(await put("two")).toMatchObject({ status: 403, code: "QuotaExceeded" });
    await sendOss(small, { method: "DELETE", bucket, key: "one" });
    expect((await put("two")).status).toBe(200);
  } finally {
    await small.stop();
  }
});

function exchange(request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(simulator.port, "127.0.0.1", () => socket.write(request));
    let text = "";
    socket.on("data", (piece) => {
      text += piece;
    });
    socket.on("close", () => resolve(text));
    socket.on("error", reject);
  });
}
