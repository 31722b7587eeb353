import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Simulator } from "../../simulator.ts";
import { type RawRequest, send, sendOss } from "../../testing/raw-client.ts";
import { refererFits } from "./protections.ts";

const dayMs = 86_400_000;
const bucket = "configured";
let simulator: Simulator;

beforeAll(async () => {
  simulator = await Simulator.start();
  simulator.clock.freeze();
  await call({ method: "PUT" });
});

afterAll(() => simulator?.stop());

const call = (raw: RawRequest) => sendOss(simulator, { bucket, ...raw });
const put = (resource: string, body: string, extra: Readonly<Record<string, string>> = {}) =>
  call({ method: "PUT", query: { [resource]: "", ...extra }, body });
const get = async (resource: string) =>
  (await call({ method: "GET", query: { [resource]: "" } })).body.toString();
/** As a browser sends it: nobody signs. */
const browse = (method: string, key: string, headers: Readonly<Record<string, string>>) =>
  send(simulator.port, method, `/${bucket}/${key}`, headers);

describe("what was never set", () => {
  it.each([
    ["lifecycle", "NoSuchLifecycle"],
    ["cors", "NoSuchCORSConfiguration"],
    ["website", "NoSuchWebsiteConfiguration"],
    ["worm", "NoSuchWORMConfiguration"],
    ["inventory", "NoSuchInventory"],
    ["encryption", "NoSuchServerSideEncryptionRule"],
    ["transferAcceleration", "NoSuchTransferAccelerationConfiguration"],
  ])("is told for %s by %s", async (resource, code) => {
    expect(await call({ method: "GET", query: { [resource]: "" } })).toMatchObject({ status: 404, code });
  });

  it("is empty, or the default, for the others", async () => {
    expect(await get("tagging")).toContain("<Tagging><TagSet></TagSet></Tagging>");
    expect(await get("logging")).toContain("<BucketLoggingStatus></BucketLoggingStatus>");
    expect(await get("referer")).toContain("<AllowEmptyReferer>true</AllowEmptyReferer>");
    expect(await get("requestPayment")).toContain("<Payer>BucketOwner</Payer>");
  });
});

describe("rules for other origins", () => {
  const rules = `<CORSConfiguration><CORSRule><AllowedOrigin>https://*.example.com</AllowedOrigin>
    <AllowedMethod>GET</AllowedMethod><AllowedMethod>PUT</AllowedMethod><AllowedHeader>x-oss-*</AllowedHeader>
    <ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>60</MaxAgeSeconds></CORSRule></CORSConfiguration>`;
  const ask = (origin: string, method: string, headers: string) =>
    browse("OPTIONS", "some/key", {
      origin,
      "access-control-request-method": method,
      "access-control-request-headers": headers,
    });

  it("decide a preflight, which nobody signs", async () => {
    expect(await ask("https://www.example.com", "PUT", "")).toMatchObject({
      status: 403,
      code: "AccessForbidden",
    });
    await put("cors", rules);
    const allowed = await ask("https://www.example.com", "PUT", "X-OSS-Meta-a, x-oss-date");
    expect(allowed.status).toBe(200);
    expect(allowed.headers).toMatchObject({
      "access-control-allow-origin": "https://www.example.com",
      "access-control-allow-methods": "GET, PUT",
      "access-control-allow-headers": "x-oss-meta-a, x-oss-date",
      "access-control-expose-headers": "ETag",
      "access-control-max-age": "60",
      vary: "Origin",
    });
    expect((await ask("https://example.org", "PUT", "")).status).toBe(403);
    expect((await ask("https://www.example.com", "DELETE", "")).status).toBe(403);
    expect((await ask("https://www.example.com", "PUT", "authorization")).status).toBe(403);
    expect((await browse("OPTIONS", "some/key", {})).status).toBe(403);
  });

  it("let the page read the answer, an error too, and say nothing to others", async () => {
    const fromPage = { origin: "https://www.example.com" };
    await call({ method: "PUT", key: "page", body: "x" });
    const found = await call({ method: "GET", key: "page", headers: fromPage });
    expect(found.headers["access-control-allow-origin"]).toBe("https://www.example.com");
    const missing = await call({ method: "GET", key: "none", headers: fromPage });
    expect([missing.status, missing.headers["access-control-allow-origin"]]).toEqual([404, fromPage.origin]);
    const other = await call({ method: "GET", key: "page", headers: { origin: "https://example.org" } });
    expect(other.headers["access-control-allow-origin"]).toBeUndefined();
  });

  it.each([
    ["no rule", "", "MalformedXML"],
    ["no method", "<CORSRule><AllowedOrigin>*</AllowedOrigin></CORSRule>", "MalformedXML"],
    [
      "a strange method",
      "<CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>PATCH</AllowedMethod></CORSRule>",
      "InvalidArgument",
    ],
    [
      "two stars",
      "<CORSRule><AllowedOrigin>*.*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule>",
      "InvalidArgument",
    ],
  ])("are refused with %s", async (_, inner, code) => {
    expect(await put("cors", `<CORSConfiguration>${inner}</CORSConfiguration>`)).toMatchObject({
      status: 400,
      code,
    });
  });
});

