import { execFile } from "node:child_process";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { GiB, MiB } from "@sampan/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AllocationMap } from "../../allocation-map.ts";
import { patternSource } from "../../testing/index.ts";
import { writeImage } from "../../write-image.ts";
import { encodeVhd } from "./encode-vhd.ts";

const run = promisify(execFile);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-vhd-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

for (const subformat of ["dynamic", "fixed"] as const) {
  test(`qemu-img finds the same disk in a ${subformat} VHD, at its exact size`, async () => {
    const size = 9 * MiB - 512;
    const map = AllocationMap.ofData(size, [
      { offset: 0, length: 70_000 },
      { offset: 3 * MiB + 512, length: 4096 },
      { offset: size - 1536, length: 1536 },
    ]);
    const source = patternSource(size, map);
    const vhd = await encodeVhd(source, { subformat });
    const path = join(folder, `${subformat}.vhd`);
    await writeImage(vhd, path);
    expect((await stat(path)).size).toBe(vhd.sizeBytes);
    const raw = new Uint8Array(9 * MiB);
    await source.read({ offset: 0, length: size }, raw.subarray(0, size));
    await writeFile(join(folder, "a.raw"), raw);
    for (const force of ["", ",force_size_calc=current_size"]) {
      const options = `driver=vpc,file.driver=file,file.filename=${path}${force}`;
      const { stdout } = await run("qemu-img", ["info", "--output=json", "--image-opts", options]);
      expect(JSON.parse(stdout)["virtual-size"]).toBe(9 * MiB);
    }
    await run("qemu-img", ["compare", "-f", "raw", "-F", "vpc", join(folder, "a.raw"), path]);
  });
}
test("big", async () => {
  const size = 2040 * GiB;
  const map = AllocationMap.ofData(size, [{ offset: size - 512, length: 512 }]);
  const vhd = await encodeVhd(patternSource(size, map));
  expect(vhd.sizeBytes).toBe(512 + 1024 + 1044480 * 4 + 2 * MiB + 512 + 512);
});
