import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Simulator } from "@sampan/simulator";
import OSS from "ali-oss";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/*
 * The published ali-oss client, unmodified, against a listening simulator. Nothing of Sampan's own cloud code is used:
 * what these tests prove is the wire.
 */

type ClientOptions = OSS.Options & Record<string, unknown>;

let simulator: Simulator;
let folder: string;

beforeAll(async () => {
  simulator = await Simulator.start();
  folder = await mkdtemp(join(tmpdir(), "sampan-oss-client-"));
});

afterAll(async () => {
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
    const meta = await oss.getObjectMeta("images/disk.vhd");
    expect((meta.res.headers as Record<string, string>)["x-oss-hash-crc64ecma"]).toMatch(/^\d+$/);
    await oss.delete("images/disk.vhd");
    expect([200, 204]).toContain((await oss.deleteBucket(bucket)).res.status);
  });
});
