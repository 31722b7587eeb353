import { KiB, Secret } from "@sampan/core";
import { Simulator } from "@sampan/simulator";
import { afterEach, describe, expect, it } from "vitest";
import { connectAlibabaCloud } from "../alibaba-cloud.ts";
import { forwardProxy } from "../testing/forward-proxy.ts";
import { plainCrc64 } from "../testing/memory-checksum.ts";
import { seededBytes } from "../testing/random-bytes.ts";
import { testCertificate, tlsBefore } from "../testing/tls-server.ts";
import { sourceOf, target } from "../testing/upload-fixture.ts";
import { uploadObject } from "./upload-object.ts";
import type { UploadRetryNotice } from "./upload-options.ts";

const region = "cn-hangzhou";
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A simulator that is reached under the vendor's own host names, through a proxy that cuts connections. */
async function behindProxy(scheme: "http" | "https", cutEvery: number) {
  const simulator = await Simulator.start({ timeScale: 100_000 });
  closers.push(() => simulator.stop());
  const plain = Number(new URL(simulator.endpoint).port);
  const secured = await tlsBefore(plain);
  closers.push(() => secured.close());
  const proxy = await forwardProxy({
    portOf: (_, asked) => (asked === "url" ? plain : secured.port),
    cutEvery,
    // In the midst of a part, not before it.
    cutAfterBytes: 60 * KiB,
  });
  closers.push(() => proxy.close());
  const { accessKeyId, accessKeySecret } = simulator.credentials;
  const credentials = { accessKeyId, accessKeySecret: new Secret(accessKeySecret) };
  const cloud = connectAlibabaCloud({
    endpoints: { oss: `${scheme}://oss-cn-hangzhou.aliyuncs.com` },
    credentials,
    connection: { proxy: new URL(`http://127.0.0.1:${proxy.port}`), ca: testCertificate.cert },
  });
  closers.push(() => cloud.close());
  const store = cloud.objects(region);
  await store.createBucket(target.bucket);
  // What is left is looked at past the proxy, which cuts that call too when it is its turn.
  const direct = connectAlibabaCloud({ endpoints: { simulator: simulator.endpoint }, credentials });
  closers.push(() => direct.close());
  return { simulator, proxy, store, direct: direct.objects(region) };
}

describe("64 parallel parts through a proxy that cuts every 20th connection", () => {
  it.each(["http", "https"] as const)("still end with the right object, over %s", async (scheme) => {
    const { simulator, proxy, store, direct } = await behindProxy(scheme, 20);
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", note);
    closers.push(async () => void process.off("unhandledRejection", note));

    const bytes = seededBytes(400 * 100 * KiB + 17, 3);
    const buffers = new Set<ArrayBufferLike>();
    const source = {
      ...sourceOf(bytes),
      async read(range: { offset: number; length: number }, into: Uint8Array) {
        buffers.add(into.buffer);
        await sourceOf(bytes).read(range, into);
      },
    };
    const retried: UploadRetryNotice[] = [];
    const result = await uploadObject(store, source, target, {
      partBytes: 100 * KiB,
      parallel: 64,
      retry: { attempts: 20, baseMs: 5, capMs: 50 },
      onRetry: (notice) => retried.push(notice),
    });

    const crc64 = plainCrc64(bytes).toString();
    expect(result).toMatchObject({ sizeBytes: bytes.length, crc64, verified: true, parts: 401 });
    expect(proxy.cut()).toBeGreaterThanOrEqual(2);
    expect(retried.length).toBeGreaterThanOrEqual(proxy.cut());
    // No more buffers than were in flight, whatever was cut.
    expect(buffers.size).toBeLessThanOrEqual(64);
    expect(await direct.listMultipartUploads(target.bucket, "")).toEqual([]);
    expect(simulator.requests.list("CompleteMultipartUpload").length).toBeGreaterThan(0);
    expect(unhandled).toEqual([]);
  });
});
