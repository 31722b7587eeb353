import { encodeVhd } from "@sampan/image";
import { firstDifference, patternSource, readAll } from "@sampan/image/testing";
import { afterEach, describe, expect, it } from "vitest";
import { openHttpHost } from "./http-host.ts";
import { type FileServerOptions, fileServer } from "./testing/file-server.ts";

const MiB = 1024 * 1024;
const text = (words: string) => new TextEncoder().encode(words);
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
const serve = async (files: Record<string, Uint8Array>, options: Partial<FileServerOptions> = {}) => {
  const server = await fileServer({ files, ...options });
  closing.push(() => server.close());
  return server;
};
const bytes = await readAll(patternSource(2 * MiB));

const descriptor = (name: string, lines: string) =>
  text(
    `# Disk DescriptorFile\nversion=1\nCID=11111111\nparentCID=ffffffff\ncreateType="vmfs"\n${lines.replaceAll("NAME", name)}\n`,
  );

describe("a disk image at an address", () => {
  it("is a host with one disk, whose identity is what the server says of it", async () => {
    const files = { "/exports/Web 01.vhd": await readAll(await encodeVhd(patternSource(2 * MiB))) };
    const server = await serve(files);
    const host = await openHttpHost({ url: `${server.origin}/exports/Web%2001.vhd?token=t0ps3cret` });
    closing.push(() => host.close());
    expect([host.title, host.name]).toEqual([`${server.origin}/exports/Web%2001.vhd`, "Web-01"]);
    const [disk] = await host.disks();
    expect(disk).toMatchObject({ name: "Web 01.vhd", sizeBytes: 2 * MiB, system: true });
    expect(JSON.stringify(disk)).not.toContain("t0ps3cret");
    const source = await host.openDisk("Web 01.vhd");
    expect(firstDifference(await readAll(source), bytes)).toBe(-1);
    files["/exports/Web 01.vhd"] = text("another");
    expect((await host.disks())[0]?.identity).not.toEqual(disk?.identity);
  });

  it("of a datastore brings its extents along, with the same query and any name", async () => {
    const name = "vm [1] #2?%20.vmdk";
    const stem = name.slice(0, -5);
    const files = {
      [`/folder/my vm/${name}`]: descriptor(stem, `RW 2048 VMFS "NAME-f1.vmdk"\nRW 2048 VMFS "NAME-f2.vmdk"`),
      [`/folder/my vm/${stem}-f1.vmdk`]: bytes.subarray(0, MiB),
      [`/folder/my vm/${stem}-f2.vmdk`]: bytes.subarray(MiB),
    };
    const server = await serve(files);
    const query = "?dcPath=ha-datacenter&dsName=datastore1";
    const host = await openHttpHost({
      url: `${server.origin}/folder/my%20vm/${encodeURIComponent(name)}${query}`,
    });
    closing.push(() => host.close());
    expect(firstDifference(await readAll(await host.openDisk(name)), bytes)).toBe(-1);
    expect(server.asked.every((line) => line.includes(query))).toBe(true);
    expect((await host.disks())[0]?.identity).toMatchObject({ files: { length: 3 } });
  });

  it("cannot have another file of the server read", async () => {
    const files = {
      "/a/d.vmdk": descriptor("../b/d-flat", `RW 2048 VMFS "NAME.vmdk"`),
      "/b/d-flat.vmdk": bytes,
    };
    const server = await serve(files);
    await expect(openHttpHost({ url: `${server.origin}/a/d.vmdk` })).rejects.toMatchObject({
      code: "IMAGE_PARENT_REFUSED",
    });
    expect(server.asked.some((line) => line.startsWith("/b/"))).toBe(false);
    const image = { allowPaths: ["/b"] };
    const host = await openHttpHost({ url: `${server.origin}/a/d.vmdk` }, { image });
    expect((await host.disks())[0]?.sizeBytes).toBe(MiB);
    await host.close();
  });

  it("that is not there, or lacks a part, is refused by name", async () => {
    const server = await serve({ "/d.vmdk": descriptor("x", `RW 2048 VMFS "NAME.vmdk"`) });
    await expect(openHttpHost({ url: `${server.origin}/none.vmdk` })).rejects.toMatchObject({
      code: "IMAGE_NOT_FOUND",
    });
    await expect(openHttpHost({ url: `${server.origin}/d.vmdk` })).rejects.toMatchObject({
      code: "IMAGE_PART_MISSING",
    });
  });

  it("is read in few requests, whatever small reads are made", async () => {
    const server = await serve({ "/d.vhd": await readAll(await encodeVhd(patternSource(2 * MiB))) });
    const host = await openHttpHost({ url: `${server.origin}/d.vhd` });
    const source = await host.openDisk("d.vhd");
    for (let at = 0; at < 2 * MiB; at += 8192) {
      await source.read({ offset: at, length: 8192 }, new Uint8Array(8192));
    }
    expect(server.asked.length).toBeLessThan(10);
    await host.close();
  });
});
