import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { KiB, MiB } from "@sampan/core";
import { createOverlay } from "@sampan/image";
import { describe, expect, it } from "vitest";
import { makePhonyDisk, type PhonyTree } from "../testing/phony-disk.ts";
import { hasTools, runTool } from "../testing/tools.ts";
import { readBytes } from "../volumes/read-bytes.ts";
import { readDiskLayout } from "../volumes/read-layout.ts";
import { writableVolume } from "../volumes/volume-source.ts";
import { type ExtChange, writeExtChanges } from "./ext-writer.ts";

const long = (end: string) => "/far/".padEnd(200, "x") + end;
const many = (folder: string, count: number): PhonyTree =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`${folder}/one-of-many-with-a-long-name-${i}`, { link: "x" }]),
  );

const tree: PhonyTree = {
  "/etc/large": Buffer.alloc(600 * KiB, "l"),
  "/etc/small": "small\n",
  "/etc/empty": "",
  "/etc/labelled": "labelled\n",
  "/etc/named-twice": "twice\n",
  "/etc/gone": "gone\n",
  "/etc/large-gone": Buffer.alloc(300 * KiB, "g"),
  "/etc/far": { link: long("a") },
  "/etc/near": { link: "near" },
  ...many("/etc/few", 20),
  ...many("/etc/many", 150),
};
/** Attributes fill the inode first, then a block of their own. */
const attributes = [
  "ea_set /etc/labelled security.selinux system_u:object_r:etc_t:s0",
  `ea_set /etc/labelled user.more ${"v".repeat(180)}`,
  `ea_set /etc/gone user.more ${"v".repeat(180)}`,
  `ea_set /etc/gone user.others ${"w".repeat(200)}`,
  `ea_set /etc/far user.more ${"w".repeat(180)}`,
  "ln /etc/named-twice /etc/other-name",
  "set_inode_field /etc/named-twice links_count 2",
];

const changes: readonly ExtChange[] = [
  { type: "write", path: "/etc/large", bytes: Buffer.from("short now\n"), mode: null },
  { type: "write", path: "/etc/small", bytes: Buffer.alloc(9 * KiB, "s"), mode: null },
  { type: "write", path: "/etc/empty", bytes: Buffer.from("filled\n"), mode: null },
  { type: "write", path: "/etc/labelled", bytes: Buffer.alloc(130, "b"), mode: null },
  { type: "write", path: "/etc/named-twice", bytes: Buffer.from("once more\n"), mode: null },
  { type: "remove", path: "/etc/gone" },
  { type: "remove", path: "/etc/large-gone" },
  { type: "remove", path: "/etc/other-name" },
  ...["far", "near"].flatMap((name): readonly ExtChange[] => [
    { type: "remove", path: `/etc/${name}` },
    { type: "link", path: `/etc/${name}`, target: long("b") },
  ]),
  { type: "makeDirectory", path: "/etc/new", mode: 0o755 },
  { type: "write", path: "/etc/new/file", bytes: Buffer.from("new\n"), mode: 0o600 },
  ...["few", "many"].flatMap((folder) => [
    ...Array.from({ length: 10 }, (_, i): ExtChange => {
      return { type: "remove", path: `/etc/${folder}/one-of-many-with-a-long-name-${i * 2}` };
    }),
    ...Array.from({ length: 60 }, (_, i): ExtChange => {
      return { type: "link", path: `/etc/${folder}/added-later-under-a-long-name-${i}`, target: "y" };
    }),
  ]),
];

/** What is to be there after the changes: content of files, `-> target` of links. */
function expected(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const [path, content] of Object.entries(tree)) {
    if (content === null) continue;
    files.set(
      path,
      typeof content === "object" && "link" in content
        ? `-> ${content.link}`
        : Buffer.from(content).toString("latin1"),
    );
  }
  for (const change of changes) {
    if (change.type === "remove") files.delete(change.path);
    if (change.type === "link") files.set(change.path, `-> ${change.target}`);
    if (change.type === "write") files.set(change.path, Buffer.from(change.bytes).toString("latin1"));
  }
  return files;
}

