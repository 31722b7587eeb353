import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MiB } from "@sampan/core";
import { hasTools, type PhonyGuest, phonyGuests, phonyUuid, plainFacts } from "@sampan/guest/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Argv } from "../connection/shell.ts";
import { inspectLinuxHost } from "./inspect-live.ts";
import { makePhonyHost, shellOf } from "./testing/phony-host.ts";

const shells: readonly Argv[] = [["dash"], ["bash", "--posix"], ["busybox", "sh"]];
/** A phony guest has few programs, so that its architecture is looked for in several. */
const programs = / \/bin\/(?:bash|busybox|ls)\b/;
const partSectors = 16 * 2048;

let folder: string;
/** An MBR with an ext4 root, an empty partition and swap. */
let disk: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sampan-live-"));
  disk = join(folder, "disk.raw");
  writeFileSync(disk, "");
  truncateSync(disk, 50 * MiB);
  const parts = [1, 2, 3].map((n) => `start=${2048 + (n - 1) * partSectors}, size=${partSectors}, type=83`);
  // Debian keeps them where other users' PATH does not look.
  const env = { ...process.env, PATH: `${process.env.PATH ?? ""}:/usr/sbin:/sbin` };
  execFileSync("sfdisk", ["-q", disk], {
    env,
    input: `label: dos\nlabel-id: 0x12345678\n${parts.join("\n")}\n`,
  });
  const at = `offset=${MiB}`;
  execFileSync("mke2fs", ["-q", "-F", "-t", "ext4", "-U", phonyUuid, "-E", at, disk, "16384k"], { env });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function hostWith(tree: PhonyGuest["tree"]) {
  const parts = [1, 2, 3].flatMap((n): [string, string][] => [
    [`sda${n}/start`, String(2048 + (n - 1) * partSectors)],
    [`sda${n}/size`, String(partSectors)],
    [`sda${n}/dev`, `8:${n}`],
    [`sda${n}/partition`, String(n)],
  ]);
  return makePhonyHost({
    tree,
    mounts: ["rootfs / rootfs rw 0 0", "proc /proc proc rw 0 0", "/dev/sda1 / ext4 rw,relatime 0 0"],
    blocks: {
      sda: {
        files: { size: String((50 * MiB) / 512), dev: "8:0", ...Object.fromEntries(parts) },
        content: disk,
        nodes: ["sda1"],
      },
    },
  });
}

describe.skipIf(!hasTools("mke2fs", "sfdisk", "dash", "busybox"))("the facts of a running host", () => {
  it.each(phonyGuests.map((guest, index) => [guest.title, guest, shells[index % 3] as Argv] as const))(
    "are those of its disk: %s",
    async (_, guest, program) => {
      const host = hostWith(guest.tree);
      const asked: string[] = [];
      try {
        const {
          guest: facts,
          notes,
          layout,
        } = await inspectLinuxHost({
          shell: shellOf(program, { asked }),
          root: host.root,
        });
        const use = [
          {
            mountPoint: "/",
            volume: 0,
            sizeBytes: expect.any(Number),
            usedBytes: expect.any(Number),
            inodes: { total: expect.any(Number), used: expect.any(Number) },
          },
        ];
        expect(facts).toEqual({ ...plainFacts, ...guest.facts, use });
        expect(notes).toEqual([]);
        expect(layout.volumes[0]?.fileSystem).toMatchObject({ uuid: phonyUuid, dirty: null });
        expect(asked[0]).toBe("all");
        expect(asked.slice(1).filter((one) => !programs.test(one)).length).toBeLessThanOrEqual(4);
      } finally {
        host.remove();
      }
    },
  );
});
