import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { isSampanError } from "@sampan/core";
import { encodeVhd, writeImage } from "@sampan/image";
import { firstDifference, makeDescriptor, patternSource, readAll } from "@sampan/image/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openImageFileHost } from "./image-file-host.ts";

let folder: string;
let path: string;
const MiB = 1024 * 1024;
const sizeBytes = 3 * MiB;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sampan-host-"));
  path = join(folder, "Web server (01).vhd");
  await writeImage(await encodeVhd(patternSource(sizeBytes)), path);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("an image file as a host", () => {
  it("has one disk, its system disk, with the bytes of the image", async () => {
    const host = await openImageFileHost(path);
    const [disk] = await host.disks();
    expect(await host.disks()).toHaveLength(1);
    expect(disk).toMatchObject({ name: "Web server (01).vhd", sizeBytes, system: true });
    const source = await host.openDisk("Web server (01).vhd");
    const bytes = new Uint8Array(4096);
    const expected = new Uint8Array(4096);
    await source.read({ offset: 1_000_000, length: 4096 }, bytes);
    await patternSource(sizeBytes).read({ offset: 1_000_000, length: 4096 }, expected);
    expect(bytes).toEqual(expected);
    await source.close();
    // Closing a source leaves the disk open for others; closing the host ends it.
    await (await host.openDisk("Web server (01).vhd")).read({ offset: 0, length: 4096 }, bytes);
    await host.close();
  });

  it("that is a package has all its disks, the first of which boots", async () => {
    const ovf = join(folder, "shop.ovf");
    await writeImage(await encodeVhd(patternSource(MiB)), join(folder, "boot.vhd"));
    await writeImage(await encodeVhd(patternSource(2 * MiB)), join(folder, "data.vhd"));
    writeFileSync(ovf, packageOf(["boot.vhd", "data.vhd"]));
    const host = await openImageFileHost(ovf);
    const disks = await host.disks();
    expect(disks.map(({ name, sizeBytes: size, system }) => [name, size, system])).toEqual([
      ["boot.vhd", MiB, true],
      ["data.vhd", 2 * MiB, false],
    ]);
    expect((await host.openDisk("data.vhd")).sizeBytes).toBe(2 * MiB);
    await host.close();
    const chosen = await openImageFileHost(ovf, { disk: "data.vhd" });
    expect((await chosen.disks()).map(({ sizeBytes: size }) => size)).toEqual([2 * MiB]);
    await chosen.close();
  });

  it("that is a disk in parts is one disk, from its descriptor", async () => {
    const parts = [1, 2].map((number) => join(folder, `split-f00${number}.vmdk`));
    const bytes = await readAll(patternSource(2 * MiB));
    for (const [index, part] of parts.entries())
      writeFileSync(part, bytes.subarray(index * MiB, (index + 1) * MiB));
    const lines = parts.map((part) => `RW ${MiB / 512} FLAT "${basename(part)}" 0`);
    writeFileSync(join(folder, "split.vmdk"), makeDescriptor("twoGbMaxExtentFlat", lines));
    const host = await openImageFileHost(join(folder, "split.vmdk"));
    const [disk] = await host.disks();
    expect(disk?.identity).toMatchObject({
      files: [{ file: "split.vmdk" }, { sizeBytes: MiB }, { sizeBytes: MiB }],
    });
    expect(firstDifference(await readAll(await host.openDisk("split.vmdk")), bytes)).toBe(-1);
    await host.close();
  });

  it.each([
    ["Web server (01).vhd", "Web-server-01"],
    ["10.0.0.7-数据库.raw", "disk-image"],
    ["-.qcow2", "disk-image"],
    ["db_02.vmdk", "db-02"],
  ])("gives %s a name fit for images: %s", async (file, name) => {
    const named = join(mkdtempSync(join(folder, "name-")), file);
    writeFileSync(named, new Uint8Array(1024 * 1024));
    expect((await openImageFileHost(named, { format: "raw" })).name).toBe(name);
  });

  it("is another disk once its file has changed", async () => {
    const identity = async () => (await (await openImageFileHost(path)).disks())[0]?.identity;
    const before = await identity();
    expect(await identity()).toEqual(before);
    utimesSync(path, new Date(), new Date(1_600_000_000_000));
    expect(await identity()).not.toEqual(before);
  });

  it("refuses a disk it does not have, naming the one it has", async () => {
    const host = await openImageFileHost(path);
    const refused = await host.openDisk("sdb").catch((error: unknown) => error);
    expect(isSampanError(refused, "HOST_DISK_UNKNOWN")).toBe(true);
    expect(String(refused)).toContain("Web server (01).vhd");
  });
});

/** An OVF description of disks that lie beside it. */
function packageOf(files: readonly string[]): string {
  const references = files.map((file, index) => `<File ovf:href="${file}" ovf:id="f${index}"/>`);
  const disks = files.map(
    (_file, index) =>
      `<Disk ovf:capacity="${index + 1}" ovf:capacityAllocationUnits="byte * 2^20" ovf:diskId="d${index}" ovf:fileRef="f${index}"/>`,
  );
  return `<?xml version="1.0"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
  <References>${references.join("")}</References>
  <DiskSection><Info>Disks</Info>${disks.join("")}</DiskSection>
  <VirtualSystem ovf:id="vm"><Info>A machine</Info></VirtualSystem>
</Envelope>
`;
}