describe("a list of referers", () => {
  it("keeps other pages out, but not callers who sign their requests", async () => {
    await call({ method: "PUT", query: { acl: "" }, headers: { "x-oss-acl": "public-read" } });
    await call({ method: "PUT", key: "picture", body: "x" });
    await put(
      "referer",
      `<RefererConfiguration><AllowEmptyReferer>false</AllowEmptyReferer><RefererList>
       <Referer>https://*.example.com</Referer></RefererList></RefererConfiguration>`,
    );
    const from = async (headers: Readonly<Record<string, string>>) =>
      (await browse("GET", "picture", headers)).status;
    expect(await from({ referer: "https://www.example.com/a/b?c" })).toBe(200);
    expect(await from({ referer: "https://example.org/" })).toBe(403);
    expect(await from({})).toBe(403);
    expect((await call({ method: "GET", key: "picture" })).status).toBe(200);
    await put("referer", "<RefererConfiguration><RefererList></RefererList></RefererConfiguration>");
    expect(await from({})).toBe(200);
  });

  it.each([
    ["http://a.com", "http://a.com/path", true],
    ["http://a.com", "http://a.com.evil.org/", false],
    ["http://?.com", "http://b.com", true],
    ["http://*", "http://anything/at/all", true],
    ["*.com", "http://a.org", false],
    ["*a*a*a*a*a*a*a*a*b", "a".repeat(2000), false],
  ])("reads %s against %s as %s", (pattern, referer, fits) => {
    expect(refererFits(pattern, referer)).toBe(fits);
  });
});

