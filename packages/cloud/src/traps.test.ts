import http from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { isSampanError, KiB, MiB, Secret, toErrorRecord } from "@sampan/core";
import { refused } from "@sampan/core/testing";
import { type Fault, Simulator, type SimulatorOptions } from "@sampan/simulator";
import { afterEach, describe, expect, it, vi } from "vitest";
import { connectAlibabaCloud } from "./alibaba-cloud.ts";
import type { Cloud } from "./cloud.ts";
import { importImage } from "./images/import-image.ts";
import { seededBytes } from "./testing/random-bytes.ts";
import { uploadObject } from "./upload/upload-object.ts";

/*
 * One file, though it is long: the table below is read beside the tests it names.
 *
 * What the vendor's services and clients do that a user must never feel. One test for each trap; the facts were measured
 * with ali-oss 6.23.0, @alicloud/ecs20140526 7.11.6 and openapi-core 1.0.8, or are the vendor's own documents.
 *
 * | trap                                                                          | section of the tests            |
 * |-------------------------------------------------------------------------------|---------------------------------|
 * | V1 signatures by default; plain HTTP by default                                | signatures and schemes          |
 * | path style needed for a simulator, refused by the cloud                        | signatures and schemes          |
 * | a clock that is 15 minutes off                                                | a wrong clock                   |
 * | the answer timer runs while the body is sent                                   | time                            |
 * | retries only for sockets, hidden from the caller; none for 5xx                 | one call is one request         |
 * | aborting one upload cancels all of a client                                    | one transfer and another        |
 * | cancelling rejects with plain objects; a 404 of a part loses its code          | errors                          |
 * | 200 with an error inside passes for success                                    | errors                          |
 * | no CRC-64 in the client                                                        | checksums                       |
 * | early answers end in EPIPE without a listener                                  | connections                     |
 * | agent state and headers in messages; "callback twice" on the console           | errors, time                    |
 * | one part is listed as an object, not a list                                    | contract suite                  |
 * | keys with . and .. are rewritten after signing                                 | contract suite                  |
 * | values beyond latin1 in headers                                                | errors                          |
 * | advice about tokens on the console                                             | signatures and schemes          |
 * | 3 s for an answer, no retry                                                    | time                            |
 * | a bare SyntaxError for what is not JSON; silence for other shapes              | answers of ECS                  |
 * | only available images are listed; progress is text; two spellings of actions   | answers of ECS                  |
 * | a dry run fails when it succeeds; the missing role is spelled two ways         | answers of ECS                  |
 * | the message of a wrong signature repeats the request                           | secrets                         |
 */

const region = "cn-hangzhou";
const bucket = "trap-images";
const canary = "c4n4ry-s3cr3t-v4lue";
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  vi.restoreAllMocks();
});

async function simulated(options: SimulatorOptions = {}) {
  const simulator = await Simulator.start({ timeScale: 100_000, ...options });
  const { accessKeyId, accessKeySecret } = simulator.credentials;
  const credentials = { accessKeyId, accessKeySecret: new Secret(accessKeySecret) };
  const cloud = connectAlibabaCloud({ endpoints: { simulator: simulator.endpoint }, credentials });
  closers.push(
    () => simulator.stop(),
    () => cloud.close(),
  );
  const store = cloud.objects(region);
  await store.createBucket(bucket);
  simulator.requests.clear();
  const fault = (effect: Fault["effect"], match: Fault["match"] = {}, more: Partial<Fault> = {}) =>
    simulator.faults.add({ effect, match, ...more });
  return { simulator, cloud, store, fault };
}

