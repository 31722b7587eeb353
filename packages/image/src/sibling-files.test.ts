import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ImageChain, maximumChainLinks } from "./chain/image-chain.ts";
import type { OpenImageOptions } from "./disk-image.ts";
import { SiblingFiles } from "./sibling-files.ts";

let folder: string;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "sampan-siblings-")));
  for (const name of ["images", "images/below", "allowed", "allowed/deep", "elsewhere"])
    await mkdir(join(folder, name));
  for (const name of [
    "images/child",
    "images/beside",
    "images/below/far",
    "allowed/deep/base",
    "elsewhere/secret",
  ])
    await writeFile(join(folder, name), name);
  await symlink(join(folder, "elsewhere/secret"), join(folder, "images/link-out"));
  await symlink(join(folder, "images/beside"), join(folder, "images/link-in"));
  await symlink(join(folder, "images"), join(folder, "other-way"));
  await symlink(join(folder, "allowed"), join(folder, "allowed-link"));
  await symlink(join(folder, "elsewhere"), join(folder, "allowed/out"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const siblings = (options: OpenImageOptions = {}, image = "images/child") => {
  const path = join(folder, image);
  return new SiblingFiles(path, options, ImageChain.from(path), () => {
    throw new Error("not reached");
  });
};
const refused = { code: "IMAGE_PARENT_REFUSED" };
const missing = { code: "IMAGE_PART_MISSING" };

describe("a file that an image names", () => {
  test("is found beside the image, by a plain, dotted, absolute, linked or backslashed name", async () => {
    const beside = join(folder, "images/beside");
    for (const name of ["beside", "./beside", ".\\beside", "../images/beside", beside, "link-in"])
      expect(await siblings().find(name, "parent")).toBe(beside);
    expect(await siblings({}, "other-way/child").find("beside", "parent")).toBe(beside);
  });

  test("is refused elsewhere, whether it exists or not", async () => {
    const names = [
      "/etc/shadow",
      "/no/such/file",
      "../elsewhere/secret",
      "../nothing",
      "below/far",
      "link-out",
      "..",
      ".",
    ];
    for (const name of names) await expect(siblings().find(name, "parent")).rejects.toMatchObject(refused);
  });

  test("is refused when its name is a protocol, empty or holds a NUL", async () => {
    for (const name of ["nbd://localhost/x", "json:{}", "file:beside", "fat:rw:/", "", "beside\0"])
      await expect(siblings().find(name, "parent")).rejects.toMatchObject(refused);
  });

  test("is opened below an allowed folder, and only there, links followed", async () => {
    const base = join(folder, "allowed/deep/base");
    for (const allowed of ["allowed", "allowed/deep", "allowed-link", "allowed/deep/base"]) {
      const files = siblings({ allowPaths: [join(folder, allowed)] });
      expect(await files.find("../allowed/deep/base", "parent")).toBe(base);
      expect(await files.find(base, "parent")).toBe(base);
      await expect(files.find("../elsewhere/secret", "parent")).rejects.toMatchObject(refused);
    }
    const files = siblings({ allowPaths: [join(folder, "allowed")] });
    await expect(files.find("../allowed/out/secret", "parent")).rejects.toMatchObject(refused);
    await expect(files.find("../allowed-not/base", "parent")).rejects.toMatchObject(refused);
    await expect(files.find("../allowed/nothing", "parent")).rejects.toMatchObject(missing);
  });

  test("is found by its base name only where that is asked for", async () => {
    const foreign = "C:\\Hyper-V\\Disks\\beside";
    await expect(siblings().find(foreign, "parent")).rejects.toMatchObject(refused);
    const beside = join(folder, "images/beside");
    expect(await siblings().find(foreign, "parent", { byBaseName: true })).toBe(beside);
    const files = siblings({ allowPaths: [join(folder, "allowed")] });
    const base = join(folder, "allowed/deep/base");
    expect(await files.find("C:\\deep\\base", "parent", { byBaseName: true })).toBe(base);
    await expect(files.find("/etc/shadow", "parent", { byBaseName: true })).rejects.toMatchObject(refused);
    await expect(files.find("D:\\far\\nowhere", "parent", { byBaseName: true })).rejects.toMatchObject(
      missing,
    );
  });

  test("is the first of several names that is there", async () => {
    expect(await siblings().find(["nothing", "beside"], "parent")).toBe(join(folder, "images/beside"));
    await expect(siblings().find(["nothing", "nobody"], "parent")).rejects.toMatchObject(missing);
  });

  test("is refused as corrupt when it is the image itself, also by another name", async () => {
    for (const name of ["child", "../images/child"]) {
      await expect(siblings().openFile(name, "part")).rejects.toMatchObject({ code: "IMAGE_CORRUPT" });
      await expect(siblings().openImage(name, "parent")).rejects.toMatchObject({ code: "IMAGE_CORRUPT" });
    }
  });
});

test("a chain ends at its limit and refuses what is in it", () => {
  let chain = ImageChain.from("/0");
  for (let link = 1; link < maximumChainLinks; link++) chain = chain.next(`/${link}`, "/0", "parent");
  expect(chain.depth).toBe(maximumChainLinks - 1);
  expect(() => chain.next("/one-more", "/0", "parent")).toThrow("link 65");
  expect(() => chain.assertNew("/7", "/0", "parent")).toThrow("children");
});
