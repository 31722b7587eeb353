import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Simulator } from "../../simulator.ts";
import { type RawRequest, sendOss } from "../../testing/raw-client.ts";

const dayMs = 86_400_000;
let simulator: Simulator;
let bucket: string;
let serial = 0;

beforeAll(async () => {
  simulator = await Simulator.start();
  simulator.clock.freeze();
});

afterAll(() => simulator?.stop());

beforeEach(async () => {
  bucket = `lifecycle-${serial++}`;
  await call({ method: "PUT" });
});

const call = (raw: Omit<RawRequest, "bucket">) => sendOss(simulator, { bucket, ...raw });

const rule = (inner: string, status = "Enabled") =>
  `<Rule><ID>r${serial++}</ID><Prefix>logs/</Prefix><Status>${status}</Status>${inner}</Rule>`;

const setRules = (...rules: readonly string[]) =>
  call({
    method: "PUT",
    query: { lifecycle: "" },
    body: `<LifecycleConfiguration>${rules.join("")}</LifecycleConfiguration>`,
  });

const keys = async () => {
  const { body } = await call({ method: "GET", query: {} });
  return [...body.toString().matchAll(/<Key>([^<]*)<\/Key>/g)].map((match) => match[1]);
};

describe("a lifecycle", () => {
  it("expires what is old enough at the midnight after, and nothing else", async () => {
    await call({ method: "PUT", key: "logs/old", body: "x" });
    await call({ method: "PUT", key: "kept", body: "x" });
    expect((await setRules(rule("<Expiration><Days>3</Days></Expiration>"))).status).toBe(200);
    simulator.clock.advance(2 * dayMs);
    await call({ method: "PUT", key: "logs/young", body: "x" });
    expect(await keys()).toEqual(["kept", "logs/old", "logs/young"]);
    simulator.clock.advance(2 * dayMs);
    expect(await keys()).toEqual(["kept", "logs/young"]);
    simulator.clock.advance(2 * dayMs);
    expect(await keys()).toEqual(["kept"]);
  });

  it("ends and cools versions that are no longer current, and markers with nothing behind them", async () => {
    await call({
      method: "PUT",
      query: { versioning: "" },
      body: "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
    });
    const put = (body: string) => call({ method: "PUT", key: "logs/v", body });
    await put("one");
    await setRules(
      rule("<NoncurrentVersionExpiration><NoncurrentDays>4</NoncurrentDays></NoncurrentVersionExpiration>"),
      rule(
        "<NoncurrentVersionTransition><NoncurrentDays>1</NoncurrentDays><StorageClass>IA</StorageClass></NoncurrentVersionTransition>",
      ),
      rule("<Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>"),
    );
    simulator.clock.advance(10 * dayMs);
    await put("two");
    const versions = async () => (await call({ method: "GET", query: { versions: "" } })).body.toString();
    simulator.clock.advance(2 * dayMs);
    expect(await versions()).toMatch(/<StorageClass>Standard<.*<StorageClass>IA</);
    simulator.clock.advance(3 * dayMs);
    expect((await versions()).match(/<VersionId>/g)).toHaveLength(1);
    await call({ method: "DELETE", key: "logs/v" });
    expect((await versions()).match(/<VersionId>/g)).toHaveLength(2);
    simulator.clock.advance(6 * dayMs);
    expect(await versions()).not.toContain("<VersionId>");
  });

  it("aborts uploads that nobody completes, and frees their parts", async () => {
    const begun = await call({ method: "POST", key: "logs/upload", query: { uploads: "" } });
    const uploadId = /<UploadId>([^<]+)</.exec(begun.body.toString())?.[1] ?? "";
    await call({ method: "PUT", key: "logs/upload", query: { partNumber: "1", uploadId }, body: "part" });
    await setRules(rule("<AbortMultipartUpload><Days>1</Days></AbortMultipartUpload>"));
    simulator.clock.advance(2 * dayMs);
    expect(await call({ method: "GET", key: "logs/upload", query: { uploadId } })).toMatchObject({
      status: 404,
      code: "NoSuchUpload",
    });
    expect((await simulator.state()).buckets.find(({ name }) => name === bucket)?.uploads).toEqual([]);
  });

  it("moves objects to colder classes, never back, and leaves their times alone", async () => {
    const put = await call({ method: "PUT", key: "logs/a", body: "x" });
    await setRules(
      rule(
        "<Transition><Days>2</Days><StorageClass>IA</StorageClass></Transition>" +
          "<Transition><Days>5</Days><StorageClass>Archive</StorageClass></Transition>",
      ),
    );
    const storageClass = async () =>
      (await call({ method: "HEAD", key: "logs/a" })).headers["x-oss-storage-class"];
    simulator.clock.advance(3 * dayMs);
    expect(await storageClass()).toBe("IA");
    simulator.clock.advance(3 * dayMs);
    expect(await storageClass()).toBe("Archive");
    expect((await call({ method: "HEAD", key: "logs/a" })).headers.etag).toBe(put.headers.etag);
  });

  it("takes everything changed before a date, from the next midnight on", async () => {
    await call({ method: "PUT", key: "logs/a", body: "x" });
    const date = new Date(simulator.clock.now() + dayMs).toISOString().slice(0, 10);
    await setRules(
      rule(`<Expiration><CreatedBeforeDate>${date}T00:00:00.000Z</CreatedBeforeDate></Expiration>`),
    );
    expect(await keys()).toEqual(["logs/a"]);
    simulator.clock.advance(dayMs);
    expect(await keys()).toEqual([]);
  });

  it("rests while its rule is disabled, and respects sizes and prefixes left out", async () => {
    await call({ method: "PUT", key: "logs/small", body: "x" });
    await call({ method: "PUT", key: "logs/large", body: "x".repeat(100) });
    await call({ method: "PUT", key: "logs/not/large", body: "x".repeat(100) });
    const expiration = "<Expiration><Days>1</Days></Expiration>";
    await setRules(rule(expiration, "Disabled"));
    simulator.clock.advance(3 * dayMs);
    expect(await keys()).toHaveLength(3);
    const filter =
      "<Filter><ObjectSizeGreaterThan>50</ObjectSizeGreaterThan><Not><Prefix>logs/not/</Prefix></Not></Filter>";
    await setRules(rule(expiration + filter));
    simulator.clock.advance(3 * dayMs);
    expect(await keys()).toEqual(["logs/not/large", "logs/small"]);
  });

  it("gives its rules back as they are meant", async () => {
    await setRules(rule("<Expiration><Days>3</Days></Expiration><Tag><Key>k</Key><Value>v</Value></Tag>"));
    const text = (await call({ method: "GET", query: { lifecycle: "" } })).body.toString();
    expect(text).toContain("<Prefix>logs/</Prefix><Status>Enabled</Status><Tag><Key>k</Key><Value>v</Value>");
    expect(text).toContain("<Expiration><Days>3</Days></Expiration>");
    expect((await call({ method: "DELETE", query: { lifecycle: "" } })).status).toBe(204);
    expect(await call({ method: "GET", query: { lifecycle: "" } })).toMatchObject({
      status: 404,
      code: "NoSuchLifecycle",
    });
  });

  it.each([
    ["no rule", "", "MalformedXML"],
    ["no action", rule(""), "MalformedXML"],
    ["a status of its own", rule("<Expiration><Days>1</Days></Expiration>", "On"), "MalformedXML"],
    ["no moment", rule("<Expiration></Expiration>"), "MalformedXML"],
    ["zero days", rule("<Expiration><Days>0</Days></Expiration>"), "MalformedXML"],
    [
      "a class nothing moves to",
      rule("<Transition><Days>1</Days><StorageClass>Standard</StorageClass></Transition>"),
      "MalformedXML",
    ],
    ["two prefixes", rule("<Prefix>b/</Prefix><Expiration><Days>1</Days></Expiration>"), "MalformedXML"],
    [
      "a date that is no midnight",
      rule("<Expiration><CreatedBeforeDate>2030-01-01T01:00:00.000Z</CreatedBeforeDate></Expiration>"),
      "InvalidArgument",
    ],
    [
      "tags for uploads",
      rule("<AbortMultipartUpload><Days>1</Days></AbortMultipartUpload><Tag><Key>k</Key></Tag>"),
      "InvalidArgument",
    ],
    [
      "an end before the transition",
      rule(
        "<Expiration><Days>5</Days></Expiration><Transition><Days>9</Days><StorageClass>IA</StorageClass></Transition>",
      ),
      "InvalidArgument",
    ],
    [
      "two rules for one thing",
      rule("<Expiration><Days>5</Days></Expiration>") + rule("<Expiration><Days>6</Days></Expiration>"),
      "InvalidArgument",
    ],
  ])("is refused with %s", async (_, rules, code) => {
    expect(await setRules(rules)).toMatchObject({ status: 400, code });
  });

  it("takes overlapping rules when the caller insists", async () => {
    const twice = ["5", "6"].map((days) => rule(`<Expiration><Days>${days}</Days></Expiration>`)).join("");
    const answer = await call({
      method: "PUT",
      query: { lifecycle: "" },
      headers: { "x-oss-allow-same-action-overlap": "true" },
      body: `<LifecycleConfiguration>${twice}</LifecycleConfiguration>`,
    });
    expect(answer.status).toBe(200);
  });
});