describe("a retention policy", () => {
  const held = "retained";
  const onHeld = (raw: RawRequest) => sendOss(simulator, { bucket: held, ...raw });
  const begin = (days: string) =>
    onHeld({
      method: "POST",
      query: { worm: "" },
      body: `<InitiateWormConfiguration><RetentionPeriodInDays>${days}</RetentionPeriodInDays></InitiateWormConfiguration>`,
    });

  it("protects objects for its days, lapses unless locked, and once locked only grows", async () => {
    await onHeld({ method: "PUT" });
    await onHeld({ method: "PUT", key: "kept", body: "x" });
    expect(await begin("0")).toMatchObject({ status: 400, code: "MalformedXML" });
    const first = (await begin("2")).headers["x-oss-worm-id"] ?? "";
    expect(first).toMatch(/^[0-9A-F]{32}$/);
    expect(await begin("2")).toMatchObject({ status: 409, code: "InvalidWORMConfiguration" });
    expect(await onHeld({ method: "DELETE", key: "kept" })).toMatchObject({
      status: 409,
      code: "FileImmutable",
    });
    expect(await onHeld({ method: "PUT", key: "kept", body: "y" })).toMatchObject({ code: "FileImmutable" });
    simulator.clock.advance(dayMs);
    expect(await onHeld({ method: "POST", query: { wormId: first } })).toMatchObject({
      status: 404,
      code: "NoSuchWORMConfiguration",
    });
    const second = (await begin("2")).headers["x-oss-worm-id"] ?? "";
    expect((await onHeld({ method: "POST", query: { wormId: second } })).status).toBe(200);
    expect(await onHeld({ method: "DELETE", query: { worm: "" } })).toMatchObject({
      status: 409,
      code: "WORMConfigurationLocked",
    });
    const extend = (days: string) =>
      onHeld({
        method: "POST",
        query: { wormExtend: "", wormId: second },
        body: `<ExtendWormConfiguration><RetentionPeriodInDays>${days}</RetentionPeriodInDays></ExtendWormConfiguration>`,
      });
    expect((await extend("2")).status).toBe(409);
    expect((await extend("3")).status).toBe(200);
    const shown = (await onHeld({ method: "GET", query: { worm: "" } })).body.toString();
    expect(shown).toContain(`<WormId>${second}</WormId><State>Locked</State><RetentionPeriodInDays>3<`);
    simulator.clock.advance(3 * dayMs);
    expect((await onHeld({ method: "DELETE", key: "kept" })).status).toBe(204);
  });
});

