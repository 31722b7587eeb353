import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Simulator } from "../simulator.ts";
import { type RawRequest, sendOss } from "../testing/raw-client.ts";

const bucket = "versioned";
let simulator: Simulator;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-versions-"));
  simulator = await Simulator.start({ dataFolder: folder });
  await call({ method: "PUT" });
});

afterAll(async () => {
  await simulator?.stop();
  await rm(folder, { recursive: true, force: true });
});

const call = (raw: Omit<RawRequest, "bucket">) => sendOss(simulator, { bucket, ...raw });

const versioning = (status: string) =>
  call({
    method: "PUT",
    query: { versioning: "" },
    body: `<VersioningConfiguration><Status>${status}</Status></VersioningConfiguration>`,
  });

async function put(key: string, body: string): Promise<string> {
  const { headers } = await call({ method: "PUT", key, body });
  return headers["x-oss-version-id"] ?? "";
}

async function get(key: string, versionId?: string) {
  const answer = await call({ method: "GET", key, query: versionId === undefined ? {} : { versionId } });
  return { ...answer, text: answer.body.toString() };
}

describe("a bucket", () => {
  it("has no versions until they are switched on, and says so", async () => {
    const { body } = await call({ method: "GET", query: { versioning: "" } });
    expect(body.toString()).toContain("<VersioningConfiguration></VersioningConfiguration>");
    expect(await put("before", "old")).toBe("");
    expect(await versioning("On")).toMatchObject({
      status: 400,
      code: "IllegalVersioningConfigurationException",
    });
  });

  it("keeps what is replaced once they are", async () => {
    await versioning("Enabled");
    const first = await put("before", "new");
    expect(first).toMatch(/^CAEQ/);
    expect((await get("before")).text).toBe("new");
    expect((await get("before", "null")).text).toBe("old");
    expect(await get("before", "CAEQ0")).toMatchObject({ status: 404, code: "NoSuchVersion" });
  });

  it("marks what is deleted, and gives it back when the mark is deleted", async () => {
    const version = await put("marked", "bytes");
    const { headers, status } = await call({ method: "DELETE", key: "marked" });
    expect([status, headers["x-oss-delete-marker"]]).toEqual([204, "true"]);
    const marker = headers["x-oss-version-id"] ?? "";
    const gone = await get("marked");
    expect(gone).toMatchObject({ status: 404, code: "NoSuchKey" });
    expect(gone.headers).toMatchObject({ "x-oss-delete-marker": "true", "x-oss-version-id": marker });
    expect(await get("marked", marker)).toMatchObject({ status: 405, code: "MethodNotAllowed" });
    const head = await call({ method: "HEAD", key: "marked", query: { versionId: marker } });
    expect(Buffer.from(head.headers["x-oss-err"] ?? "", "base64").toString()).toContain("MethodNotAllowed");
    await call({ method: "DELETE", key: "marked", query: { versionId: marker } });
    expect((await get("marked")).headers["x-oss-version-id"]).toBe(version);
  });

  it("copies, also in parts, from the version named", async () => {
    const version = await put("source", "first");
    await put("source", "second");
    const headers = { "x-oss-copy-source": `/${bucket}/source?versionId=${version}` };
    const copied = await call({ method: "PUT", key: "copy", headers });
    expect(copied.headers["x-oss-copy-source-version-id"]).toBe(version);
    expect((await get("copy")).text).toBe("first");
    const begun = await call({ method: "POST", key: "parts", query: { uploads: "" } });
    const uploadId = /<UploadId>([^<]+)/.exec(begun.body.toString())?.[1] ?? "";
    await call({ method: "PUT", key: "parts", query: { partNumber: "1", uploadId }, headers });
    const complete = { "x-oss-complete-all": "yes" };
    const done = await call({ method: "POST", key: "parts", query: { uploadId }, headers: complete });
    expect(done.headers["x-oss-version-id"]).toMatch(/^CAEQ/);
    expect((await get("parts")).text).toBe("first");
    headers["x-oss-copy-source"] = `/${bucket}/source?versionId=CAEQ0`;
    expect((await call({ method: "PUT", key: "copy", headers })).code).toBe("NoSuchVersion");
  });

  it("replaces only the unversioned version while they are suspended", async () => {
    const kept = await put("suspended", "kept");
    await versioning("Suspended");
    expect(await put("suspended", "one")).toBe("null");
    expect(await put("suspended", "two")).toBe("null");
    expect((await get("suspended", kept)).text).toBe("kept");
    const { headers } = await call({ method: "DELETE", key: "suspended" });
    expect(headers["x-oss-version-id"]).toBe("null");
    expect((await get("suspended", kept)).text).toBe("kept");
    await call({ method: "DELETE", key: "suspended", query: { versionId: "null" } });
    expect((await get("suspended")).text).toBe("kept");
    await versioning("Enabled");
  });

  it("changes permissions and tags of the version named", async () => {
    const version = await put("tagged", "bytes");
    await call({ method: "DELETE", key: "tagged" });
    const query = { versionId: version, tagging: "" };
    const body = "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>";
    expect((await call({ method: "PUT", key: "tagged", query, body })).status).toBe(200);
    expect((await call({ method: "GET", key: "tagged", query })).body.toString()).toContain("<Key>a</Key>");
    const acl = { versionId: version, acl: "" };
    await call({ method: "PUT", key: "tagged", query: acl, headers: { "x-oss-object-acl": "public-read" } });
    const answer = await call({ method: "GET", key: "tagged", query: acl });
    expect(answer.body.toString()).toContain("<Grant>public-read</Grant>");
    expect((await get("tagged", version)).headers["x-oss-tagging-count"]).toBe("1");
  });

  it("lists them a page at a time, latest first", async () => {
    const ids: string[] = [];
    for (const body of ["1", "2", "3"]) ids.unshift(await put("list/a", body));
    await put("list/b/c", "x");
    await call({ method: "DELETE", key: "list/b/c" });
    const page = async (query: Record<string, string>) =>
      (await call({ method: "GET", query: { versions: "", prefix: "list/", ...query } })).body.toString();
    const seen: string[] = [];
    let markers: Record<string, string> = {};
    for (let pages = 0; pages < 9; pages++) {
      const text = await page({ "max-keys": "1", ...markers });
      seen.push(...[...text.matchAll(/<VersionId>([^<]+)/g)].map((match) => match[1] ?? ""));
      const key = /<NextKeyMarker>([^<]+)/.exec(text)?.[1];
      if (key === undefined) break;
      markers = {
        "key-marker": key,
        "version-id-marker": /<NextVersionIdMarker>([^<]+)/.exec(text)?.[1] ?? "",
      };
    }
    expect(seen.slice(0, 3)).toEqual(ids);
    expect(seen).toHaveLength(5);
    const grouped = await page({ delimiter: "/" });
    expect(grouped).toContain("<CommonPrefixes><Prefix>list/b/</Prefix></CommonPrefixes>");
    expect(grouped.match(/<IsLatest>true</g)).toHaveLength(1);
    expect(await page({ "version-id-marker": "x" })).toContain("InvalidArgument");
  });

  it("is not empty while it has any, and shows only objects in the plain list", async () => {
    expect((await call({ method: "DELETE" })).code).toBe("BucketNotEmpty");
    expect((await call({ method: "GET" })).body.toString()).not.toContain("<Key>tagged</Key>");
  });

  it("tells of each key of a mass deletion whether a mark was put or taken", async () => {
    const version = await put("many", "x");
    const { createHash } = await import("node:crypto");
    const remove = async (object: string) => {
      const body = `<Delete><Object>${object}</Object></Delete>`;
      const headers = { "content-md5": createHash("md5").update(body).digest("base64") };
      return (await call({ method: "POST", query: { delete: "" }, body, headers })).body.toString();
    };
    const marked = await remove("<Key>many</Key>");
    const marker = /<DeleteMarkerVersionId>([^<]+)/.exec(marked)?.[1];
    expect(marked).toContain("<DeleteMarker>true</DeleteMarker>");
    expect(await remove(`<Key>many</Key><VersionId>${version}</VersionId>`)).not.toContain("DeleteMarker>");
    const unmarked = await remove(`<Key>many</Key><VersionId>${marker}</VersionId>`);
    expect(unmarked).toContain(`<DeleteMarkerVersionId>${marker}</DeleteMarkerVersionId>`);
    expect((await get("many")).code).toBe("NoSuchKey");
  });
});

