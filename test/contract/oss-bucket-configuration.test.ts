import { Simulator } from "@sampan/simulator";
import OSS from "ali-oss";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/*
 * What can be set on a bucket, through the published ali-oss client, unmodified. Its declarations lack most of these
 * calls, so they are made by name.
 */

const bucket = "client-configured";
const region = "oss-cn-hangzhou";

type Calls = Readonly<Record<string, (...values: readonly unknown[]) => Promise<Record<string, unknown>>>>;

let simulator: Simulator;

beforeAll(async () => {
  simulator = await Simulator.start();
  await client(true).putBucket?.(bucket);
});

afterAll(() => simulator?.stop());

function client(authorizationV4: boolean): Calls {
  const { accessKeyId, accessKeySecret } = simulator.credentials;
  const options = {
    region,
    accessKeyId,
    accessKeySecret,
    endpoint: simulator.endpoint,
    sldEnable: true,
    authorizationV4,
  };
  return new OSS(options as OSS.Options) as unknown as Calls;
}

describe.each([
  ["V4", true],
  ["V1", false],
])("a client that signs with %s", (_, authorizationV4) => {
  const call = async (name: string, ...values: readonly unknown[]) => {
    const oss = client(authorizationV4);
    const method = oss[name];
    if (!method) throw new Error(`the client has no ${name}`);
    return method.call(oss, ...values);
  };

  it("sets, reads and removes rules for other origins", async () => {
    const rules = [
      {
        allowedOrigin: "*",
        allowedMethod: "GET",
        allowedHeader: "*",
        exposeHeader: "ETag",
        maxAgeSeconds: "30",
      },
    ];
    await call("putBucketCORS", bucket, rules);
    expect((await call("getBucketCORS", bucket)).rules).toEqual(rules);
    expect(await call("deleteBucketCORS", bucket)).toMatchObject({ res: { status: 204 } });
    await expect(call("getBucketCORS", bucket)).rejects.toMatchObject({
      code: "NoSuchCORSConfiguration",
      message: "The CORS Configuration does not exist.",
    });
  });

  it("sets, reads and removes a lifecycle in each of its forms", async () => {
    const rule = { id: "one", prefix: "logs/", status: "Enabled" };
    const forms = [
      { days: 1 },
      { date: "2020-02-18T00:00:00.000Z" },
      { abortMultipartUpload: { days: 1 } },
      {
        transition: { createdBeforeDate: "2020-02-18T00:00:00.000Z", storageClass: "Archive" },
        expiration: { createdBeforeDate: "2020-02-17T00:00:00.000Z" },
        tag: { key: "test", value: "123" },
      },
      { noncurrentVersionExpiration: { noncurrentDays: 3 } },
    ];
    for (const form of forms) await call("putBucketLifecycle", bucket, [{ ...rule, ...form }]);
    const tag = [
      { key: 1, value: "2" },
      { key: "k", value: "v" },
    ];
    await call("putBucketLifecycle", bucket, [{ ...rule, expiration: { days: 1 }, tag }]);
    expect((await call("getBucketLifecycle", bucket)).rules).toEqual([
      {
        id: "one",
        prefix: "logs/",
        status: "Enabled",
        tag: [
          { key: "1", value: "2" },
          { key: "k", value: "v" },
        ],
        expiration: { days: "1" },
      },
    ]);
    expect(await call("deleteBucketLifecycle", bucket)).toMatchObject({ res: { status: 204 } });
  });

  it("sets, reads and removes a website with routing rules", async () => {
    const routingRules = [
      {
        RuleNumber: "2",
        Condition: { KeyPrefixEquals: "a/", HttpErrorCodeReturnedEquals: "404" },
        Redirect: {
          RedirectType: "Mirror",
          MirrorURL: "http://www.example.com/",
          MirrorHeaders: { PassAll: "true", Pass: ["one", "two"], Set: { Key: "k", Value: "v" } },
        },
      },
    ];
    const website = { index: "i.html", supportSubDir: "true", type: "1", error: "e.html", routingRules };
    await call("putBucketWebsite", bucket, website);
    expect(await call("getBucketWebsite", bucket)).toMatchObject(website);
    expect(await call("deleteBucketWebsite", bucket)).toMatchObject({ res: { status: 204 } });
  });

  it("sets and reads logging, referers, payment, tags and encryption", async () => {
    await call("putBucketLogging", bucket, "logs/");
    expect(await call("getBucketLogging", bucket)).toMatchObject({ enable: true, prefix: "logs/" });
    await call("deleteBucketLogging", bucket);
    expect(await call("getBucketLogging", bucket)).toMatchObject({ enable: false });
    await call("putBucketReferer", bucket, false, ["http://a.example", "http://b.example"]);
    expect(await call("getBucketReferer", bucket)).toMatchObject({
      allowEmpty: false,
      referers: ["http://a.example", "http://b.example"],
    });
    await call("deleteBucketReferer", bucket);
    expect(await call("getBucketReferer", bucket)).toMatchObject({ allowEmpty: true, referers: null });
    await call("putBucketRequestPayment", bucket, "Requester");
    expect((await call("getBucketRequestPayment", bucket)).payer).toBe("Requester");
    await call("putBucketTags", bucket, { a: "1", b: "2" });
    expect((await call("getBucketTags", bucket)).tag).toEqual({ a: "1", b: "2" });
    const query = { prefix: bucket, subres: { tagging: '"a":"1","b":"2"' } };
    expect((await call("listBuckets", query)).buckets).toMatchObject([
      { name: bucket, tag: { a: "1", b: "2" } },
    ]);
    await call("deleteBucketTags", bucket);
    expect((await call("getBucketTags", bucket)).tag).toEqual({});
    await call("putBucketEncryption", bucket, { SSEAlgorithm: "AES256" });
    expect((await call("getBucketEncryption", bucket)).encryption).toEqual({ SSEAlgorithm: "AES256" });
    expect(await call("deleteBucketEncryption", bucket)).toMatchObject({ res: { status: 204 } });
    expect(typeof (await call("getBucketStat", bucket)).stat).toBe("object");
  });

  it("keeps inventories with every part a client may leave out", async () => {
    const OSSBucketDestination = { format: "CSV", accountId: "1", rolename: "Role", bucket, prefix: "p" };
    const inventory = {
      id: "default",
      isEnabled: false,
      prefix: "ttt",
      OSSBucketDestination,
      frequency: "Daily",
      includedObjectVersions: "All",
      optionalFields: { field: ["Size"] },
    };
    await call("putBucketInventory", bucket, inventory);
    expect((await call("listBucketInventory", bucket)).inventoryList).toHaveLength(1);
    const { prefix: _, ...bare } = inventory;
    const encryption = { "SSE-OSS": "" };
    const other = {
      ...bare,
      id: "encrypted",
      optionalFields: {},
      OSSBucketDestination: { ...OSSBucketDestination, encryption },
    };
    await call("putBucketInventory", bucket, other);
    expect((await call("getBucketInventory", bucket, "default")).inventory).toMatchObject({
      id: "default",
      isEnabled: false,
      prefix: "ttt",
      frequency: "Daily",
      optionalFields: { field: ["Size"] },
      OSSBucketDestination: { rolename: "Role", bucket },
    });
    expect((await call("getBucketInventory", bucket, "encrypted")).inventory).toMatchObject({
      id: "encrypted",
    });
    for (const id of ["default", "encrypted"]) await call("deleteBucketInventory", bucket, id);
    await expect(call("getBucketInventory", bucket, "default")).rejects.toMatchObject({
      code: "NoSuchInventory",
    });
  });

  it("begins, locks and extends a retention policy", async () => {
    const name = `client-worm-${authorizationV4 ? "v4" : "v1"}`;
    await call("putBucket", name);
    await call("initiateBucketWorm", name, "1");
    await call("abortBucketWorm", name);
    const { wormId } = await call("initiateBucketWorm", name, "1");
    await call("completeBucketWorm", name, wormId);
    await call("extendBucketWorm", name, wormId, "2");
    expect(await call("getBucketWorm", name)).toMatchObject({ wormId, state: "Locked", days: "2" });
  });
});