/** A server that answers as told and remembers what it was asked. */
async function serving(answer: (request: http.IncomingMessage, response: http.ServerResponse) => void) {
  const asked: http.IncomingMessage[] = [];
  const server = http.createServer((request, response) => {
    asked.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { endpoint: `http://127.0.0.1:${port}`, asked };
}

function connected(endpoint: string, changes: { token?: string; answerTimeoutMs?: number } = {}): Cloud {
  const { token, answerTimeoutMs } = changes;
  const cloud = connectAlibabaCloud({
    endpoints: { oss: endpoint, ecs: endpoint, ram: endpoint },
    credentials: {
      accessKeyId: "LTAItest",
      accessKeySecret: new Secret(canary),
      ...(token === undefined ? {} : { securityToken: new Secret(token) }),
    },
    ...(answerTimeoutMs === undefined ? {} : { answerTimeoutMs }),
  });
  closers.push(() => cloud.close());
  return cloud;
}

const key = "disks/web-01.vhd";
const sourceOf = (bytes: Uint8Array) => ({
  sizeBytes: bytes.length,
  async read({ offset, length }: { offset: number; length: number }, into: Uint8Array) {
    into.set(bytes.subarray(offset, offset + length));
  },
});

describe("signatures and schemes", () => {
  it("signs every call to OSS with V4 and every call to ECS with ACS3", async () => {
    const { simulator, cloud, store } = await simulated({ switches: { acceptV1: false } });
    await uploadObject(store, sourceOf(seededBytes(300 * KiB, 1)), { bucket, key }, { partBytes: 100 * KiB });
    await cloud.images.listImages(region, {});
    await cloud.access.describeImportRole();
    const kinds = new Set(
      simulator.requests
        .list()
        .map((entry) => `${entry.service === "oss" ? "OSS" : "RPC"} ${entry.signature}`),
    );
    expect(kinds).toEqual(new Set(["OSS v4", "RPC acs3"]));
  });

  it("speaks HTTPS unless an endpoint says otherwise", async () => {
    const { endpoint, asked } = await serving((_, response) => response.end());
    const cloud = connected(endpoint.replace("http://", ""));
    for (const work of [
      () => cloud.objects(region).describeBucket(bucket),
      () => cloud.images.listRegions(),
    ]) {
      expect((await refused(work())).code).toBe("CLOUD_UNREACHABLE");
    }
    expect(asked).toEqual([]);
  });

  it("puts the bucket into the path for a simulator, and into the host for everything else", async () => {
    const { simulator, store } = await simulated();
    await store.describeBucket(bucket);
    expect(simulator.requests.list("GetBucketInfo")[0]?.path).toBe(`/${bucket}/`);
    const { endpoint, asked } = await serving((_, response) => response.writeHead(404).end());
    expect(await connected(endpoint).objects(region).headObject({ bucket, key: "x" })).toBeUndefined();
    expect(asked[0]?.url).toBe("/x");
    expect(asked[0]?.headers.host).toBe(`${bucket}.oss-cn-hangzhou.aliyuncs.com`);
  });

  it("uses a temporary key with its token everywhere, and gives no advice on the console", async () => {
    const warn = vi.spyOn(console, "warn");
    const { simulator } = await simulated();
    const session = await simulator.issueSession();
    const cloud = connectAlibabaCloud({
      endpoints: { simulator: simulator.endpoint },
      credentials: {
        accessKeyId: session.accessKeyId,
        accessKeySecret: new Secret(session.accessKeySecret),
        securityToken: new Secret(session.securityToken),
      },
    });
    await cloud.objects(region).describeBucket(bucket);
    await cloud.images.listRegions();
    expect(warn).not.toHaveBeenCalled();
    simulator.clock.change({ skewMs: 7_200_000 });
    const error = await refused(cloud.objects(region).describeBucket(bucket));
    expect(["CLOUD_CREDENTIALS_REFUSED", "CLOUD_CLOCK_SKEWED"]).toContain(error.code);
  });
});

describe("a wrong clock", () => {
  it("is made up for once by the store's own, so that an upload goes on", async () => {
    const { simulator, store } = await simulated();
    simulator.clock.change({ skewMs: 7_200_000 });
    const bytes = seededBytes(1000 * KiB, 1);
    const retried: unknown[] = [];
    await uploadObject(
      store,
      sourceOf(bytes),
      { bucket, key },
      {
        partBytes: 100 * KiB,
        onRetry: ({ error }) => void retried.push(isSampanError(error) ? error.code : error),
      },
    );
    expect(retried).toEqual(["CLOUD_CLOCK_SKEWED"]);
    expect((await store.headObject({ bucket, key }))?.sizeBytes).toBe(bytes.length);
  });

  it("ends the call when the store still calls it wrong", async () => {
    const skewed = (code: string) =>
      `<?xml version="1.0"?><Error><Code>${code}</Code><Message>x</Message><RequestId>1</RequestId></Error>`;
    const { endpoint, asked } = await serving((_, response) => {
      response.setHeader("date", new Date(Date.now() + 7_200_000).toUTCString());
      response.writeHead(403, { "content-type": "application/xml" }).end(skewed("RequestTimeTooSkewed"));
    });
    const store = connected(endpoint).objects(region);
    const first = await refused(store.describeBucket(bucket));
    expect(first).toMatchObject({ code: "CLOUD_CLOCK_SKEWED", retryable: true });
    expect(Math.round(Number(first.details.skewMs) / 60_000)).toBe(120);
    const second = await refused(store.describeBucket(bucket));
    expect(second).toMatchObject({ code: "CLOUD_CLOCK_SKEWED", retryable: false });
    expect(asked).toHaveLength(2);
  });
});

describe("time", () => {
  it("gives a part all the time it was promised while its body is on the way", async () => {
    const { store, fault } = await simulated();
    fault({ kind: "slow", bytesPerSecond: 400 * KiB }, { operation: "UploadPart" }, { times: null });
    const upload = await store.createMultipartUpload({ bucket, key });
    const body = seededBytes(600 * KiB, 1);
    const late = await refused(store.uploadPart(upload, 1, body, { timeoutMs: 300 }));
    expect(late).toMatchObject({
      code: "CLOUD_UNREACHABLE",
      retryable: true,
      details: { networkCode: "ETIMEDOUT" },
    });
    expect((await store.uploadPart(upload, 1, body, { timeoutMs: 20_000 })).sizeBytes).toBe(body.length);
  });

  it("prints nothing when a part times out or breaks off", async () => {
    const printed = [vi.spyOn(console, "warn"), vi.spyOn(console, "error"), vi.spyOn(console, "log")];
    const { store, fault } = await simulated();
    const upload = await store.createMultipartUpload({ bucket, key });
    fault({ kind: "delay", ms: 400 }, { operation: "UploadPart" });
    await refused(store.uploadPart(upload, 1, seededBytes(300 * KiB, 1), { timeoutMs: 100 }));
    fault({ kind: "reset", afterBytes: 10_000 }, { operation: "UploadPart" });
    await refused(store.uploadPart(upload, 1, seededBytes(300 * KiB, 1), { timeoutMs: 5000 }));
    await new Promise((resolve) => setTimeout(resolve, 500));
    for (const spy of printed) expect(spy).not.toHaveBeenCalled();
  });

  it("waits longer than three seconds for an answer of ECS", async () => {
    const { cloud, fault } = await simulated();
    fault({ kind: "delay", ms: 3500 }, { operation: "DescribeRegions" });
    expect(await cloud.images.listRegions()).toContain(region);
  });

  it("ends a call to ECS that is never answered, as something to try again", async () => {
    const { endpoint } = await serving(() => {});
    const error = await refused(connected(endpoint, { answerTimeoutMs: 200 }).images.listRegions());
    expect(error).toMatchObject({ code: "CLOUD_UNREACHABLE", retryable: true });
  });

  it("ends a call at once when its signal aborts, whatever the server does", async () => {
    const { endpoint } = await serving(() => {});
    const cloud = connected(endpoint);
    const body = seededBytes(8 * MiB, 1);
    const upload = { bucket, key, uploadId: "U" };
    const works = [
      (signal: AbortSignal) => cloud.objects(region).describeBucket(bucket, signal),
      (signal: AbortSignal) =>
        cloud.objects(region).uploadPart(upload, 1, body, { timeoutMs: 60_000, signal }),
      (signal: AbortSignal) => cloud.images.listRegions(signal),
      (signal: AbortSignal) => cloud.access.describeImportRole(signal),
    ];
    for (const work of works) {
      const startedAt = performance.now();
      const error = await refused(work(AbortSignal.timeout(150)));
      expect(error.code).toBe("CORE_CANCELLED");
      expect(performance.now() - startedAt).toBeLessThan(8000);
    }
  });

  it("frees the connection of a part that was cancelled", async () => {
    let closed = 0;
    const { endpoint } = await serving((request) => {
      request.resume();
      request.socket.on("close", () => closed++);
    });
    const signal = AbortSignal.timeout(150);
    const upload = { bucket, key, uploadId: "U" };
    const store = connected(endpoint).objects(region);
    await refused(store.uploadPart(upload, 1, seededBytes(MiB, 1), { timeoutMs: 60_000, signal }));
    await vi.waitFor(() => expect(closed).toBe(1));
  });
});

describe("one call is one request", () => {
  it.each([
    ["a 503", { kind: "answer", status: 503, code: "ServiceUnavailable" }, "CLOUD_THROTTLED"],
    ["a 500", { kind: "answer", status: 500, code: "InternalError" }, "CLOUD_FAILED"],
    ["a reset", { kind: "loseAnswer" }, "CLOUD_UNREACHABLE"],
    ["a proxy's page", { kind: "html", status: 502 }, "CLOUD_ANSWER_INVALID"],
    ["an answer cut short", { kind: "cutAnswer", afterBytes: 20 }, "CLOUD_UNREACHABLE"],
  ] as const)("of OSS, also over %s, which is left to the caller to try again", async (_, effect, code) => {
    const { simulator, store, fault } = await simulated();
    fault(effect, { operation: "GetBucketInfo" });
    expect(await refused(store.describeBucket(bucket))).toMatchObject({ code, retryable: true });
    expect(simulator.requests.count("GetBucketInfo")).toBe(1);
    expect((await store.describeBucket(bucket)).region).toBe(region);
  });

  it.each([
    ["a 503", { kind: "answer", status: 503, code: "ServiceUnavailable" }, "CLOUD_THROTTLED"],
    ["a reset", { kind: "loseAnswer" }, "CLOUD_UNREACHABLE"],
    ["a proxy's page", { kind: "html", status: 502 }, "CLOUD_ANSWER_INVALID"],
  ] as const)("of ECS, also over %s", async (_, effect, code) => {
    const { simulator, cloud, fault } = await simulated();
    fault(effect, { operation: "DescribeImages" });
    expect(await refused(cloud.images.listImages(region, {}))).toMatchObject({ code, retryable: true });
    expect(simulator.requests.count("DescribeImages")).toBe(1);
  });
});

describe("one transfer and another", () => {
  it("do not disturb each other: aborting one leaves the parts of the other alone", async () => {
    const { store, fault } = await simulated();
    const [a, b] = [
      await store.createMultipartUpload({ bucket, key }),
      await store.createMultipartUpload({ bucket, key: "b.vhd" }),
    ];
    fault({ kind: "delay", ms: 300 }, { operation: "UploadPart" });
    const sending = store.uploadPart(a, 1, seededBytes(200 * KiB, 1), { timeoutMs: 10_000 });
    await store.abortMultipartUpload(b);
    expect((await sending).number).toBe(1);
  });

  it("keep to their own buckets, also on one store at one time", async () => {
    const { store } = await simulated();
    await store.createBucket("trap-other");
    const names = [bucket, "trap-other", bucket, "trap-other"];
    const uploads = await Promise.all(
      names.map((name, n) => store.createMultipartUpload({ bucket: name, key: `${n}.vhd` })),
    );
    const parts = await Promise.all(
      uploads.map((upload) => store.uploadPart(upload, 1, seededBytes(10, 1), { timeoutMs: 5000 })),
    );
    expect(parts).toHaveLength(4);
    expect(await store.listMultipartUploads("trap-other", "")).toHaveLength(2);
  });
});

describe("errors", () => {
  it("keep the vendor's code, status and request id", async () => {
    const { store } = await simulated();
    const error = await refused(store.describeBucket("no-such-bucket"));
    expect(error).toMatchObject({
      code: "CLOUD_BUCKET_NOT_FOUND",
      details: { vendorCode: "NoSuchBucket", httpStatus: 404 },
    });
    expect(error.details.requestId).toMatch(/^[0-9A-F]{24}$/);
  });

  it("say that an upload is gone when it expired under a part", async () => {
    const { store, fault } = await simulated();
    const upload = await store.createMultipartUpload({ bucket, key });
    fault({ kind: "expireUpload" }, { operation: "UploadPart" });
    const error = await refused(store.uploadPart(upload, 1, seededBytes(10, 1), { timeoutMs: 5000 }));
    expect(error).toMatchObject({
      code: "CLOUD_UPLOAD_GONE",
      retryable: false,
      details: { vendorCode: "NoSuchUpload" },
    });
  });

  it("are found in an answer of 200, and the completion is asked for again", async () => {
    const { simulator, store, fault } = await simulated();
    fault({ kind: "errorIn200", code: "InternalError" }, { operation: "CompleteMultipartUpload" });
    const bytes = seededBytes(300 * KiB, 1);
    await uploadObject(
      store,
      sourceOf(bytes),
      { bucket, key },
      { partBytes: 100 * KiB, retry: { attempts: 3, baseMs: 1, capMs: 1 } },
    );
    expect(simulator.requests.count("CompleteMultipartUpload")).toBe(2);
    expect((await store.headObject({ bucket, key }))?.sizeBytes).toBe(bytes.length);
  });

  it("tell a missing bucket from a missing object, though a HEAD has no body", async () => {
    const { store } = await simulated();
    expect(await store.headObject({ bucket, key: "none.vhd" })).toBeUndefined();
    const error = await refused(store.describeBucket("no-such-bucket"));
    expect(error.code).toBe("CLOUD_BUCKET_NOT_FOUND");
  });

  it("are one line without agent state, headers or a page of HTML", async () => {
    const { store, fault } = await simulated();
    for (const effect of [
      { kind: "loseAnswer" },
      { kind: "html", status: 502 },
      { kind: "html", status: 200 },
    ] as const) {
      fault(effect, { operation: "GetBucketInfo" });
      const error = await refused(store.describeBucket(bucket));
      expect(error.message).not.toMatch(/agent|socket|headers|<|\n/i);
      expect(error.message.length).toBeLessThan(250);
    }
  });

  it("come before anything is sent for metadata that no header can carry", async () => {
    const { simulator, store } = await simulated();
    const work = store.createMultipartUpload({ bucket, key }, { metadata: { name: "服务器" } });
    expect((await refused(work)).code).toBe("CORE_ARGUMENT");
    expect(simulator.requests.count("InitiateMultipartUpload")).toBe(0);
  });

  it("say how long the store asks to wait", async () => {
    const { store, fault } = await simulated();
    const effect = {
      kind: "answer",
      status: 503,
      code: "UploadTrafficRateLimitExceeded",
      retryAfterMs: 700,
    } as const;
    fault(effect, { operation: "UploadPart" });
    const upload = await store.createMultipartUpload({ bucket, key });
    const error = await refused(store.uploadPart(upload, 1, seededBytes(10, 1), { timeoutMs: 5000 }));
    expect(error).toMatchObject({ code: "CLOUD_THROTTLED", retryable: true, retryAfterMs: 700 });
  });

  it("name the region of a bucket that is asked for at another's endpoint", async () => {
    const body =
      "<Error><Code>AccessDenied</Code><Message>wrong endpoint</Message><Endpoint>oss-cn-beijing.aliyuncs.com</Endpoint></Error>";
    const { endpoint } = await serving((request, response) => {
      request.resume();
      response.writeHead(403, { "content-type": "application/xml" }).end(body);
    });
    const error = await refused(connected(endpoint).objects(region).createMultipartUpload({ bucket, key }));
    expect(error).toMatchObject({ code: "CLOUD_BUCKET_REGION", details: { bucketRegion: "cn-beijing" } });
  });

  it("explain what new accounts meet, and a copy that takes no VHD", async () => {
    const { store, cloud, fault } = await simulated();
    fault({ kind: "answer", status: 400, code: "PublicEndpointForbidden" }, { operation: "UploadPart" });
    const upload = await store.createMultipartUpload({ bucket, key });
    const forbidden = await refused(store.uploadPart(upload, 1, seededBytes(10, 1), { timeoutMs: 5000 }));
    expect(forbidden.code).toBe("CLOUD_ENDPOINT_FORBIDDEN");
    expect(forbidden.hint).toContain("internal endpoint");
    fault(
      { kind: "answer", status: 403, code: "InvalidOperation.VhdImageUnsupported" },
      { operation: "CopyImage" },
    );
    const copy = { imageId: "m-1", destinationRegion: "cn-shanghai", name: "copy", clientToken: "t" };
    const noVhd = await refused(cloud.images.copyImage(region, copy));
    expect(noVhd.code).toBe("CLOUD_COPY_REFUSED");
    expect(noVhd.hint).toContain("toRaw()");
  });

  it("show a code that is in no table as it is", async () => {
    const { cloud, fault } = await simulated();
    fault(
      { kind: "answer", status: 400, code: "Brand.NewCode", message: "something new" },
      { operation: "DescribeRegions" },
    );
    const error = await refused(cloud.images.listRegions());
    expect(error).toMatchObject({
      code: "CLOUD_FAILED",
      retryable: false,
      details: { vendorCode: "Brand.NewCode" },
    });
    expect(error.message).toContain("Brand.NewCode: something new");
  });
});

describe("connections", () => {
  it("survive an answer before the body was sent, in every way a server can give one", async () => {
    const uncaught: unknown[] = [];
    const listener = (error: unknown) => uncaught.push(error);
    process.on("uncaughtException", listener);
    try {
      const { store, fault } = await simulated();
      const upload = await store.createMultipartUpload({ bucket, key });
      for (let round = 0; round < 6; round++) {
        fault({ kind: "answerEarly", status: 403, code: "AccessDenied" }, { operation: "UploadPart" });
        const error = await refused(
          store.uploadPart(upload, 1, seededBytes(2 * MiB, 1), { timeoutMs: 5000 }),
        );
        expect(["CLOUD_PERMISSION_DENIED", "CLOUD_UNREACHABLE"]).toContain(error.code);
      }
      expect((await store.uploadPart(upload, 1, seededBytes(2 * MiB, 1), { timeoutMs: 5000 })).number).toBe(
        1,
      );
      await new Promise((resolve) => setTimeout(resolve, 100));
    } finally {
      process.off("uncaughtException", listener);
    }
    expect(uncaught).toEqual([]);
  });

  it("are refused an answer without end", async () => {
    const { endpoint } = await serving((request, response) => {
      request.resume();
      response.writeHead(200, { "content-type": "application/xml" });
      const pour = () => {
        while (!response.destroyed && response.write("x".repeat(64 * KiB)));
      };
      response.on("drain", pour);
      pour();
    });
    const error = await refused(connected(endpoint).objects(region).describeBucket(bucket));
    expect(error.code).toBe("CLOUD_ANSWER_INVALID");
  });

  it("that are refused or lead nowhere are told as such", async () => {
    for (const endpoint of ["http://127.0.0.1:9", "http://no-such-host.invalid"]) {
      const cloud = connected(endpoint);
      for (const work of [
        () => cloud.objects(region).describeBucket(bucket),
        () => cloud.images.listRegions(),
        () => cloud.access.describeImportRole(),
      ]) {
        expect(await refused(work())).toMatchObject({ code: "CLOUD_UNREACHABLE", retryable: true });
      }
    }
  });

  it("cut at every fifth part still end with the right object", async () => {
    const { simulator, store, fault } = await simulated();
    for (let nth = 1; nth < 60; nth += 5)
      fault({ kind: "reset", afterBytes: 50_000 }, { operation: "UploadPart" }, { nth });
    fault({ kind: "loseAnswer" }, { operation: "UploadPart" }, { nth: 3 });
    fault({ kind: "loseAnswer" }, { operation: "CompleteMultipartUpload" });
    const bytes = seededBytes(40 * 100 * KiB + 17, 3);
    const retry = { attempts: 6, baseMs: 1, capMs: 5 };
    const result = await uploadObject(
      store,
      sourceOf(bytes),
      { bucket, key },
      { partBytes: 100 * KiB, parallel: 8, retry },
    );
    const read = await store.readObject({ bucket, key }, { offset: 0, length: bytes.length });
    expect(Buffer.compare(read, bytes)).toBe(0);
    expect(result.verified).toBe(true);
    expect(simulator.requests.list().some((entry) => entry.fault === "reset")).toBe(true);
  });
});

describe("checksums", () => {
  it("find a part that arrived as something else, and send it again", async () => {
    const { simulator, store, fault } = await simulated();
    fault({ kind: "changeEtag" }, { operation: "UploadPart", partNumber: 2 });
    const bytes = seededBytes(300 * KiB, 4);
    const retry = { attempts: 3, baseMs: 1, capMs: 1 };
    await uploadObject(store, sourceOf(bytes), { bucket, key }, { partBytes: 100 * KiB, retry });
    expect(simulator.requests.count("UploadPart")).toBe(4);
  });

  it("may be missing from an answer", async () => {
    const { store, fault } = await simulated();
    fault({ kind: "dropCrc" }, {}, { times: null });
    const bytes = seededBytes(300 * KiB, 5);
    const result = await uploadObject(store, sourceOf(bytes), { bucket, key }, { partBytes: 100 * KiB });
    expect(result.verified).toBe(false);
  });
});

describe("answers of ECS", () => {
  it.each(["NoSetRoletoECSServiceAcount", "NoSetRoletoECSServiceAccount"] as const)(
    "are understood when the role is missing: %s, and when it takes its time to arrive",
    async (missingRoleCode) => {
      const { cloud, store } = await simulated({ switches: { missingRoleCode } });
      await uploadObject(store, sourceOf(seededBytes(MiB, 1)), { bucket, key: "a.raw" });
      const request = {
        region,
        name: "web-01",
        disks: [{ bucket, key: "a.raw", format: "RAW" as const, sizeBytes: MiB }],
        osType: "linux" as const,
        architecture: "x86_64" as const,
        bootMode: "BIOS" as const,
        clientToken: "t-1",
      };
      expect((await refused(importImage(cloud, request))).code).toBe("CLOUD_ROLE_MISSING");
      expect((await refused(cloud.images.importImage(region, request))).code).toBe("CLOUD_ROLE_MISSING");
      const started = await importImage(cloud, request, { createRole: true });
      expect(started.imageId).toMatch(/^m-/);
      expect((await cloud.access.describeImportRole()).state).toBe("ready");
      await cloud.access.createImportRole();
    },
  );

  it.each(["DRYRUN.SUCCESS", "DryRun.Success", "DryRunOperation"] as const)(
    "to a dry run: %s is a success",
    async (code) => {
      const { cloud, fault } = await simulated();
      fault({ kind: "answer", status: 400, code }, { operation: "ImportImage" });
      await cloud.images.checkImport(region, {
        name: "web-01",
        disks: [{ bucket, key: "a.raw", format: "RAW", sizeBytes: MiB }],
        osType: "linux",
        architecture: "x86_64",
        bootMode: "BIOS",
        clientToken: "t-1",
      });
    },
  );

  it("ask for all states by name and read progress and actions in either spelling", async () => {
    const { endpoint, asked } = await serving((request, response) => {
      const images = {
        Image: [{ ImageId: "m-1", Status: "Creating", Progress: "32%", ImageName: "web-01", Size: 40 }],
      };
      const steps = { OperationProgress: [{ OperationStatus: "Failed", ErrorCode: "X", ErrorMsg: "y" }] };
      const task = {
        TaskId: "t-1",
        TaskAction: "IMPORT_IMAGE",
        TaskStatus: "Failed",
        TaskProcess: "",
        OperationProgressSet: steps,
      };
      const body =
        request.headers["x-acs-action"] === "DescribeImages" ? { Images: images, TotalCount: 1 } : task;
      response.setHeader("content-type", "application/json").end(JSON.stringify({ RequestId: "R", ...body }));
    });
    const cloud = connected(endpoint);
    const [image] = await cloud.images.listImages(region, { imageIds: ["m-1"] });
    expect(image).toMatchObject({ status: "Creating", progressPercent: 32, sizeBytes: 40 * 1024 ** 3 });
    const { searchParams } = new URL(asked[0]?.url ?? "", endpoint);
    expect(searchParams.get("Status")?.split(",").sort()).toEqual([
      "Available",
      "CreateFailed",
      "Creating",
      "Deprecated",
      "UnAvailable",
      "Waiting",
    ]);
    const task = await cloud.images.describeTask(region, "t-1");
    expect(task).toMatchObject({
      action: "ImportImage",
      progressPercent: null,
      failure: { code: "X", message: "y" },
    });
  });

  it.each([
    ["no body", "", true],
    ["a page", "<html>", true],
    ["an object for a list", '{"Images":{"Image":{"ImageId":"m-1"}},"TotalCount":1}', false],
  ])("are refused when they are not the protocol: %s", async (_, body, retryable) => {
    const { endpoint } = await serving((_request, response) => response.end(body));
    const error = await refused(connected(endpoint).images.listImages(region, {}));
    expect(error).toMatchObject({ code: "CLOUD_ANSWER_INVALID", retryable });
  });

  it("are refused when what they should bring is missing", async () => {
    const { endpoint } = await serving((_, response) => response.end('{"requestid":"R","imageid":"m-1"}'));
    const copy = { imageId: "m-1", destinationRegion: "cn-shanghai", name: "copy", clientToken: "t" };
    expect((await refused(connected(endpoint).images.copyImage(region, copy))).code).toBe(
      "CLOUD_ANSWER_INVALID",
    );
  });

  it("say how long to wait when they throttle", async () => {
    const { cloud, fault } = await simulated();
    const effect = { kind: "answer", status: 400, code: "Throttling.User", retryAfterMs: 1500 } as const;
    fault(effect, { operation: "DescribeRegions" });
    const error = await refused(cloud.images.listRegions());
    expect(error).toMatchObject({ code: "CLOUD_THROTTLED", retryable: true, retryAfterMs: 1500 });
  });

  it("name the permission that is missing", async () => {
    const { endpoint } = await serving((_, response) => {
      const AccessDeniedDetail = { AuthAction: "ecs:ImportImage", NoPermissionType: "ImplicitDeny" };
      response
        .writeHead(403)
        .end(JSON.stringify({ Code: "Forbidden.RAM", Message: "no", RequestId: "R-1", AccessDeniedDetail }));
    });
    const error = await refused(connected(endpoint).images.listRegions());
    expect(error).toMatchObject({
      code: "CLOUD_PERMISSION_DENIED",
      details: { deniedAction: "ecs:ImportImage", denial: "ImplicitDeny", requestId: "R-1", httpStatus: 403 },
    });
  });
});

describe("secrets", () => {
  it("show in no error, however it is printed, whatever the server sends back", async () => {
    const token = "c4n4ry-t0ken-v4lue";
    const echo = (request: http.IncomingMessage) =>
      `${canary} ${token} ${request.url} ${JSON.stringify(request.headers)}`;
    const bodies: ((request: http.IncomingMessage) => string)[] = [
      (request) =>
        `<Error><Code>SignatureDoesNotMatch</Code><Message>${echo(request).replace(/[<&]/g, "")}</Message></Error>`,
      (request) =>
        `<Error><Code>AccessDenied</Code><Message>${echo(request).replace(/[<&]/g, "")}</Message></Error>`,
      (request) => JSON.stringify({ Code: "SignatureDoesNotMatch", Message: echo(request), RequestId: "R" }),
      (request) => JSON.stringify({ Code: "Something.New", Message: echo(request), RequestId: "R" }),
      (request) => `<html>${echo(request)}</html>`,
    ];
    for (const body of bodies) {
      const { endpoint } = await serving((request, response) => {
        request.resume();
        response.writeHead(403, { "content-type": "application/json" }).end(body(request));
      });
      const cloud = connected(endpoint, { token });
      const upload = { bucket, key, uploadId: "U" };
      for (const work of [
        () => cloud.objects(region).describeBucket(bucket),
        () => cloud.objects(region).uploadPart(upload, 1, seededBytes(10, 1), { timeoutMs: 5000 }),
        () => cloud.images.listRegions(),
        () => cloud.access.describeImportRole(),
      ]) {
        const error = await refused(work());
        const printed = [
          inspect(error, { depth: 12, showHidden: true }),
          JSON.stringify(toErrorRecord(error)),
          error.stack,
        ].join("\n");
        expect(printed).not.toContain(canary);
        expect(printed).not.toContain(token);
        expect(printed).not.toMatch(/Signature=[0-9a-f]{16}/);
      }
    }
  });

  it("show in no view of the cloud itself", async () => {
    const cloud = connected("http://127.0.0.1:9", { token: "c4n4ry-t0ken-v4lue" });
    await refused(cloud.objects(region).describeBucket(bucket));
    await refused(cloud.images.listRegions());
    const printed = inspect([cloud, cloud.images, cloud.access, cloud.objects(region)], {
      depth: 12,
      showHidden: true,
    });
    expect(printed).not.toMatch(/c4n4ry/);
  });
});
