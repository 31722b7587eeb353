import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { access, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { Simulator } from "./simulator.ts";
import { callRpc, send, sendOss } from "./testing/raw-client.ts";

let folder: string;
const started: Simulator[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-simulator-test-"));
});

afterEach(async () => {
  for (const simulator of started.splice(0)) await simulator.stop();
  await rm(folder, { recursive: true, force: true });
});

async function start(options: Parameters<typeof Simulator.start>[0] = {}): Promise<Simulator> {
  const simulator = await Simulator.start(options);
  started.push(simulator);
  return simulator;
}

const bucket = "kept";
const region = "cn-hangzhou";

async function putDisk(simulator: Simulator): Promise<void> {
  await sendOss(simulator, { method: "PUT", bucket });
  await sendOss(simulator, { method: "PUT", bucket, key: "d.raw", body: Buffer.alloc(1024 ** 2, 5) });
}

const importParameters = {
  RegionId: region,
  ImageName: "web01",
  "DiskDeviceMapping.1.OSSBucket": bucket,
  "DiskDeviceMapping.1.OSSObject": "d.raw",
  "DiskDeviceMapping.1.Format": "RAW",
  "DiskDeviceMapping.1.DiskImageSize": "1",
};

describe("starting and stopping", () => {
  it("has fixed credentials, listens on localhost, and removes its private folder", async () => {
    const simulator = await start();
    expect(simulator.credentials).toMatchObject({
      accountId: "1000000000000001",
      accessKeyId: "SampanSimulatorKey",
      accessKeySecret: "sampan-simulator-secret",
    });
    expect(simulator.endpoint).toBe(`http://localhost:${simulator.port}`);
    expect(simulator.region).toBe("cn-hangzhou");
    const { dataFolder } = simulator;
    await simulator.stop();
    await simulator.stop();
    await expect(access(dataFolder)).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("refuses a folder that is being served, naming the endpoint", async () => {
    const first = await start({ dataFolder: folder });
    await expect(start({ dataFolder: folder })).rejects.toMatchObject({
      code: "SIMULATOR_LOCKED",
      details: { endpoint: first.endpoint, pid: process.pid },
    });
    await first.stop();
    await start({ dataFolder: folder });
  });

  it("refuses a port in use and gives the folder up again", async () => {
    const first = await start();
    const second = start({ port: first.port, dataFolder: folder });
    await expect(second).rejects.toMatchObject({ code: "SIMULATOR_PORT", details: { port: first.port } });
    await start({ dataFolder: folder });
  });

  it("refuses a folder of another version or with a damaged record", async () => {
    await writeFile(join(folder, "simulator.json"), '{"formatVersion":99}');
    await expect(start({ dataFolder: folder })).rejects.toMatchObject({ code: "SIMULATOR_STATE" });
  });
});

describe("state on disk", () => {
  it("is the same after a restart: buckets, objects, uploads with their parts, images, tasks, roles", async () => {
    const options = { dataFolder: folder, switches: { importRole: "ready" } } as const;
    const first = await start(options);
    await putDisk(first);
    const begun = await sendOss(first, { method: "POST", bucket, key: "big", query: { uploads: "" } });
    const uploadId = /<UploadId>([^<]+)</.exec(begun.body.toString())?.[1] ?? "";
    const bytes = randomBytes(150_000);
    const part = await sendOss(first, {
      method: "PUT",
      bucket,
      key: "big",
      query: { partNumber: "1", uploadId },
      body: bytes,
    });
    const token = { ...importParameters, ClientToken: "tok" };
    const imported = await callRpc(first, "ImportImage", token);
    expect(imported.status).toBe(200);
    const before = await first.state();
    await first.stop();

    const second = await start(options);
    const { clock: _, ...after } = await second.state();
    expect(after).toEqual({
      ...after,
      buckets: before.buckets,
      tasks: before.tasks,
      storedBytes: before.storedBytes,
    });
    const etag = part.headers.etag ?? "";
    const body = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${etag}</ETag></Part></CompleteMultipartUpload>`;
    const done = await sendOss(second, { method: "POST", bucket, key: "big", query: { uploadId }, body });
    expect(done.status).toBe(200);
    expect((await sendOss(second, { method: "GET", bucket, key: "big" })).body.equals(bytes)).toBe(true);
    const again = await callRpc(second, "ImportImage", token);
    expect(again.json.ImageId).toBe(imported.json.ImageId);
    second.clock.advance(3_600_000);
    expect((await second.state()).images[0]).toMatchObject({ status: "Available", percent: 100 });
    await second.stop();

    // Simulated time had run an hour ahead; it may not fall back behind what has happened.
    const third = await start(options);
    expect((await third.state()).images[0]).toMatchObject({ status: "Available" });
  });

  it("holds no more than what is referred to: overwriting, aborting and deleting free their bytes", async () => {
    const simulator = await start({ dataFolder: folder });
    await sendOss(simulator, { method: "PUT", bucket });
    const put = (key: string) => sendOss(simulator, { method: "PUT", bucket, key, body: randomBytes(1000) });
    await put("a");
    await put("a");
    await sendOss(simulator, {
      method: "PUT",
      bucket,
      key: "b",
      headers: { "x-oss-copy-source": `/${bucket}/a` },
    });
    expect((await simulator.state()).storedBytes).toBe(1000);
    await sendOss(simulator, { method: "DELETE", bucket, key: "a" });
    expect((await sendOss(simulator, { method: "GET", bucket, key: "b" })).body).toHaveLength(1000);
    await sendOss(simulator, { method: "DELETE", bucket, key: "b" });
    expect((await simulator.state()).storedBytes).toBe(0);
  });
});

describe("a disk that is really full", () => {
  const tiny = mkdtempSync(join(tmpdir(), "sampan-tiny-"));
  const isMounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=3000k", "tmpfs", tiny]).status === 0;

  afterAll(() => {
    if (isMounted) spawnSync("umount", [tiny]);
    rmSync(tiny, { recursive: true, force: true });
  });

  it.skipIf(!isMounted)(
    "is a 500 for the part that did not fit, and nothing else breaks (needs mount)",
    async () => {
      const simulator = await start({ dataFolder: join(tiny, "data") });
      await sendOss(simulator, { method: "PUT", bucket });
      const put = (key: string) =>
        sendOss(simulator, { method: "PUT", bucket, key, body: randomBytes(1_000_000) });
      for (const key of ["1", "2", "3"]) await put(key);
      expect(await put("4")).toMatchObject({ status: 500, code: "InternalError" });
      await sendOss(simulator, { method: "DELETE", bucket, key: "1" });
      expect((await put("5")).status).toBe(200);
    },
  );
});

describe("the simulator's own addresses", () => {
  const json = { "content-type": "application/json" };

  it("move the clock, add faults, show state and requests", async () => {
    const simulator = await start({ switches: { importRole: "ready" } });
    await putDisk(simulator);
    await callRpc(simulator, "ImportImage", importParameters);
    const post = (path: string, body: object) =>
      send(simulator.port, "POST", path, json, JSON.stringify(body));
    const clock = await post("/_sampan/clock", { advanceMs: 3_600_000, timeScale: 10 });
    expect(JSON.parse(clock.body.toString())).toMatchObject({ timeScale: 10 });
    const state = JSON.parse((await send(simulator.port, "GET", "/_sampan/state")).body.toString());
    expect(state.images[0]).toMatchObject({ name: "web01", status: "Available" });
    const fault = {
      match: { operation: "GetObject" },
      effect: { kind: "answer", status: 500, code: "InternalError" },
    };
    expect((await post("/_sampan/faults", fault)).status).toBe(200);
    expect((await sendOss(simulator, { method: "GET", bucket, key: "d.raw" })).status).toBe(500);
    const log = await send(simulator.port, "GET", "/_sampan/requests?operation=GetObject");
    const [entry] = JSON.parse(log.body.toString()).requests;
    expect(entry).toMatchObject({
      bucket,
      key: "d.raw",
      status: 500,
      code: "InternalError",
      fault: "answer",
    });
    expect((await send(simulator.port, "DELETE", "/_sampan/faults")).status).toBe(200);
    expect(simulator.faults.list()).toEqual([]);
  });

  it("refuse nonsense, strangers' names and what a web page could send", async () => {
    const { port } = await start();
    const post = (headers: Record<string, string>, body: string) =>
      send(port, "POST", "/_sampan/clock", headers, body).then((answer) => answer.status);
    expect(await post(json, '{"advanceMs":-1}')).toBe(400);
    expect(await post(json, "not json")).toBe(400);
    expect(await post({ "content-type": "text/plain" }, "{}")).toBe(415);
    expect(await post({ ...json, host: "evil.example" }, "{}")).toBe(403);
    expect((await send(port, "GET", "/_sampan/nothing")).status).toBe(404);
  });

  it("show no signature and no token", async () => {
    const simulator = await start();
    await putDisk(simulator);
    await callRpc(simulator, "DescribeRegions");
    const expires = String(Math.floor(Date.now() / 1000) + 60);
    const url = `/${bucket}/d.raw?OSSAccessKeyId=SampanSimulatorKey&Expires=${expires}&Signature=canary-signature`;
    await send(simulator.port, "GET", url);
    expect(JSON.stringify(simulator.requests.list())).not.toMatch(
      /canary|sampan-simulator-secret|Credential=/,
    );
  });
});

describe("RPC on the wire", () => {
  it("refuses a nonce used twice", async () => {
    const simulator = await start();
    expect((await callRpc(simulator, "DescribeRegions", {}, { nonce: "one" })).status).toBe(200);
    expect(await callRpc(simulator, "DescribeRegions", {}, { nonce: "one" })).toMatchObject({
      status: 400,
      json: { Code: "SignatureNonceUsed" },
    });
  });

  it("always answers JSON: unknown actions, no signature, a body that cannot be decoded", async () => {
    const simulator = await start();
    expect(await callRpc(simulator, "DescribeAutoSnapshotPolicyEx", { RegionId: region })).toMatchObject({
      status: 404,
      json: { Code: "InvalidAction.NotFound" },
    });
    const unsigned = await send(simulator.port, "GET", "/?Action=DescribeRegions&Version=2014-05-26");
    expect(JSON.parse(unsigned.body.toString())).toMatchObject({ Code: "MissingSignature" });
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const broken = await send(simulator.port, "POST", "/", form, "Action=%ff");
    expect(JSON.parse(broken.body.toString())).toMatchObject({ Code: "InvalidParameter" });
  });

  it("takes 200 KiB of parameters in the request line", async () => {
    const simulator = await start();
    const answer = await callRpc(simulator, "DescribeImages", {
      RegionId: region,
      UserData: "x".repeat(200_000),
    });
    expect(answer.json).toMatchObject({ Code: "UnsupportedParameter" });
  });

  it("keeps an import at a progress, or in the queue, or ends it, when a fault says so", async () => {
    const simulator = await start({ switches: { importRole: "ready" } });
    simulator.clock.freeze();
    await putDisk(simulator);
    const match = { operation: "ImportImage" };
    simulator.faults.add({ match, effect: { kind: "jobHangs", status: "Creating", atPercent: 42 } });
    await callRpc(simulator, "ImportImage", importParameters);
    simulator.clock.advance(10 * 3_600_000);
    expect((await simulator.state()).images[0]).toMatchObject({ status: "Creating", percent: 42 });
    simulator.faults.add({
      match,
      effect: { kind: "jobFails", atPercent: 60, code: "Broken", message: "as told" },
    });
    await sendOss(simulator, { method: "PUT", bucket, key: "e.raw", body: Buffer.alloc(512) });
    const other = { ...importParameters, ImageName: "web02", "DiskDeviceMapping.1.OSSObject": "e.raw" };
    await callRpc(simulator, "ImportImage", other);
    simulator.clock.advance(3_600_000);
    const { images, tasks } = await simulator.state();
    expect(images[1]).toMatchObject({ status: "CreateFailed", percent: 60 });
    expect(tasks[0]).toMatchObject({ status: "Failed", failure: { code: "Broken", message: "as told" } });
  });

  it("runs as fast as it is told", async () => {
    const simulator = await start({ timeScale: 100_000, switches: { importRole: "ready" } });
    await putDisk(simulator);
    await callRpc(simulator, "ImportImage", importParameters);
    await expect.poll(async () => (await simulator.state()).images[0]?.status).toBe("Available");
  });
});
