import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Simulator } from "../../simulator.ts";
import { ecs } from "../../testing/launch.ts";
import { sendOss } from "../../testing/raw-client.ts";

const MiB = 1024 ** 2;

let simulator: Simulator;

beforeEach(async () => {
  simulator = await Simulator.start({ switches: { importRole: "ready" } });
  simulator.clock.freeze();
});

afterEach(() => simulator.stop());

/** Imports a raw disk with an image check and gives what the check found. */
async function checked(disk: Buffer, more: Readonly<Record<string, string>> = {}) {
  await sendOss(simulator, { method: "PUT", bucket: "images" });
  await sendOss(simulator, { method: "PUT", bucket: "images", key: "d.raw", body: disk });
  const { ImageId } = await ecs(simulator, "ImportImage", {
    "DiskDeviceMapping.1.OSSBucket": "images",
    "DiskDeviceMapping.1.OSSObject": "d.raw",
    "DiskDeviceMapping.1.Format": "RAW",
    DetectionStrategy: "Standard",
    ...more,
  });
  const during = await ecs(simulator, "DescribeImages", { ImageId, Status: "Waiting,Creating" });
  expect(during.Images.Image[0].DetectionOptions).toMatchObject({
    Status: "Processing",
    Items: { Item: [] },
  });
  simulator.clock.advance(3_600_000);
  const [image] = (await ecs(simulator, "DescribeImages", { ImageId })).Images.Image;
  return image.DetectionOptions;
}

/** A disk with a partition table of the old kind, one ext4 partition and code to start from. */
function mbrDisk(): Buffer {
  const disk = Buffer.alloc(4 * MiB);
  disk.fill(0x90, 0, 32);
  disk.writeUInt8(0x83, 446 + 4);
  disk.writeUInt32LE(2048, 446 + 8);
  disk.writeUInt32LE(4096, 446 + 12);
  disk.writeUInt16LE(0xaa55, 510);
  disk.write("53ef", MiB + 0x438, "hex");
  return disk;
}

/** A disk with a GPT, an EFI system partition with FAT32, and XFS. */
function gptDisk(): Buffer {
  const disk = Buffer.alloc(4 * MiB);
  disk.writeUInt16LE(0xaa55, 510);
  disk.write("EFI PART", 512, "latin1");
  disk.writeBigUInt64LE(2n, 512 + 72);
  disk.writeUInt32LE(128, 512 + 80);
  disk.writeUInt32LE(128, 512 + 84);
  const entry = (index: number, type: string, first: bigint, last: bigint) => {
    const at = 1024 + index * 128;
    disk.write(type, at, "hex");
    disk.writeBigUInt64LE(first, at + 32);
    disk.writeBigUInt64LE(last, at + 40);
  };
  entry(0, "28732ac11ff8d211ba4b00a0c93ec93b", 2048n, 4095n);
  entry(1, "af3dc60f838472478e793d69d8477de4", 4096n, 8000n);
  disk.write("FAT32", MiB + 0x52, "latin1");
  disk.write("XFSB", 2 * MiB, "latin1");
  return disk;
}

describe("an image check", () => {
  it("sees partitions, file system and boot code of a BIOS disk, and no risk", async () => {
    expect(await checked(mbrDisk())).toEqual({
      Status: "Finished",
      Items: {
        Item: [
          { Name: "GUESTOS.SystemDiskSize", Value: String(4 * MiB) },
          { Name: "GUESTOS.PartitionTable", Value: "MBR" },
          { Name: "GUESTOS.FileSystem", Value: "ext" },
          { Name: "GUESTOS.BootMode", Value: "BIOS" },
        ],
      },
    });
  });

  it("finds that a UEFI disk was imported as one of BIOS", async () => {
    expect((await checked(gptDisk())).Items.Item).toEqual([
      { Name: "GUESTOS.SystemDiskSize", Value: String(4 * MiB) },
      { Name: "GUESTOS.PartitionTable", Value: "GPT" },
      { Name: "GUESTOS.FileSystem", Value: "vfat,xfs" },
      { Name: "GUESTOS.BootMode", Value: "UEFI", RiskCode: "BootModeMismatch", RiskLevel: "High" },
    ]);
  });

  it("says nothing of what it cannot judge", async () => {
    expect((await checked(Buffer.alloc(MiB))).Items.Item).toEqual([
      { Name: "GUESTOS.SystemDiskSize", Value: String(MiB) },
      { Name: "GUESTOS.PartitionTable", Value: "none", RiskCode: "NoPartitionTable", RiskLevel: "High" },
    ]);
  });

  it("never fails on nonsense in a partition table", async () => {
    const disk = gptDisk();
    disk.fill(0xff, 1024, 1024 + 128 * 64);
    expect(await checked(disk, { BootMode: "UEFI" })).toMatchObject({ Status: "Finished" });
    disk.writeUInt32LE(0xffffffff, 512 + 84);
    expect(await checked(disk)).toMatchObject({ Status: "Finished" });
  });

  it("finds what it is told to find", async () => {
    await simulator.stop();
    const item = { name: "GUESTOS.Virtio", value: "not installed", riskCode: "NoVirtio", riskLevel: "High" };
    simulator = await Simulator.start({ switches: { importRole: "ready" }, detection: [item] });
    simulator.clock.freeze();
    expect((await checked(mbrDisk())).Items.Item).toContainEqual({
      Name: "GUESTOS.Virtio",
      Value: "not installed",
      RiskCode: "NoVirtio",
      RiskLevel: "High",
    });
  });
});