/** All that debugfs finds below /etc. */
function found(disk: string, folder: string): ReadonlyMap<string, string> {
  const target = join(folder, "dump");
  mkdirSync(target);
  runTool("debugfs", ["-R", `rdump /etc ${target}`, disk]);
  const files = new Map<string, string>();
  for (const entry of readdirSync(target, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = `/${relative(target, path)}`;
    if (entry.isSymbolicLink()) files.set(name, `-> ${readlinkSync(path)}`);
    // debugfs gives a file that lies in its inode with zeros behind.
    else if (entry.isFile())
      files.set(
        name,
        readFileSync(path)
          .toString("latin1")
          .replace(/\0{1,512}$/, ""),
      );
  }
  expect(lstatSync(join(target, "etc/new/file")).mode & 0o777).toBe(0o600);
  return files;
}

const variants: Readonly<Record<string, readonly string[]>> = {
  "ext4 as mke2fs makes it": [],
  "ext4 with blocks of 1 KiB": ["-b", "1024"],
  "ext4 without extents": ["-O", "^extents,^64bit"],
  "ext4 without checksums, groups not written out": [
    "-O",
    "^metadata_csum,uninit_bg",
    "-E",
    "lazy_itable_init=1",
  ],
  "ext4 with meta_bg": ["-O", "meta_bg,^resize_inode"],
  "ext4 with sparse_super2, orphan_file and a seed": [
    "-O",
    "sparse_super2,^resize_inode,orphan_file,metadata_csum_seed",
  ],
  "ext4 with ea_inode and large_dir": ["-O", "ea_inode,large_dir"],
  "ext4 with inline data": ["-O", "inline_data", "-I", "256"],
  "ext3 with inodes of 128 bytes": ["-t", "ext3", "-I", "128"],
  "ext2 with blocks of 1 KiB": ["-t", "ext2", "-b", "1024"],
};

describe.skipIf(!hasTools("mke2fs", "debugfs", "e2fsck"))(
  "the writer of ext volumes (needs e2fsprogs)",
  () => {
    const cases = Object.entries(variants).flatMap(([name, mke2fs]) => [
      [name, mke2fs, false] as const,
      [`${name}, directories indexed`, mke2fs, true] as const,
    ]);

    it.each(cases)(
      "leaves exactly what was asked for, and e2fsck content, on %s",
      async (name, mke2fs, indexDirectories) => {
        const options = { sizeBytes: 32 * MiB, mke2fs, debugfs: attributes, indexDirectories };
        const disk = await makePhonyDisk(tree, options);
        const folder = mkdtempSync(join(tmpdir(), "sampan-written-"));
        try {
          const before = readFileSync(disk.path);
          runTool("e2fsck", ["-fn", disk.path]);
          const [volume] = (await readDiskLayout(disk.source)).volumes;
          const overlay = createOverlay(disk.source);
          const anew = name.includes("inline data");
          await writeExtChanges(
            writableVolume(overlay, volume!),
            changes.map((change) =>
              change.type === "write" && change.mode === null ? { ...change, anew } : change,
            ),
          );
          const written = join(folder, "disk.raw");
          writeFileSync(written, await readBytes(overlay, 0, overlay.sizeBytes));
          runTool("e2fsck", ["-fn", written]);
          expect(found(written, folder)).toEqual(expected());
          if (!anew) {
            const label = runTool("debugfs", ["-R", "ea_get /etc/labelled security.selinux", written]);
            expect(label).toContain("system_u:object_r:etc_t:s0");
          }
          expect(readFileSync(disk.path).equals(before)).toBe(true);
        } finally {
          rmSync(folder, { recursive: true, force: true });
          await disk.remove();
        }
      },
    );
  },
);
