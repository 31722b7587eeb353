import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Simulator } from "@sampan/simulator";
import OSS from "ali-oss";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

/*
 * The published ali-oss client, unmodified: what it does with objects beyond uploads. Its types lack much of this.
 */

type Result = {
  readonly res: { readonly status: number; readonly headers: Readonly<Record<string, string>> };
  readonly status: number;
  readonly [name: string]: unknown;
};
type Client = Readonly<Record<string, (...values: unknown[]) => Promise<Result>>>;

let simulator: Simulator;

beforeAll(async () => {
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  simulator = await Simulator.start();
});

afterAll(async () => {
  vi.restoreAllMocks();
  await simulator?.stop();
});

function client(options: Record<string, unknown>, bucket: string): Client {
  const { accessKeyId, accessKeySecret } = simulator.credentials;
  const form = { endpoint: simulator.endpoint, sldEnable: true, region: "oss-cn-hangzhou" };
  const all = { ...form, accessKeyId, accessKeySecret, bucket, ...options };
  return new OSS(all as OSS.Options) as unknown as Client;
}

describe.each([
  ["V1 to localhost", "v1", {}],
  ["V4 to localhost", "v4", { authorizationV4: true }],
  ["V1 to an IP address", "v1-ip", { sldEnable: false, ip: true }],
  ["V4 to an IP address", "v4-ip", { sldEnable: false, ip: true, authorizationV4: true }],
])("ali-oss by %s", (_title, name, { ip, ...options }: Record<string, unknown>) => {
  const bucket = `objects-${name}`;
  let oss: Client;

  const call = (method: string, ...values: unknown[]): Promise<Result> => {
    const found = oss[method];
    if (!found) throw new Error(`ali-oss has no ${method}`);
    return found.apply(oss, values);
  };
  const failure = (work: Promise<unknown>) =>
    work.then(
      () => expect.fail(),
      (error: Error) => error,
    );

  beforeAll(async () => {
    const endpoint = ip ? { endpoint: `http://127.0.0.1:${simulator.port}` } : {};
    oss = client({ ...options, ...endpoint }, bucket);
    await call("putBucket", bucket);
  });

  it("appends from where the last call ended", async () => {
    const first = await call("append", "log", Buffer.from("foo"));
    const second = await call("append", "log", Buffer.from("bar"), { position: first.nextAppendPosition });
    expect([first.nextAppendPosition, second.nextAppendPosition]).toEqual(["3", "6"]);
    expect(await failure(call("append", "log", Buffer.from("x")))).toMatchObject({
      name: "PositionNotEqualToLengthError",
      message: "Position is not equal to file length",
    });
    expect(String((await call("get", "log")).content)).toBe("foobar");
  });

  it("makes and reads links, tags and metadata that are not ASCII", async () => {
    await call("put", "dir/target-测试", Buffer.from("bytes"));
    await call("putSymlink", "dir/link-链接", "/dir/target-测试", { meta: { uid: "1" } });
    expect((await call("getSymlink", "dir/link-链接")).targetName).toBe("dir/target-测试");
    expect(String((await call("get", "dir/link-链接")).content)).toBe("bytes");
    await call("putObjectTagging", "dir/target-测试", { a: "1", b: "2" });
    expect((await call("getObjectTagging", "dir/target-测试")).tag).toEqual({ a: "1", b: "2" });
    expect((await call("deleteObjectTagging", "dir/target-测试")).status).toBe(204);
  });

  it("lists and deletes keys of every kind", async () => {
    const keys = ["a<b&c>d +", "是 空格 +-/\\&*#(1) ", "\u0001\n\f\u0007Pc", `it's "q"`];
    for (const key of keys) await call("put", `odd/${key}`, Buffer.alloc(0));
    const listed = (await call("list", { prefix: "odd/" })).objects as { name: string }[];
    expect(listed.map((object) => object.name).sort()).toEqual(keys.map((key) => `odd/${key}`).sort());
    const deleted = (
      await call(
        "deleteMulti",
        keys.map((key) => `odd/${key}`),
      )
    ).deleted as { Key: string }[];
    expect(deleted.map(({ Key }) => Key)).toEqual(keys.map((key) => `odd/${key}`));
    expect((await call("list", { prefix: "odd/" })).objects).toEqual([]);
  });

  it("restores what is archived", async () => {
    await call("put", "cold", Buffer.from("x"), { headers: { "x-oss-storage-class": "Archive" } });
    expect((await call("restore", "cold")).res.status).toBe(202);
    expect(await failure(call("restore", "cold"))).toMatchObject({ name: "RestoreAlreadyInProgressError" });
    expect(await failure(call("get", "cold"))).toMatchObject({ name: "InvalidObjectStateError" });
    await call("put", "warm", Buffer.from("x"));
    expect(await failure(call("restore", "warm"))).toMatchObject({ name: "OperationNotSupportedError" });
  });

  it("keeps versions", async () => {
    const versioned = `versions-${name}`;
    await call("putBucket", versioned);
    await call("useBucket", versioned);
    try {
      await call("putBucketVersioning", versioned, "Enabled");
      const put = await call("put", "k", Buffer.from("one"));
      const versionId = put.res.headers["x-oss-version-id"];
      const marked = await call("delete", "k");
      expect(await failure(call("get", "k"))).toMatchObject({ status: 404, code: "NoSuchKey" });
      const marker = marked.res.headers["x-oss-version-id"];
      expect(await failure(call("get", "k", { versionId: marker }))).toMatchObject({ status: 405 });
      expect(String((await call("get", "k", { versionId })).content)).toBe("one");
      expect((await call("copy", "copy", "k", { versionId })).res.status).toBe(200);
      const listed = await call("getBucketVersions", {});
      expect(listed.objects).toHaveLength(2);
      expect(listed.deleteMarker).toHaveLength(1);
      await call("delete", "k", { versionId: marker });
      expect((await call("head", "k")).res.headers["x-oss-version-id"]).toBe(versionId);
    } finally {
      await call("useBucket", bucket);
    }
  });

  describe("with a server of its own", () => {
    let server: Server;
    const bodies: string[] = [];

    beforeAll(async () => {
      server = createServer((request, response) => {
        request.on("data", (piece) => bodies.push(String(piece)));
        request.on("end", () => response.end('{"Status":"OK"}'));
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    });

    afterAll(() => server.close());

    it("is told of what it stored", async () => {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const body = `size=\${size}&v=\${x:v}`;
      const callback = { url, body, customValue: { v: "1" } };
      expect((await call("put", "told", Buffer.from("12345"), { callback })).data).toEqual({ Status: "OK" });
      const large = Buffer.alloc(200 * 1024, 1);
      const done = await call("multipartUpload", "told-too", large, { partSize: 102_400, callback });
      expect(done.data).toEqual({ Status: "OK" });
      expect(bodies).toEqual(["size=5&v=1", `size=${large.length}&v=1`]);
    });
  });
});
