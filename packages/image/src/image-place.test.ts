import { posix } from "node:path";
import { SampanError } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { encodeVhd } from "./encoders/vhd/encode-vhd.ts";
import type { FilesOfImage } from "./image-place.ts";
import { listPackagedDisks } from "./list-packaged-disks.ts";
import { openDiskImage } from "./open-disk-image.ts";
import { firstDifference, memorySource, patternSource, readAll } from "./testing/index.ts";

const MiB = 1024 * 1024;
const text = (words: string) => new TextEncoder().encode(words);
const pattern = (sizeBytes: number) => readAll(patternSource(sizeBytes));

/** Files in memory, as some server has them; remembers what it was asked for. */
function filesInMemory(files: Readonly<Record<string, Uint8Array>>, listed = true) {
  const asked: string[] = [];
  const place: FilesOfImage = {
    async realPath(path) {
      asked.push(path);
      return files[path] && path;
    },
    realFolder: async (path) => path,
    list: async (folder) =>
      listed
        ? Object.keys(files)
            .filter((path) => posix.dirname(path) === folder)
            .map((path) => posix.basename(path))
        : undefined,
    async open(path) {
      const bytes = files[path];
      if (!bytes) throw new SampanError("IMAGE_NOT_FOUND", `opening ${path}, which does not exist`);
      return memorySource(bytes);
    },
  };
  return { place, asked };
}

const descriptor = (cid: string, parent: string, lines: string) =>
  text(`# Disk DescriptorFile
version=1
CID=${cid}
parentCID=${parent}
createType="vmfs"
${lines}
`);

describe("an image whose files lie elsewhere than in a folder", () => {
  it("is read with its parts and its parents", async () => {
    const bytes = await pattern(2 * MiB);
    const { place } = filesInMemory({
      "/vm/a b/disk.vmdk": descriptor(
        "11111111",
        "ffffffff",
        `RW 2048 VMFS "disk-f001.vmdk"\nRW 2048 VMFS "disk-f002.vmdk"`,
      ),
      "/vm/a b/disk-f001.vmdk": bytes.subarray(0, MiB),
      "/vm/a b/disk-f002.vmdk": bytes.subarray(MiB),
    });
    const image = await openDiskImage("/vm/a b/disk.vmdk", { files: place });
    expect(image.info.files).toHaveLength(3);
    expect(firstDifference(await readAll(image.source), bytes)).toBe(-1);
    await image.source.close();
  });

  it("may name files only in its own folder, by the rules of local ones", async () => {
    const flat = (name: string) => descriptor("11111111", "ffffffff", `RW 2048 VMFS "${name}"`);
    const files = { "/vm/other/x-flat.vmdk": await pattern(MiB) };
    for (const name of [
      "/vm/other/x-flat.vmdk",
      "../other/x-flat.vmdk",
      "https://elsewhere/x",
      "..\\other\\x-flat.vmdk",
    ]) {
      const { place, asked } = filesInMemory({ ...files, "/vm/own/d.vmdk": flat(name) });
      await expect(openDiskImage("/vm/own/d.vmdk", { files: place })).rejects.toMatchObject({
        code: "IMAGE_PARENT_REFUSED",
      });
      expect(asked.filter((path) => path !== "/vm/own/d.vmdk")).toEqual([]);
    }
    const { place } = filesInMemory({ ...files, "/vm/own/d.vmdk": flat("/vm/other/x-flat.vmdk") });
    const image = await openDiskImage("/vm/own/d.vmdk", { files: place, allowPaths: ["/vm/other"] });
    expect(image.source.sizeBytes).toBe(MiB);
  });

  it("is a split disk where its folder can be listed, and refused where a lost part would go unseen", async () => {
    const bytes = await pattern(2 * MiB);
    bytes.set([0x55, 0xaa], 510);
    const files = { "/d/disk.001": bytes.subarray(0, MiB), "/d/disk.002": bytes.subarray(MiB) };
    const listed = await openDiskImage("/d/disk.001", { files: filesInMemory(files).place, format: "raw" });
    expect(listed.source.sizeBytes).toBe(2 * MiB);
    const { place } = filesInMemory(files, false);
    await expect(openDiskImage("/d/disk.001", { files: place })).rejects.toMatchObject({
      code: "IMAGE_FORMAT_UNSUPPORTED",
    });
    const alone = filesInMemory({ "/d/disk.001": files["/d/disk.001"] }, false);
    expect((await openDiskImage("/d/disk.001", { files: alone.place, format: "raw" })).source.sizeBytes).toBe(
      MiB,
    );
  });

  it("may be a package", async () => {
    const vhd = await readAll(await encodeVhd(patternSource(MiB)));
    const ovf = text(`<?xml version="1.0"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
  <References><File ovf:href="d.vhd" ovf:id="f"/></References>
  <DiskSection><Info>Disks</Info><Disk ovf:capacity="1048576" ovf:diskId="d" ovf:fileRef="f"/></DiskSection>
  <VirtualSystem ovf:id="vm"><Info>A machine</Info></VirtualSystem>
</Envelope>`);
    const { place } = filesInMemory({ "/x/shop.ovf": ovf, "/x/d.vhd": vhd });
    expect(await listPackagedDisks("/x/shop.ovf", { files: place })).toMatchObject([{ file: "d.vhd" }]);
    const image = await openDiskImage("/x/shop.ovf", { files: place });
    expect(firstDifference(await readAll(image.source), await pattern(MiB))).toBe(-1);
  });

  it("fails as its place fails: an answer that does not come is no file that is not there", async () => {
    const lost = new SampanError("IMAGE_UNREADABLE", "asking for a file: no answer", { retryable: true });
    const { place } = filesInMemory({ "/d/disk.vmdk": descriptor("1", "ffffffff", `RW 2048 VMFS "f.vmdk"`) });
    const failing: FilesOfImage = {
      ...place,
      realPath: async (path) => {
        if (path.endsWith("f.vmdk")) throw lost;
        return path;
      },
    };
    await expect(openDiskImage("/d/disk.vmdk", { files: failing })).rejects.toBe(lost);
  });
});
