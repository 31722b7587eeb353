import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeFirstGuest } from "../helpers/first-guest.ts";
import { qemuCompare, qemuConvert, qemuInfo } from "../helpers/qemu-img.ts";
import { lacks } from "../helpers/requires.ts";
import { sampan } from "../helpers/sampan.ts";
import { makeFolder } from "../helpers/temporary-folder.ts";

describe.skipIf(lacks("qemu-img"))("sampan convert", () => {
  let folder: string;
  const guest = () => join(folder, "guest.qcow2");
  beforeAll(async () => {
    folder = await makeFolder();
    await writeFirstGuest(guest());
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("writes every target so that qemu-img finds the same disk in it", async () => {
    for (const [file, format] of [
      ["out.vhd", "vpc"],
      ["out.raw", "raw"],
      ["out.qcow2", "qcow2"],
    ] as const) {
      const { exitCode } = await sampan(["convert", "guest.qcow2", file, "--verify"], { cwd: folder });
      expect(exitCode).toBe(0);
      const written = { path: join(folder, file), format };
      expect(await qemuCompare({ path: guest(), format: "qcow2" }, written)).toBe("identical");
    }
  });

  it("says when a VHD's size had been rounded to CHS, and writes whole MiB", async () => {
    const rounded = { path: join(folder, "rounded.vhd"), format: "vpc" } as const;
    await qemuConvert({ path: guest(), format: "qcow2" }, rounded);
    expect((await qemuInfo(rounded.path, "vpc"))["virtual-size"] % (1024 * 1024)).not.toBe(0);
    const { exitCode, stderr } = await sampan(["convert", "rounded.vhd", "whole.vhd"], { cwd: folder });
    expect(exitCode).toBe(0);
    expect(stderr).toContain("rounded to a CHS geometry");
    expect(stderr).toContain("a VHD is a whole number of MiB");
    const whole = { path: join(folder, "whole.vhd"), format: "vpc" } as const;
    expect((await qemuInfo(whole.path, "vpc"))["virtual-size"] % (1024 * 1024)).toBe(0);
    expect(await qemuCompare(rounded, whole)).toBe("identical");
  });

  it("reads a parent in another folder only when that folder is allowed, and leaves nothing when it is not", async () => {
    const parents = join(folder, "parents");
    const children = join(folder, "children");
    await Promise.all([parents, children].map((path) => mkdir(path)));
    const parent = { path: join(parents, "base.vmdk"), format: "vmdk" } as const;
    await qemuConvert({ path: guest(), format: "qcow2" }, parent);
    const child = join(children, "delta.vmdk");
    await execa("qemu-img", ["create", "-q", "-f", "vmdk", "-b", parent.path, "-F", "vmdk", child]);

    const refused = await sampan(["convert", "delta.vmdk", "out.raw", "--json"], { cwd: children });
    expect(refused.json()).toMatchObject({ type: "error", code: "IMAGE_PARENT_REFUSED" });
    expect(await readdir(children)).toEqual(["delta.vmdk"]);

    const allowed = ["convert", "delta.vmdk", "out.raw", "--allow-path", "../parents"];
    expect((await sampan(allowed, { cwd: children })).exitCode).toBe(0);
    const written = { path: join(children, "out.raw"), format: "raw" } as const;
    expect(await qemuCompare({ path: guest(), format: "qcow2" }, written)).toBe("identical");
    const shown = await sampan(["inspect", "delta.vmdk", "--allow-path", parents], { cwd: children });
    expect(shown.stdout).toMatch(/^changes since +.*base\.vmdk/m);
  });
});
