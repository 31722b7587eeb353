import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { askEcs, askOss, type Endpoint, type Reply } from "../helpers/signed-requests.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

/*
 * The simulator as a process of its own, killed by SIGKILL while several clients write, then started again over the
 * same folder. Two dozen starts of a process make this slow: some ten seconds.
 */

const root = fileURLToPath(new URL("../..", import.meta.url));
const rounds = 24;
const seed = Number(process.env.SAMPAN_CRASH_SEED ?? 5);
const bucket = "crash";
const role = "AliyunECSImageImportDefaultRole";

const program = `
import { Simulator } from "@sampan/simulator";
const simulator = await Simulator.start({ dataFolder: process.argv[1], switches: { importRole: "ready" } });
process.stdout.write(JSON.stringify({ port: simulator.port, ...simulator.credentials }) + "\\n");
`;

async function startSimulator(folder: string): Promise<{ child: ChildProcess; endpoint: Endpoint }> {
  const args = ["--input-type=module", "-e", program, folder];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  let complaint = "";
  child.stderr.on("data", (text) => {
    complaint += text;
  });
  for await (const line of createInterface({ input: child.stdout })) {
    return { child, endpoint: JSON.parse(line) as Endpoint };
  }
  throw new Error(`the simulator ended before it listened: ${complaint}`);
}

