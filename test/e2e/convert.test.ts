import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeFirstGuest } from "../helpers/first-guest.ts";
import { qemuCompare, qemuConvert, qemuInfo } from "../helpers/qemu-img.ts";
import { lacks } from "../helpers/requires.ts";
import { environment, sampan, sampanProgram } from "../helpers/sampan.ts";
import { makeFolder } from "../helpers/temporary-folder.ts";
import { inTerminal, terminalTools } from "../helpers/terminal.ts";

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

  it("loads nothing of guests, clouds, plans or TypeScript to do so", async () => {
    const traces = join(folder, "loaded");
    const args = ["convert", "guest.qcow2", "loaded.vhd"];
    const { exitCode } = await sampan(args, { cwd: folder, env: { NODE_V8_COVERAGE: traces } });
    expect(exitCode).toBe(0);
    const texts = await Promise.all(
      (await readdir(traces)).map((name) => readFile(join(traces, name), "utf8")),
    );
    const loaded = texts.flatMap((text) =>
      (JSON.parse(text) as { result: readonly { url: string }[] }).result.map(({ url }) => url),
    );
    expect(loaded.some((url) => /packages\/image\/dist\//.test(url))).toBe(true);
    const foreign =
      /packages\/(guest|host|cloud|simulator|sdk)\/|node_modules\/(jiti|typescript|rxjs|zod|ali-oss|@alicloud)\//;
    expect(loaded.filter((url) => foreign.test(url))).toEqual([]);
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

  it("says at which rate, and how much was skipped and why", async () => {
    const { stderr } = await sampan(["convert", "guest.qcow2", "told.vhd", "--used-only"], { cwd: folder });
    expect(stderr).toMatch(
      /told\.vhd: \S+ \S+ file, 512 MiB disk, .* written in .* at .*\/s; skipped \d+ MiB of holes/,
    );
    const again = ["convert", "guest.qcow2", "told.vhd", "--used-only", "--force", "--verify", "--json"];
    const { stdout } = await sampan(again, { cwd: folder });
    const told = JSON.parse(stdout) as {
      readonly dataBytes: number;
      readonly ratePerSecond: number;
      readonly skipped: {
        readonly holeBytes: number;
        readonly freeBytes: number;
        readonly zeroBytes: number;
      };
    };
    expect(told).toMatchObject({ verified: true, missingParent: null, notes: [] });
    expect(told.ratePerSecond).toBeGreaterThan(0);
    expect(told.skipped.holeBytes + told.skipped.freeBytes + told.dataBytes).toBe(512 * MiB);
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

const MiB = 1024 ** 2;

describe("sampan convert, broken off", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await makeFolder();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.skipIf(lacks(...terminalTools))("by Ctrl+C leaves nothing behind, and says so", async () => {
    // 4 GiB that are written for seconds and take 16 MiB: the same file over and over.
    const home = join(folder, "interrupted");
    await mkdir(home);
    await writeFile(join(home, "large-flat.vmdk"), randomBytes(16 * MiB));
    await writeFile(join(home, "large.vmdk"), flatDescriptor("large-flat.vmdk", 16 * MiB, 256));
    const { exitCode, screen } = await inTerminal(
      [process.execPath, sampanProgram, "convert", "large.vmdk", "out.vhd"],
      { cwd: home, typing: [{ until: /writing: \d+ %/, text: "\u0003" }] },
    );
    expect(exitCode, screen).toBe(130);
    expect(screen).toMatch(/CORE_CANCELLED.*by Ctrl\+C/);
    expect(screen).toContain("Nothing was left behind");
    expect((await readdir(home)).sort()).toEqual(["large-flat.vmdk", "large.vmdk"]);
  });

  const unshare = ["--user", "--map-root-user", "--mount", "--"];
  const mayMount = async () =>
    (await execa("unshare", [...unshare, "true"], { reject: false })).exitCode === 0;

  it.skipIf(lacks("unshare", "mount"))("by a full file system leaves nothing behind", async ({ skip }) => {
    if (!(await mayMount())) skip("this system lets nobody mount a file system of their own");
    const small = join(folder, "small");
    await mkdir(small);
    await writeFile(join(folder, "data.raw"), randomBytes(8 * MiB));
    // Its data alone would fit, so that the check before the first byte lets it pass; the tables on top do not.
    const script = 'mount -t tmpfs -o size=8m tmpfs "$1" && shift && "$@"; code=$?; ls -A small; exit $code';
    const convert = ["convert", "data.raw", "small/out.qcow2", "--source-format", "raw"];
    const done = await execa(
      "unshare",
      [...unshare, "sh", "-c", script, "sh", small, process.execPath, sampanProgram, ...convert],
      { cwd: folder, env: environment(), extendEnv: false, reject: false },
    );
    expect(done.stderr).toMatch(/^error IMAGE_NO_SPACE: .*ENOSPC/);
    expect([done.exitCode, done.stdout]).toEqual([1, ""]);
  });
});

/** A VMDK descriptor of a flat disk that is made of one file, again and again. */
function flatDescriptor(file: string, fileBytes: number, times: number): string {
  const extent = `RW ${fileBytes / 512} FLAT "${file}" 0`;
  return [
    "# Disk DescriptorFile",
    "version=1",
    "CID=12345678",
    "parentCID=ffffffff",
    'createType="twoGbMaxExtentFlat"',
    ...Array.from({ length: times }, () => extent),
    "",
  ].join("\n");
}
