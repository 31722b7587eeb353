import { GiB } from "@sampan/core";
import { Migration, type Plan } from "@sampan/sdk";
import { describe, expect, it } from "vitest";
import type { FleetHost } from "../fleet-host.ts";
import { assuming, usualAssumptions } from "./assumptions.ts";
import { expectedDisks, expectedStages, imageRegion, siteRate } from "./stage-times.ts";

const host: FleetHost = {
  name: "web-01",
  source: "ssh://root@web-01",
  site: "sh",
  disks: [],
  bucket: "web-images",
  region: "cn-hangzhou",
  targets: ["cn-shanghai", "ap-southeast-1"],
  wave: "1",
  owner: null,
  after: [],
  sizeBytes: 100 * GiB - 1,
  usedBytes: 20 * GiB,
  more: {},
};

const capture = (source = "ssh://root@web-01") => Migration.from(source).assess().prepare().capture();
const whole: Plan = capture()
  .toVhd()
  .upload("web-images", { bytesPerSecond: 1_000_000 })
  .import({ name: "web-01" })
  .copyTo("cn-shanghai", "ap-southeast-1")
  .plan();

describe("what the stages of a host are expected to need", () => {
  const stages = expectedStages({ host, plan: whole });
  const of = (name: string) => stages.find(({ stage }) => stage === name);

  it("are the stages of its plan, one after the other, and its copies at the same time", () => {
    expect(stages.map(({ stage, turn }) => `${turn} ${stage}`)).toEqual([
      "0 select",
      "1 assess",
      "2 check",
      "3 hold",
      "4 prepare",
      "5 capture",
      "6 convert",
      "7 upload",
      "8 release",
      "9 import",
      "10 copy:cn-shanghai",
      "10 copy:ap-southeast-1",
    ]);
    expect(stages.filter(({ seconds, bytes }) => seconds <= 0 && bytes <= 0)).toEqual([]);
  });

  it("send what is in use over the site's line, no faster than the plan says", () => {
    expect(of("upload")).toMatchObject({
      bytes: 20 * GiB,
      seconds: 0,
      mostBytesPerSecond: 1_000_000,
      resource: "site:sh",
    });
  });

  it("import and copy all of the disk, in slots of the region, slower over a border", () => {
    const seconds = (100 * GiB) / usualAssumptions.importBytesPerSecond.value;
    expect(of("import")).toMatchObject({ seconds, bytes: 0, resource: "import:cn-hangzhou" });
    expect(of("copy:cn-shanghai")).toMatchObject({ seconds, resource: "copy:cn-shanghai" });
    expect(of("copy:ap-southeast-1")).toMatchObject({
      seconds: 2 * seconds,
      resource: "copy:ap-southeast-1",
    });
  });

  it("take numbers of one's own, whose basis goes with them", () => {
    const measured = assuming({ importBytesPerSecond: GiB }, "measured last week");
    expect(measured.importBytesPerSecond).toEqual({
      value: GiB,
      unit: "bytes/s",
      basis: expect.objectContaining({ text: "measured last week" }),
    });
    const again = expectedStages({ host, plan: whole }, measured);
    expect(again.find(({ stage }) => stage === "import")?.seconds).toBe(100);
  });

  it("know the ways of other plans", () => {
    const instance = Migration.from("ecs://cn-beijing/i-abc")
      .assess()
      .snapshot()
      .createImage({ name: "web-01" })
      .plan();
    const made = expectedStages({ host, plan: instance });
    expect(made.map(({ stage }) => stage)).toContain("create-image");
    expect(made.filter(({ resource }) => resource !== null)).toEqual([]);
    expect(imageRegion({ host, plan: instance })).toBe("cn-beijing");

    const byTool = Migration.from("ssh://root@web-01")
      .assess()
      .capture({ tool: "dd", share: { onHost: "/mnt", here: "/srv" } })
      .toVhd()
      .plan();
    const read = expectedStages({ host, plan: byTool }).find(({ stage }) => stage === "capture:dd");
    expect(read?.seconds).toBe(Math.round((100 * GiB) / usualAssumptions.hostBytesPerSecond.value));

    const onHost = Migration.from("ssh://root@web-01").assess().prepare({ on: "host", confirm: true }).plan();
    expect(expectedStages({ host, plan: onHost }).at(-1)?.seconds).toBe(
      usualAssumptions.prepareHostSeconds.value,
    );
  });
});

describe("the disks of a host", () => {
  const disks = (change: Partial<FleetHost>, plan = whole) =>
    expectedDisks({ host: { ...host, ...change }, plan });

  it("are what the inventory says, in whole GiB as ECS counts", () => {
    expect(disks({})).toEqual({
      diskBytes: 100 * GiB,
      sentBytes: 20 * GiB,
      sizeKnown: true,
      sentByUse: true,
      useMissing: false,
    });
  });

  it("count whole where their use is unknown, and as assumed where their size is", () => {
    expect(disks({ usedBytes: null })).toMatchObject({ sentBytes: 100 * GiB, useMissing: true });
    expect(disks({ usedBytes: null, sizeBytes: null })).toMatchObject({
      diskBytes: 40 * GiB,
      sentBytes: 40 * GiB,
      sizeKnown: false,
    });
    expect(disks({ usedBytes: 60 * GiB, sizeBytes: null })).toMatchObject({
      diskBytes: 60 * GiB,
      sentBytes: 60 * GiB,
    });
  });

  it.each([
    ["in RAW", capture().toRaw().plan()],
    ["in fixed VHD", capture().toVhd({ subformat: "fixed" }).plan()],
    [
      "with free space kept",
      Migration.from("a.qcow2").assess().capture({ freeSpace: "keep" }).toVhd().plan(),
    ],
  ])("are sent whole %s", (_, plan) => {
    expect(disks({}, plan).sentBytes).toBe(100 * GiB);
  });
});

it("takes the bandwidth of a site from the policy, of that site alone", () => {
  const policy = { bandwidth: { sh: 1e9 } };
  expect(siteRate("sh", policy)).toEqual({ bytesPerSecond: 1e9, known: true });
  expect(siteRate("toString", policy)).toEqual({ bytesPerSecond: 12.5e6, known: false });
});
