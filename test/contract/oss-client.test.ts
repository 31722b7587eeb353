import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type FaultEffect, Simulator } from "@sampan/simulator";
import OSS from "ali-oss";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";

/*
 * The published ali-oss client, unmodified, against a listening simulator. Nothing of Sampan's own cloud code is used:
 * what these tests prove is the wire.
 *
 * One file, though it is long: its tests share one simulator and the forms of endpoint and signature they are all run with.
 */

const partBytes = 1024 * 1024;

type ClientOptions = OSS.Options & Record<string, unknown>;

let simulator: Simulator;
let folder: string;

beforeAll(async () => {
  // The client warns on the console about every connection it loses, and about tokens it cannot refresh.
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  simulator = await Simulator.start();
  folder = await mkdtemp(join(tmpdir(), "sampan-oss-client-"));
});

afterAll(async () => {
  vi.restoreAllMocks();
  await simulator?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A client as a user would make it; `form` says how it reaches the simulator. */
function client(form: "path" | "ip" | "named", options: Record<string, unknown> = {}): OSS {
  const { accessKeyId, accessKeySecret } = simulator.credentials;
  const forms: Record<typeof form, Record<string, unknown>> = {
    path: { endpoint: simulator.endpoint, sldEnable: true },
    ip: { endpoint: `http://127.0.0.1:${simulator.port}` },
    named: { endpoint: `http://localhost:${simulator.port}` },
  };
  const all: ClientOptions = {
    region: "oss-cn-hangzhou",
    accessKeyId,
    accessKeySecret,
    authorizationV4: true,
    ...forms[form],
    ...options,
  };
  return new OSS(all);
}

async function fileOf(name: string, bytes: Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

async function failureOf(work: Promise<unknown>): Promise<{ code?: string; status?: number; name?: string }> {
  return work.then(
    () => {
      throw new Error("the call succeeded");
    },
    (error: unknown) => error as { code?: string; status?: number; name?: string },
  );
}

describe.each([
  ["path style on localhost, V4", "path", {}],
  ["path style on localhost, V1", "path", { authorizationV4: false }],
  ["host style to an IP address, V4", "ip", {}],
  ["host style to an IP address, V1", "ip", { authorizationV4: false }],
  ["host style with the internal name", "ip", { internal: true }],
  ["a region without its oss- prefix", "ip", { region: "cn-hangzhou" }],
  ["an IP address with the bucket in host and path", "ip", { sldEnable: true }],
] as const)("ali-oss by %s", (title, form, options) => {
  const bucket = `forms-${createHash("md5").update(title).digest("hex").slice(0, 12)}`;
  const key = "images/a b+ü 中/100%/d.vhd";

  it("makes, describes and lists buckets", async () => {
    const oss = client(form, options);
    const made = (await oss.putBucket(bucket)) as unknown as { bucket: string; res: { status: number } };
    expect(made.bucket).toBe(bucket);
    const info = (await oss.getBucketInfo(bucket)) as { bucket: Record<string, unknown> };
    expect(info.bucket).toMatchObject({
      Name: bucket,
      Location: "oss-cn-hangzhou",
      StorageClass: "Standard",
      AccessControlList: { Grant: "private" },
      ServerSideEncryptionRule: { SSEAlgorithm: "None" },
    });
    expect((await oss.getBucketLocation(bucket)).location).toBe("oss-cn-hangzhou");
    expect((await oss.getBucketACL(bucket)).acl).toBe("private");
    const listed = (await oss.listBuckets({ prefix: bucket, "max-keys": 5 })) as unknown as {
      buckets: { name: string; region: string }[];
    };
    expect(listed.buckets.map((entry) => [entry.name, entry.region])).toEqual([[bucket, "oss-cn-hangzhou"]]);
  });

  it("puts, describes, reads, lists, copies and deletes an object of an awkward name", async () => {
    const oss = client(form, options);
    oss.useBucket(bucket);
    const bytes = randomBytes(300_000);
    const put = await oss.put(key, bytes, {
      meta: { uid: 7, pid: 3 } as never,
      headers: { "x-oss-meta-job": "j1" },
    });
    const md5 = createHash("md5").update(bytes).digest("hex").toUpperCase();
    expect((put.res.headers as Record<string, string>).etag).toBe(`"${md5}"`);
    const head = await oss.head(key);
    expect(head.status).toBe(200);
    expect((head.res.headers as Record<string, string>)["content-length"]).toBe("300000");
    expect((await oss.get(key)).content.equals(bytes)).toBe(true);
    const range = await oss.get(key, { headers: { Range: "bytes=1000-1999" } });
    expect(range.res.status).toBe(206);
    expect(range.content.equals(bytes.subarray(1000, 2000))).toBe(true);
    const list = await oss.list({ prefix: "images/", "max-keys": 10 }, {});
    expect(list.objects.map((object) => object.name)).toEqual([key]);
    await oss.copy("copy of/it.vhd", key);
    expect((await oss.get("copy of/it.vhd")).content.equals(bytes)).toBe(true);
    expect((await oss.delete(key)).res.status).toBe(204);
    expect((await oss.delete(key)).res.status).toBe(204);
    expect(await failureOf(oss.head(key))).toMatchObject({ code: "NoSuchKey", status: 404 });
    await oss.delete("copy of/it.vhd");
  });

  it("uploads in parts, lists them, and completes to the same bytes", async () => {
    const oss = client(form, options);
    oss.useBucket(bucket);
    const bytes = randomBytes(1_000_000);
    const path = await fileOf("disk.vhd", bytes);
    const seen: number[] = [];
    const done = await oss.multipartUpload("images/disk.vhd", path, {
      partSize: 200 * 1024,
      parallel: 3,
      progress: async (share: number) => {
        seen.push(share);
      },
    });
    expect(done.res.status).toBe(200);
    expect(seen.at(-1)).toBe(1);
    expect((await oss.get("images/disk.vhd")).content.equals(bytes)).toBe(true);
    const meta = await (oss as unknown as Untyped).getObjectMeta("images/disk.vhd");
    expect((meta.res.headers as Record<string, string>)["x-oss-hash-crc64ecma"]).toMatch(/^\d+$/);
    await oss.delete("images/disk.vhd");
    expect([200, 204]).toContain((await (oss as unknown as Untyped).deleteBucket(bucket)).res.status);
  });
});

describe("ali-oss and what goes wrong", () => {
  const bucket = "wrong-images";

  beforeAll(async () => {
    await client("path").putBucket(bucket);
  });

  afterEach(() => simulator.faults.clear());

  const own = (options: Record<string, unknown> = {}) => client("path", { bucket, ...options });

  it("resumes an upload from its checkpoint and sends only what is missing", async () => {
    const bytes = randomBytes(1_200_000);
    const path = await fileOf("resume.vhd", bytes);
    let checkpoint: unknown;
    simulator.faults.add({
      match: { operation: "UploadPart", key: "resume.vhd", partNumber: 4 },
      times: null,
      effect: { kind: "answer", status: 503, code: "ServiceUnavailable" },
    });
    const progress = async (_share: number, current: unknown) => {
      if (current) checkpoint = JSON.parse(JSON.stringify(current));
    };
    const first = own().multipartUpload("resume.vhd", path, { partSize: 200 * 1024, parallel: 1, progress });
    expect(await failureOf(first)).toMatchObject({ status: 503 });
    simulator.faults.clear();
    const before = simulator.requests.count("UploadPart");
    await own().multipartUpload("resume.vhd", path, {
      checkpoint: checkpoint as OSS.Checkpoint,
      parallel: 2,
    });
    expect(simulator.requests.count("UploadPart") - before).toBe(3);
    expect((await own().get("resume.vhd")).content.equals(bytes)).toBe(true);
  });

  it("drives an upload by hand: parts, copied parts, lists, wrong completions, complete, abort", async () => {
    const oss = own();
    const bytes = randomBytes(450_000);
    await oss.put("source ü.bin", bytes);
    const { uploadId } = await oss.initMultipartUpload("by-hand.vhd");
    const path = await fileOf("by-hand.vhd", bytes);
    const one = await oss.uploadPart("by-hand.vhd", uploadId, 1, path, 0, 200_000);
    const two = await oss.uploadPartCopy(
      "by-hand.vhd",
      uploadId,
      2,
      "200000-399999",
      {
        sourceKey: "source ü.bin",
        sourceBucketName: bucket,
      },
      {},
    );
    const three = await oss.uploadPart("by-hand.vhd", uploadId, 7, path, 400_000, 450_000);
    const listed = await oss.listParts("by-hand.vhd", uploadId, {
      "max-parts": 2,
    } as never);
    const parts = listed.parts as unknown as { PartNumber: string; ETag: string; Size: string }[];
    expect(parts.map((part) => [part.PartNumber, part.ETag, part.Size])).toEqual([
      ["1", one.etag, "200000"],
      ["2", two.etag, "200000"],
    ]);
    expect((listed as unknown as { isTruncated: string }).isTruncated).toBe("true");
    const uploads = await oss.listUploads({ prefix: "by-", "max-uploads": 10 });
    expect(uploads.uploads.map((upload: { name: string }) => upload.name)).toEqual(["by-hand.vhd"]);
    const wrong = oss.completeMultipartUpload("by-hand.vhd", uploadId, [
      { number: 1, etag: '"NOT-THE-ONE"' },
    ]);
    expect(await failureOf(wrong)).toMatchObject({ code: "InvalidPart", status: 400 });
    const all = [
      { number: 1, etag: one.etag },
      { number: 2, etag: two.etag },
      { number: 7, etag: three.etag },
    ];
    await oss.completeMultipartUpload("by-hand.vhd", uploadId, all);
    expect((await oss.get("by-hand.vhd")).content.equals(bytes)).toBe(true);
    const again = oss.completeMultipartUpload("by-hand.vhd", uploadId, all);
    expect(await failureOf(again)).toMatchObject({ code: "NoSuchUpload", status: 404 });
    const second = await oss.initMultipartUpload("by-hand.vhd");
    expect(
      (await (oss as unknown as Untyped).abortMultipartUpload("by-hand.vhd", second.uploadId)).res.status,
    ).toBe(204);
    const gone = oss.abortMultipartUpload("by-hand.vhd", second.uploadId);
    expect(await failureOf(gone)).toMatchObject({ code: "NoSuchUpload" });
  });

  it("refuses a small part that is not the last, and an overwrite that was forbidden", async () => {
    const oss = own();
    const path = await fileOf("small.vhd", randomBytes(200_000));
    const { uploadId } = await oss.initMultipartUpload("small.vhd");
    const one = await oss.uploadPart("small.vhd", uploadId, 1, path, 0, 50_000);
    const two = await oss.uploadPart("small.vhd", uploadId, 2, path, 50_000, 200_000);
    const parts = [one, two].map((part, index) => ({ number: index + 1, etag: part.etag }));
    expect(await failureOf(oss.completeMultipartUpload("small.vhd", uploadId, parts))).toMatchObject({
      code: "EntityTooSmall",
    });
    await oss.abortMultipartUpload("small.vhd", uploadId);
    await oss.put("once.txt", Buffer.from("first"));
    const headers = { "x-oss-forbid-overwrite": "true" };
    expect(await failureOf(oss.put("once.txt", Buffer.from("second"), { headers }))).toMatchObject({
      code: "FileAlreadyExists",
      status: 409,
    });
    expect((await oss.get("once.txt")).content.toString()).toBe("first");
  });

  it("tells apart a wrong secret, an unknown key, a wrong clock and a missing bucket", async () => {
    const code = async (options: Record<string, unknown>) => (await failureOf(own(options).get("x"))).code;
    expect(await code({ accessKeySecret: "wrong" })).toBe("SignatureDoesNotMatch");
    expect(await code({ accessKeySecret: "wrong", authorizationV4: false })).toBe("SignatureDoesNotMatch");
    expect(await code({ accessKeyId: "nobody" })).toBe("InvalidAccessKeyId");
    expect(await code({ amendTimeSkewed: 20 * 60_000 })).toBe("RequestTimeTooSkewed");
    expect(await code({ bucket: "no-such-bucket" })).toBe("NoSuchBucket");
    expect(await code({ region: "oss-cn-shanghai" })).toBe("AccessDenied");
    // The client calls every 404 of a HEAD NoSuchKey; the service said more.
    await failureOf(own({ bucket: "no-such-bucket" }).head("x"));
    expect(simulator.requests.list("HeadObject").at(-1)?.code).toBe("NoSuchBucket");
  });

  it("keeps a stranger out of a private bucket and lets everybody read a public one", async () => {
    await own().put("mine.txt", Buffer.from("mine"));
    const address = `${simulator.endpoint}/${bucket}/mine.txt`;
    expect((await fetch(address)).status).toBe(403);
    await own().putBucketACL(bucket, "public-read");
    expect(await (await fetch(address)).text()).toBe("mine");
    await own().putBucketACL(bucket, "private");
  });

  it("accepts temporary credentials, and tells when they have expired", async () => {
    const { accessKeyId, accessKeySecret, securityToken } = await simulator.issueSession();
    const temporary = { accessKeyId, accessKeySecret, stsToken: securityToken };
    for (const authorizationV4 of [true, false]) {
      const oss = own({ ...temporary, authorizationV4 });
      await oss.put("sts.txt", Buffer.from("by token"));
      expect((await oss.get("sts.txt")).content.toString()).toBe("by token");
    }
    simulator.faults.add({ match: { operation: "GetObject" }, effect: { kind: "expireToken" } });
    expect(await failureOf(own(temporary).get("sts.txt"))).toMatchObject({ code: "SecurityTokenExpired" });
    const wrong = own({ ...temporary, stsToken: "another" });
    expect(await failureOf(wrong.get("sts.txt"))).toMatchObject({
      code: "AccessKeyIdAndSecurityTokenNotMatch",
    });
  });

  it("serves signed URLs of both versions to a plain client, and not after their time", async () => {
    const oss = own();
    await oss.put("signed.txt", Buffer.from("signed"));
    const v1 = oss.signatureUrl("signed.txt", {
      expires: 60,
      response: { "content-type": "text/x-note" } as never,
    });
    const v4 = await (oss as unknown as SignatureV4).signatureUrlV4("GET", 60, {}, "signed.txt");
    for (const url of [v1, v4]) expect(await (await fetch(url)).text()).toBe("signed");
    expect((await fetch(v1)).headers.get("content-type")).toBe("text/x-note");
    const put = await (oss as unknown as SignatureV4).signatureUrlV4("PUT", 60, {}, "put-by-url.txt");
    expect((await fetch(put, { method: "PUT", body: Buffer.from("by url") })).status).toBe(200);
    expect((await oss.get("put-by-url.txt")).content.toString()).toBe("by url");
    simulator.clock.change({ skewMs: 120_000 });
    for (const url of [v1, v4]) expect((await fetch(url)).status).toBe(403);
    simulator.clock.change({ skewMs: 0 });
  });

  it("signs lists with empty parameters as the client does", async () => {
    const oss = own();
    await oss.put("dir/a", Buffer.from("a"));
    await oss.put("dir/b", Buffer.from("b"));
    const flat = await oss.list({ prefix: "", marker: "", delimiter: "/", "max-keys": 100 }, {});
    expect(flat.prefixes).toContain("dir/");
    const v2 = oss as unknown as {
      listV2(query: object): Promise<{ keyCount: number; objects: { name: string }[] }>;
    };
    const page = await v2.listV2({ prefix: "dir/", "max-keys": 1 });
    expect([page.keyCount, page.objects[0]?.name]).toEqual([1, "dir/a"]);
    const removed = await oss.deleteMulti(["dir/a", "dir/b"]);
    expect(removed.res.status).toBe(200);
  });

  it("lets faults strike: resets, lost answers, 200 with an error, missing checksums, expired uploads, a full store", async () => {
    const oss = own({ retryMax: 0 });
    const path = await fileOf("faults.vhd", randomBytes(300_000));
    const strike = (operation: string, effect: FaultEffect) =>
      simulator.faults.add({ match: { operation }, effect });

    strike("PutObject", { kind: "reset", afterBytes: 100_000 });
    expect((await failureOf(oss.put("f.vhd", path))).status).toBeLessThan(0);
    strike("PutObject", { kind: "loseAnswer" });
    expect((await failureOf(oss.put("f.vhd", path))).status).toBeLessThan(0);
    expect((await oss.head("f.vhd")).status).toBe(200);
    strike("HeadObject", { kind: "dropCrc" });
    const headers = (await oss.head("f.vhd")).res.headers as Record<string, string>;
    expect(headers["x-oss-hash-crc64ecma"]).toBeUndefined();
    strike("PutObject", { kind: "html", status: 502 });
    expect(await failureOf(oss.put("f.vhd", path))).toMatchObject({ status: 502 });
    strike("PutObject", { kind: "storeFull" });
    expect(await failureOf(oss.put("f.vhd", path))).toMatchObject({ code: "QuotaExceeded", status: 403 });

    const { uploadId } = await oss.initMultipartUpload("f.vhd");
    const part = await oss.uploadPart("f.vhd", uploadId, 1, path, 0, 300_000);
    const complete = () => oss.completeMultipartUpload("f.vhd", uploadId, [{ number: 1, etag: part.etag }]);
    strike("CompleteMultipartUpload", { kind: "errorIn200", code: "InternalError" });
    const lie = await complete();
    expect([lie.res.status, lie.etag]).toEqual([200, undefined]);
    strike("UploadPart", { kind: "expireUpload" });
    // The client reports a part's 404 as an abort of its own, a plain object without the service's code.
    await expect(oss.uploadPart("f.vhd", uploadId, 2, path, 0, 300_000)).rejects.toBeDefined();
    expect(simulator.requests.list("UploadPart").at(-1)).toMatchObject({ status: 404, code: "NoSuchUpload" });
    expect(await failureOf(complete())).toMatchObject({ code: "NoSuchUpload" });
  });

  it("names what it does not imitate", async () => {
    const failure = await failureOf(own().get("f.vhd", { subres: { torrent: "" } } as never));
    expect(failure).toMatchObject({ code: "NotImplemented", status: 400 });
    expect(String((failure as Error).message)).toContain("torrent");
  });
});

/** Calls and answers that @types/ali-oss lacks or has differently from the client. */
interface Untyped {
  getObjectMeta(name: string): Promise<{ res: { headers: object } }>;
  deleteBucket(name: string): Promise<{ res: { status: number } }>;
  abortMultipartUpload(name: string, uploadId: string): Promise<{ res: { status: number } }>;
}

describe("a simulator killed in the middle of an upload", () => {
  const program = [
    'import { Simulator } from "@sampan/simulator";',
    "const simulator = await Simulator.start({ dataFolder: process.argv[1] });",
    'process.stdout.write(JSON.stringify({ endpoint: simulator.endpoint }) + "\\n");',
  ].join("\n");

  /** Starts the built simulator as a process of its own; `npm run build` must have run. */
  async function startProcess(dataFolder: string): Promise<{ child: ChildProcess; endpoint: string }> {
    const child = spawn(process.execPath, ["--input-type=module", "-e", program, dataFolder], {
      cwd: fileURLToPath(new URL("../..", import.meta.url)),
      stdio: ["ignore", "pipe", "inherit"],
    });
    for await (const line of createInterface({ input: child.stdout })) {
      return { child, endpoint: (JSON.parse(line) as { endpoint: string }).endpoint };
    }
    throw new Error("the simulator ended before it listened");
  }

  it("still has every part it acknowledged, and the rest whole or not at all", async () => {
    const dataFolder = await mkdtemp(join(tmpdir(), "sampan-killed-"));
    const bytes = randomBytes(12 * partBytes);
    const path = await fileOf("killed.vhd", bytes);
    const { accessKeyId, accessKeySecret } = simulator.credentials;
    const keys = {
      region: "oss-cn-hangzhou",
      accessKeyId,
      accessKeySecret,
      authorizationV4: true,
      retryMax: 0,
    };
    const connect = (endpoint: string) =>
      new OSS({ ...keys, endpoint, sldEnable: true, bucket: "killed" } as OSS.Options);
    let running = await startProcess(dataFolder);
    try {
      await connect(running.endpoint).putBucket("killed");
      const { uploadId } = await connect(running.endpoint).initMultipartUpload("disk.vhd");
      const acknowledged = new Map<number, string>();
      for (let round = 0; round < 4; round++) {
        const oss = connect(running.endpoint);
        const send = async (number: number) => {
          const from = (number - 1) * partBytes;
          const part = await oss.uploadPart("disk.vhd", uploadId, number, path, from, from + partBytes);
          acknowledged.set(number, part.etag);
        };
        const missing = Array.from({ length: 12 }, (_, index) => index + 1).filter(
          (n) => !acknowledged.has(n),
        );
        const sending = Promise.allSettled(missing.map(send));
        if (round === 3) {
          await sending;
          break;
        }
        await wait(20 + round * 15);
        running.child.kill("SIGKILL");
        await sending;
        running = await startProcess(dataFolder);
        const listed = await connect(running.endpoint).listParts("disk.vhd", uploadId, {
          "max-parts": 100,
        } as never);
        const parts = [listed.parts ?? []].flat() as unknown as {
          PartNumber: string;
          ETag: string;
          Size: string;
        }[];
        const held = new Map(parts.map((part) => [Number(part.PartNumber), part]));
        for (const [number, etag] of acknowledged) expect(held.get(number)?.ETag).toBe(etag);
        for (const [number, part] of held) {
          const piece = bytes.subarray((number - 1) * partBytes, number * partBytes);
          const md5 = createHash("md5").update(piece).digest("hex").toUpperCase();
          expect([part.Size, part.ETag]).toEqual([String(partBytes), `"${md5}"`]);
        }
      }
      const all = [...acknowledged].sort(([a], [b]) => a - b).map(([number, etag]) => ({ number, etag }));
      expect(all).toHaveLength(12);
      await connect(running.endpoint).completeMultipartUpload("disk.vhd", uploadId, all);
      running.child.kill("SIGKILL");
      running = await startProcess(dataFolder);
      expect((await connect(running.endpoint).get("disk.vhd")).content.equals(bytes)).toBe(true);
    } finally {
      running.child.kill("SIGKILL");
      await rm(dataFolder, { recursive: true, force: true });
    }
  });
});

interface SignatureV4 {
  signatureUrlV4(method: string, expires: number, request: object, name: string): Promise<string>;
}
