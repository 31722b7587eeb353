// Tests a plan of yours by vitest, against a simulator of the test's own. Run: npx vitest run own-tests
//
// The simulator tells what really reached the cloud: which requests came, and it fails where it is told to.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Simulator } from "@sampan/simulator";
import { Migration } from "sampan";
import { afterEach, beforeEach, expect, it } from "vitest";

let simulator: Simulator;
let folder: string;

beforeEach(async () => {
  simulator = await Simulator.start({ timeScale: 2000 }); // an hour passes in two seconds
  folder = await mkdtemp(join(tmpdir(), "rehearsal-"));
});
afterEach(async () => {
  await simulator.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The plan under test, and where it runs. Import your own in its place; this one moves a small disk with nothing on it. */
async function planOfTest() {
  const disk = Buffer.alloc(2 * 1024 * 1024);
  disk.set([0x80, 0, 0, 0, 0x83, 0, 0, 0, 1, 0, 0, 0, 0xff, 0x0f, 0, 0], 446); // one partition
  disk.set([0x55, 0xaa], 510);
  await writeFile(join(folder, "disk.raw"), disk);
  const plan = Migration.from(join(folder, "disk.raw"))
    .assess({ accept: { "GUESTOS.SystemImage": "nothing is to boot from it" } })
    .capture()
    .toVhd()
    .upload("tested-images", { createBucket: true })
    .import({ name: "tested", createRole: true })
    .copyTo("cn-shanghai");
  const cloud = { kind: "simulator", endpoint: simulator.endpoint } as const;
  return { plan, options: { home: join(folder, ".sampan"), cloud } };
}

it("makes one image in each region, however often it is run", async () => {
  const { plan, options } = await planOfTest();
  const { images } = await plan.run(options);
  expect(images.map(({ region, status }) => [region, status])).toEqual([
    ["cn-hangzhou", "Available"],
    ["cn-shanghai", "Available"],
  ]);
  expect((await plan.run(options)).images).toEqual(images);
  expect(simulator.requests.count({ operation: "CopyImage" })).toBe(1);
}, 60_000);

it("goes on after the cloud has refused, and sends nothing twice", async () => {
  const { plan, options } = await planOfTest();
  const id = simulator.faults.add({
    match: { operation: "ImportImage" },
    times: null,
    effect: { kind: "answer", status: 403, code: "QuotaExceed.Image" },
  });
  await expect(plan.run(options)).rejects.toMatchObject({ name: "SampanError" });
  simulator.faults.remove(id);
  const sent = simulator.requests.count({ operation: "UploadPart" });
  await plan.run(options);
  expect(simulator.requests.count({ operation: "UploadPart" })).toBe(sent);
}, 60_000);