describe("the other settings", () => {
  it("keep tags, by which buckets can be listed", async () => {
    const tag = (key: string, value: string) => `<Tag><Key>${key}</Key><Value>${value}</Value></Tag>`;
    await put("tagging", `<Tagging><TagSet>${tag("a", "1")}${tag("b", "2")}</TagSet></Tagging>`);
    const list = async (tagging: string) =>
      (await sendOss(simulator, { method: "GET", query: { tagging } })).body.toString();
    expect(await list('"a":"1","b":"2"')).toContain(`<Name>${bucket}</Name>`);
    expect(await list('"a"')).toContain("<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag>");
    expect(await list('"a":"3"')).not.toContain("<Name>");
    expect((await sendOss(simulator, { method: "GET", query: { tagging: "a:1" } })).code).toBe(
      "InvalidArgument",
    );
    expect((await put("tagging", `<Tagging><TagSet>${tag("aliyun", "")}</TagSet></Tagging>`)).code).toBe(
      "InvalidArgument",
    );
    await call({ method: "DELETE", query: { tagging: "a" } });
    expect(await get("tagging")).toContain("<TagSet><Tag><Key>b</Key><Value>2</Value></Tag></TagSet>");
    await call({ method: "DELETE", query: { tagging: "" } });
    expect(await get("tagging")).toContain("<TagSet></TagSet>");
  });

  it("list buckets in pages", async () => {
    for (const name of ["page-a", "page-b", "page-c"])
      await sendOss(simulator, { method: "PUT", bucket: name });
    const page = async (query: Readonly<Record<string, string>>) =>
      (await sendOss(simulator, { method: "GET", query: { prefix: "page-", ...query } })).body.toString();
    const first = await page({ "max-keys": "2" });
    expect(first).toContain("<IsTruncated>true</IsTruncated><NextMarker>page-b</NextMarker>");
    expect(await page({ marker: "page-b" })).toMatch(/<IsTruncated>false<.*<Name>page-c</);
    expect((await sendOss(simulator, { method: "GET", query: { "max-keys": "1001" } })).code).toBe(
      "InvalidArgument",
    );
  });

  it("lose nothing when many are made at once", async () => {
    const inventory = (id: string) => `<InventoryConfiguration><Id>${id}</Id><IsEnabled>true</IsEnabled>
      <Destination><OSSBucketDestination><Format>CSV</Format><AccountId>1</AccountId>
      <RoleArn>acs:ram::1:role/r</RoleArn><Bucket>acs:oss:::b</Bucket></OSSBucketDestination></Destination>
      <Schedule><Frequency>Daily</Frequency></Schedule><IncludedObjectVersions>All</IncludedObjectVersions>
      <OptionalFields><Field>Size</Field></OptionalFields></InventoryConfiguration>`;
    const ids = Array.from({ length: 105 }, (_, index) => `i${String(index).padStart(3, "0")}`);
    await Promise.all(ids.map((id) => put("inventory", inventory(id), { inventoryId: id })));
    const first = await get("inventory");
    expect(first.match(/<Id>/g)).toHaveLength(100);
    expect(first).toContain("<NextContinuationToken>i099</NextContinuationToken>");
    const query = { inventory: "", "continuation-token": "i099" };
    expect((await call({ method: "GET", query })).body.toString().match(/<Id>/g)).toHaveLength(5);
    expect(await call({ method: "GET", query: { inventory: "", inventoryId: "__proto__" } })).toMatchObject({
      status: 400,
    });
    expect((await put("inventory", inventory("other"), { inventoryId: "i000" })).code).toBe(
      "InvalidArgument",
    );
    expect((await call({ method: "DELETE", query: { inventory: "", inventoryId: "i000" } })).status).toBe(
      204,
    );
  });

  it("show in the bucket's own description and statistics", async () => {
    await put(
      "encryption",
      `<ServerSideEncryptionRule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>KMS</SSEAlgorithm>
       <KMSMasterKeyID>key-1</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></ServerSideEncryptionRule>`,
    );
    await put(
      "transferAcceleration",
      "<TransferAccelerationConfiguration><Enabled>true</Enabled></TransferAccelerationConfiguration>",
    );
    const info = await get("bucketInfo");
    expect(info).toContain("<SSEAlgorithm>KMS</SSEAlgorithm><KMSMasterKeyID>key-1</KMSMasterKeyID>");
    expect(info).toContain("<TransferAcceleration>Enabled</TransferAcceleration>");
    expect((await call({ method: "DELETE", query: { encryption: "" } })).status).toBe(204);
    const stat = await get("stat");
    expect(stat).toMatch(/<Storage>2<\/Storage><ObjectCount>2<\/ObjectCount>/);
    const target = (name: string) =>
      `<BucketLoggingStatus><LoggingEnabled><TargetBucket>${name}</TargetBucket></LoggingEnabled></BucketLoggingStatus>`;
    expect((await put("logging", target("nobodys"))).code).toBe("InvalidTargetBucketForLogging");
    expect((await put("logging", target(bucket))).status).toBe(200);
  });

  it("let the requester pay only when he says so", async () => {
    await put(
      "requestPayment",
      "<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>",
    );
    expect((await browse("GET", "picture", { "x-oss-request-payer": "requester" })).status).toBe(403);
    expect((await call({ method: "GET", key: "picture" })).status).toBe(200);
    await put(
      "requestPayment",
      "<RequestPaymentConfiguration><Payer>BucketOwner</Payer></RequestPaymentConfiguration>",
    );
    expect((await browse("GET", "picture", {})).status).toBe(200);
  });
});

it("survives a restart", async () => {
  const dataFolder = await mkdtemp(join(tmpdir(), "sampan-configuration-"));
  const website =
    "<WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument></WebsiteConfiguration>";
  const first = await Simulator.start({ dataFolder });
  await sendOss(first, { method: "PUT", bucket });
  await sendOss(first, { method: "PUT", bucket, query: { website: "" }, body: website });
  await first.stop();
  const second = await Simulator.start({ dataFolder });
  const { body } = await sendOss(second, { method: "GET", bucket, query: { website: "" } });
  expect(body.toString()).toContain(website);
  await second.stop();
  await rm(dataFolder, { recursive: true });
});
