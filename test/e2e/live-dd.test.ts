import { rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type EncodingResult, Migration } from "@sampan/sdk";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type NamespaceHost,
  namespaceHostTools,
  startNamespaceHost,
} from "../helpers/live-host/namespace-host.ts";
import { lacks } from "../helpers/requires.ts";
import { sampan } from "../helpers/sampan.ts";
import { makeFolder } from "../helpers/temporary-folder.ts";

const GiB = 1024 ** 3;

/** Stands before the host's own `stat`: says of the folder that is mounted there what it says of NFS. */
const stat6969 = `#!/bin/sh
case "$*" in "-f -c %t /mnt/store") echo 6969 ;; *) exec /usr/bin/stat "$@" ;; esac
`;

/*
 * The folder is a disk of its own, mounted on the host and seen by this machine through the host's root, and only passes for NFS there:
 * this kernel serves none. NFS itself is served and mounted in live-shares.test.ts.
 */
describe.skipIf(lacks("root", "mkfs.ext4", ...namespaceHostTools))(
  "a host that runs, copied by its own dd",
  () => {
    let host: NamespaceHost;
    let cwd: string;
    let device = "";
    beforeAll(async () => {
      cwd = await makeFolder();
      host = await startNamespaceHost();
      const store = join(cwd, "store.img");
      await writeFile(store, "");
      await truncate(store, 8 * GiB);
      await execa("mkfs.ext4", ["-q", store]);
      device = (await execa("losetup", ["--find", "--show", store])).stdout;
      const { rdev } = await stat(device);
      const numbers = `${(rdev >> 8) & 0xfff} ${rdev & 0xff}`;
      await host.say(`mkdir -p /mnt/store && mknod /dev/store b ${numbers} && mount /dev/store /mnt/store`);
      await host.say(`cat > /usr/local/bin/stat <<'END'\n${stat6969}END\nchmod 755 /usr/local/bin/stat`);
    });
    afterAll(async () => {
      await host?.run("umount /mnt/store");
      await host?.stop();
      if (device !== "") await execa("losetup", ["--detach", device]);
      await rm(cwd, { recursive: true, force: true });
    });

    it("is sent from the file in the share, which is not written twice", async () => {
      const here = join(host.root(), "mnt/store");
      const plan = Migration.from({ kind: "ssh", host: "bed", user: "root", configFile: host.configFile })
        .assess()
        .capture({ tool: "dd", share: { onHost: "/mnt/store", here } })
        .toVhd()
        .plan();
      await writeFile(join(cwd, "plan.json"), JSON.stringify(plan));
      const first = await sampan(["run", "plan.json", "--json", "--through", "capture:dd"], { cwd });
      expect(first.exitCode, first.stdout.slice(-2000)).toBeLessThanOrEqual(3);
      const file = (await host.say("ls /mnt/store")).split("\n").find((name) => name.endsWith(".raw")) ?? "";
      const before = await host.say(`stat -c '%Y %s %i' /mnt/store/${file}`);
      expect(first.events("stage.progress").some(({ stage }) => stage === "capture:dd")).toBe(true);

      const done = await sampan(["run", "plan.json", "--json"], { cwd });
      expect(done.exitCode, done.stdout.slice(-2000)).toBeLessThanOrEqual(3);
      const result = done.events("run.finished").at(-1)?.result as unknown as EncodingResult;
      expect(result).toMatchObject({
        complete: true,
        disks: [{ name: "/dev/vda", sizeBytes: host.disk.sizeBytes, file: join(here, file) }],
        encoded: [{ format: "vhd" }],
      });
      expect(await host.say(`stat -c '%Y %s %i' /mnt/store/${file}`)).toBe(before);
      expect(await host.say("ls -A /mnt/store | grep -v -e lost+found -e raw; true")).toBe("");
      const image = await sampan(["inspect", join(here, file), "--json"], { cwd });
      expect(image.json()).toMatchObject({ format: "raw", guest: { family: "debian" } });
    }, 300_000);

    it("is refused where the folder is no share, before anything is written", async () => {
      const here = join(host.root(), "var/tmp");
      const plan = Migration.from({ kind: "ssh", host: "bed", user: "root", configFile: host.configFile })
        .assess()
        .capture({ tool: "dd", share: { onHost: "/var/tmp", here } })
        .plan();
      await writeFile(join(cwd, "other.json"), JSON.stringify(plan));
      const done = await sampan(["run", "other.json", "--json"], { cwd });
      expect(done.exitCode).not.toBe(0);
      expect(done.events("run.failed")[0]?.error).toMatchObject({ code: expect.stringMatching(/^HOST_/) });
      expect(await host.say("ls -A /var/tmp")).toBe("");
    }, 120_000);
  },
);