/** Numbers that look random and are the same for the same seed. */
function randomNumbers(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const md5 = (bytes: Buffer | string) => createHash("md5").update(bytes).digest("hex");
const bytesOf = (sizeBytes: number, mark: number) => Buffer.alloc(sizeBytes, `${mark} of the crash test `);

/** A thing in the simulator: what it must be, and what it may be instead because no answer came. */
interface Subject<T> {
  known: T;
  possible: T[];
}

/** Does something that changes a subject: an answer settles it, silence leaves two possibilities. */
async function change<T>(subject: Subject<T>, next: T, work: () => Promise<boolean>): Promise<void> {
  subject.possible = [subject.known, next];
  if (await work()) {
    subject.known = next;
    subject.possible = [next];
  }
}

const went = (reply: Reply) => {
  if (reply.status >= 300) throw new Error(`${reply.status} ${reply.body.toString("utf8")}`);
  return true;
};

it(`keeps what it acknowledged, whole, and leaves nothing lying about, however often it is killed (seed ${seed})`, async () => {
  const folder = await temporaryFolder();
  const random = randomNumbers(seed);
  const objects = new Map<string, Subject<string | null>>();
  const subjectOf = (key: string) => {
    const known = objects.get(key) ?? { known: null, possible: [null] };
    objects.set(key, known);
    return known;
  };
  const parts = new Map<string, { readonly key: string; readonly etags: Map<number, string> }>();
  const images = new Map<string, string>();
  const tags: Subject<string> = { known: "0", possible: ["0"] };
  let serial = 0;
  let acknowledged = 0;

  /** Each client works on things of its own, one after the other, until the simulator is gone. */
  const clients: readonly ((endpoint: Endpoint, id: number) => Promise<void>)[] = [
    async (endpoint, id) => {
      const key = `put-${id}`;
      const body = bytesOf(Math.floor(random() * 300_000), ++serial);
      await change(subjectOf(key), md5(body), async () =>
        went(await askOss(endpoint, "PUT", `/${bucket}/${key}`, { body })),
      );
      const copy = `copy-${id}`;
      const headers = { "x-oss-copy-source": `/${bucket}/${key}` };
      await change(subjectOf(copy), md5(body), async () =>
        went(await askOss(endpoint, "PUT", `/${bucket}/${copy}`, { headers })),
      );
      if (random() < 0.5)
        await change(subjectOf(key), null, async () =>
          went(await askOss(endpoint, "DELETE", `/${bucket}/${key}`)),
        );
    },
    async (endpoint, id) => {
      const key = `parts-${id}`;
      const path = `/${bucket}/${key}`;
      const begun = await askOss(endpoint, "POST", path, { query: { uploads: "" } });
      went(begun);
      const uploadId = /<UploadId>([^<]+)/.exec(begun.body.toString())?.[1] ?? "";
      const etags = new Map<number, string>();
      parts.set(uploadId, { key, etags });
      const bodies = [1, 2, 3].map((number) => bytesOf(102_400 + number, ++serial));
      await Promise.all(
        bodies.map(async (body, index) => {
          const query = { partNumber: String(index + 1), uploadId };
          const reply = await askOss(endpoint, "PUT", path, { query, body });
          went(reply);
          etags.set(index + 1, String(reply.headers.etag));
        }),
      );
      if (random() < 0.3) {
        parts.delete(uploadId);
        went(await askOss(endpoint, "DELETE", path, { query: { uploadId } }));
        return;
      }
      const list = [...etags].sort(([a], [b]) => a - b);
      const inner = list.map(
        ([number, etag]) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`,
      );
      const body = `<CompleteMultipartUpload>${inner.join("")}</CompleteMultipartUpload>`;
      // From here on the upload may be gone or not: what counts is the object.
      parts.delete(uploadId);
      await change(subjectOf(key), md5(Buffer.concat(bodies)), async () =>
        went(await askOss(endpoint, "POST", path, { query: { uploadId }, body })),
      );
    },
    async (endpoint, id) => {
      const key = `disk-${id}-${++serial}.raw`;
      const body = bytesOf(64 * 1024, serial);
      await change(subjectOf(key), md5(body), async () =>
        went(await askOss(endpoint, "PUT", `/${bucket}/${key}`, { body })),
      );
      const name = `image-${serial}`;
      const importing = askEcs(endpoint, "ImportImage", {
        RegionId: "cn-hangzhou",
        ImageName: name,
        RoleName: role,
        ClientToken: name,
        "DiskDeviceMapping.1.OSSBucket": bucket,
        "DiskDeviceMapping.1.OSSObject": key,
        "DiskDeviceMapping.1.Format": "RAW",
      });
      // The object goes while it is being imported: the image must have its bytes, or must not be.
      const removing = change(subjectOf(key), null, async () =>
        went(await askOss(endpoint, "DELETE", `/${bucket}/${key}`)),
      );
      const [{ status, json }] = await Promise.all([importing, removing]);
      if (status === 200) images.set(String(json.ImageId), name);
    },
    async (endpoint) => {
      const value = String(++serial);
      const body = `<Tagging><TagSet><Tag><Key>n</Key><Value>${value}</Value></Tag></TagSet></Tagging>`;
      await change(tags, value, async () =>
        went(await askOss(endpoint, "PUT", `/${bucket}/`, { query: { tagging: "" }, body })),
      );
    },
  ];

  async function verify(endpoint: Endpoint): Promise<void> {
    for (const [key, subject] of objects) {
      const reply = await askOss(endpoint, "GET", `/${bucket}/${key}`);
      const found = reply.status === 404 ? null : md5(reply.body);
      expect(subject.possible, key).toContain(found);
      Object.assign(subject, { known: found, possible: [found] });
    }
    for (const [uploadId, { key, etags }] of parts) {
      const listed = await askOss(endpoint, "GET", `/${bucket}/${key}`, { query: { uploadId } });
      for (const etag of etags.values()) expect(listed.body.toString()).toContain(etag.replaceAll('"', ""));
      // What is left of an upload that nobody goes on with would only grow.
      went(await askOss(endpoint, "DELETE", `/${bucket}/${key}`, { query: { uploadId } }));
      parts.delete(uploadId);
    }
    const shown = (await askOss(endpoint, "GET", `/${bucket}/`, { query: { tagging: "" } })).body.toString();
    const shownTag = /<Value>(\d+)</.exec(shown)?.[1] ?? "";
    expect(tags.possible).toContain(shownTag);
    Object.assign(tags, { known: shownTag, possible: [shownTag] });
    if (images.size > 0) {
      const known = await askEcs(endpoint, "DescribeImages", {
        RegionId: "cn-hangzhou",
        ImageOwnerAlias: "self",
        Status: "Creating,Waiting,Available,UnAvailable,CreateFailed",
        PageSize: "100",
      });
      const text = JSON.stringify(known.json);
      for (const [imageId, name] of [...images].slice(-20)) {
        expect(text, name).toContain(imageId);
        went(await askOss(endpoint, "GET", `/${bucket}/`, { query: { prefix: name } }));
      }
    }
  }

  let running = await startSimulator(folder);
  went(await askOss(running.endpoint, "PUT", `/${bucket}/`));
  const first = `<Tagging><TagSet><Tag><Key>n</Key><Value>0</Value></Tag></TagSet></Tagging>`;
  went(await askOss(running.endpoint, "PUT", `/${bucket}/`, { query: { tagging: "" }, body: first }));
  for (let round = 0; round < rounds; round++) {
    const { child, endpoint } = running;
    let killed = false;
    const work = [...clients, ...clients.slice(0, 3)].map(async (client, id) => {
      try {
        for (;;) {
          await client(endpoint, id);
          acknowledged++;
        }
      } catch (error) {
        // Before the kill every failure is one.
        if (!killed) throw error;
      }
    });
    const whole = Promise.all(work);
    await Promise.race([wait(15 + random() * 120), whole]);
    killed = true;
    child.kill("SIGKILL");
    await Promise.all([
      whole,
      child.exitCode === null && child.signalCode === null ? once(child, "exit") : null,
    ]);
    running = await startSimulator(folder);
    await verify(running.endpoint);
    await expectTidy(folder);
  }
  running.child.kill("SIGKILL");
  expect(acknowledged).toBeGreaterThan(rounds);
}, 120_000);

/** Every file of bytes is one that a record names, and the other way round; no file is one of passage. */
async function expectTidy(folder: string): Promise<void> {
  const paths = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  expect(paths.filter((path) => /\.tmp$/.test(path))).toEqual([]);
  const named = new Set<string>();
  for (const path of paths.filter((candidate) => candidate.startsWith(join(folder, "records")))) {
    for (const match of (await readFile(path, "utf8")).matchAll(/"blob":"([^"]+)"/g))
      named.add(match[1] ?? "");
  }
  const held = paths
    .filter((path) => path.startsWith(join(folder, "blobs")))
    .map((path) => path.split("/").at(-1));
  expect(held.sort()).toEqual([...named].sort());
  // A part belongs to an upload.
  const list = (name: string) => readdir(join(folder, "records", name)).catch((): string[] => []);
  const uploads = await list("uploads");
  const withParts = await list("parts");
  expect(withParts.filter((uploadId) => !uploads.includes(`${uploadId}.json`))).toEqual([]);
}

it("stores the holes of a disk as holes", async () => {
  const folder = await temporaryFolder();
  const { child, endpoint } = await startSimulator(folder);
  went(await askOss(endpoint, "PUT", `/${bucket}/`));
  const body = Buffer.alloc(16 * 1024 * 1024);
  body.fill("data", 5_000_000, 5_100_000);
  went(await askOss(endpoint, "PUT", `/${bucket}/disk.raw`, { body }));
  const blobs = (await readdir(join(folder, "blobs"), { recursive: true, withFileTypes: true })).filter(
    (entry) => entry.isFile(),
  );
  const [blob] = blobs;
  if (!blob) throw new Error("there is no blob");
  const { size, blocks } = await stat(join(blob.parentPath ?? blob.path, blob.name));
  expect(size).toBe(body.length);
  // A block of stat is 512 bytes, whatever the file system's are.
  expect(blocks * 512).toBeLessThan(300_000);
  expect((await askOss(endpoint, "GET", `/${bucket}/disk.raw`)).body.equals(body)).toBe(true);
  child.kill("SIGKILL");
});

it("names the file of a damaged folder", async () => {
  const folder = await temporaryFolder();
  const first = await startSimulator(folder);
  went(await askOss(first.endpoint, "PUT", `/${bucket}/`));
  went(await askOss(first.endpoint, "PUT", `/${bucket}/key`, { body: "bytes" }));
  first.child.kill("SIGKILL");
  await once(first.child, "exit");
  const record = join(folder, `records/objects/${bucket}/key.json`);
  const sound = await readFile(record, "utf8");
  for (const damage of [
    "",
    "{",
    "null",
    "[]",
    '{"key":"key"}',
    sound.replace(/"blob":"[^"]+"/, '"blob":"../../lock.json"'),
  ]) {
    await writeFile(record, damage);
    await expect(startSimulator(folder), damage).rejects.toThrow(
      /SIMULATOR_STATE[\s\S]*objects\/crash\/key\.json/,
    );
  }
  await writeFile(record, sound);
  const path = JSON.parse(sound).content.segments[0].blob as string;
  const blob = join(folder, "blobs", path.slice(0, 2), path);
  await writeFile(blob, "byte");
  await expect(startSimulator(folder)).rejects.toThrow(new RegExp(`SIMULATOR_STATE[\\s\\S]*${path}`));
  await writeFile(blob, "bytes");
  const again = await startSimulator(folder);
  expect((await askOss(again.endpoint, "GET", `/${bucket}/key`)).body.toString()).toBe("bytes");
  expect(dirname(blob)).toContain("blobs");
  again.child.kill("SIGKILL");
});