it("all versions and marks are there after a restart, and no byte too many", async () => {
  const version = await put("restarted", "one");
  await put("restarted", "two");
  await call({ method: "DELETE", key: "restarted" });
  const before = (await simulator.state()).storedBytes;
  await simulator.stop();
  simulator = await Simulator.start({ dataFolder: folder });
  expect((await simulator.state()).storedBytes).toBe(before);
  expect((await get("restarted", version)).text).toBe("one");
  expect((await get("restarted")).headers["x-oss-delete-marker"]).toBe("true");
});

it("reads a folder from before there were versions and tags", async () => {
  await call({ method: "PUT", key: "plain-record", body: "bytes" });
  await sendOss(simulator, { method: "PUT", bucket: "plain" });
  await sendOss(simulator, { method: "PUT", bucket: "plain", key: "k", body: "bytes" });
  await simulator.stop();
  const records = join(folder, "records", "objects", "plain");
  for (const name of await readdir(records)) {
    const { versionId, tags, ...old } = JSON.parse(await readFile(join(records, name), "utf8"));
    expect([versionId, tags]).toEqual(["null", []]);
    await writeFile(join(records, name), JSON.stringify(old));
  }
  simulator = await Simulator.start({ dataFolder: folder });
  const answer = await sendOss(simulator, { method: "GET", bucket: "plain", key: "k" });
  expect([answer.body.toString(), answer.headers["x-oss-version-id"]]).toEqual(["bytes", undefined]);
});
