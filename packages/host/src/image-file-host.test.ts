import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isSampanError } from "@sampan/core";
import { encodeVhd, writeImage } from "@sampan/image";
import { patternSource } from "@sampan/image/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openImageFileHost } from "./image-file-host.ts";

let folder: string;
let path: string;
const sizeBytes = 3 * 1024 * 1024;

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
