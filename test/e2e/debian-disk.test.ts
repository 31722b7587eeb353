import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type ImportResult, type LaunchResult, Migration } from "@sampan/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bootDisk, bootTools } from "../helpers/boot.ts";
import { type DebianDisk, debianDisk, debianDiskTools } from "../helpers/debian-disk.ts";
import { checkExt, guestFile, guestFileTools } from "../helpers/guest-files.ts";
import { writePlan } from "../helpers/plan-file.ts";
import { qemuConvert, qemuInfo } from "../helpers/qemu-img.ts";
import { type Rehearsal, startRehearsal } from "../helpers/rehearsal.ts";
import { lacks } from "../helpers/requires.ts";
import { sampan } from "../helpers/sampan.ts";
import { makeFolder } from "../helpers/temporary-folder.ts";

const bootMs = 10 * 60_000;

describe.skipIf(lacks("root", "qemu-img", ...debianDiskTools, ...bootTools, ...guestFileTools))(
  "a real Debian 12 disk",
  () => {
    let disk: DebianDisk;
    let folder: string;
    let rehearsal: Rehearsal;

    beforeAll(async () => {
      disk = await debianDisk();
      folder = await makeFolder();
      rehearsal = await startRehearsal({ dataFolder: join(folder, "simulator"), machines: "auto" });
    });
    afterAll(async () => {
      await rehearsal?.stop();
      await rm(folder, { recursive: true, force: true });
    });

    it("is known for what it is", async () => {
      const done = await sampan(["inspect", disk.path, "--json"], { cwd: folder });
      expect(done.exitCode, done.stderr).toBe(0);
      expect(done.json()).toMatchObject({
        guest: {
          type: "linux",
          family: "debian",
          version: expect.stringMatching(/^12/),
          architecture: "x86_64",
        },
      });
    });

    it("goes all the way and boots from what landed in the store", { timeout: bootMs }, async () => {
      const plan = await writePlan(
        folder,
        Migration.from(disk.path)
          .assess()
          .prepare()
          .capture()
          .toVhd()
          .upload("debian-images", { createBucket: true, key: "web-01.vhd" })
          .import({ name: "web-01", createRole: true })
          .copyTo("cn-shanghai", "ap-southeast-1")
          .launch({ instanceTypes: ["ecs.g7.large"], test: true })
          .verify({ ports: [22] }),
      );
      const run = await sampan(["run", plan, "--json"], {
        cwd: folder,
        env: rehearsal.env,
        timeoutMs: bootMs,
      });
      expect(run.exitCode, run.stderr + run.stdout.slice(-3000)).toBe(0);
      const result = run.events("run.finished")[0]?.result as unknown as ImportResult & LaunchResult;
      for (const region of ["cn-hangzhou", "cn-shanghai", "ap-southeast-1"]) {
        expect(await rehearsal.images(region)).toMatchObject([{ imageName: "web-01", status: "Available" }]);
      }
      // The instance really booted: a machine ran it, with its network, and it answered.
      expect(result.verification?.verdict, JSON.stringify(result.verification)).toBe("booted");
      const answer = result.verification?.checks.find((check) => check.name === "port 22");
      expect(answer?.evidence.join()).toContain("SSH-2.0-OpenSSH");
      const { instances } = await rehearsal.simulator.state();
      expect(instances).toEqual([]);
      // About 700 MB are used of 4 GiB: free space must not travel.
      expect(result.objects[0]?.sizeBytes).toBeLessThan(1024 ** 3);

      const vhd = join(folder, "landed.vhd");
      await rehearsal.store("debian-images").get("web-01.vhd", vhd);
      expect((await qemuInfo(vhd, "vpc"))["virtual-size"]).toBe(disk.sizeBytes);

      const landed = join(folder, "landed.raw");
      await qemuConvert({ path: vhd, format: "vpc" }, { path: landed, format: "raw" });
      const root = { disk: landed, offsetBytes: 1024 ** 2 };
      expect(await checkExt(root)).toBe("");
      expect(await guestFile(root, "/etc/fstab")).toMatch(
        new RegExp(`^UUID=${disk.fileSystemUuid}\\s+/\\s+ext4\\s`, "m"),
      );
      await rm(landed);

      const machine = bootDisk(vhd, { format: "vpc", bus: "virtio" });
      try {
        await machine.waitFor("login:");
        await machine.logIn("root", disk.rootPassword);
        expect(await machine.command("findmnt -no SOURCE /")).toBe("/dev/vda1");
        expect(await machine.command("systemctl is-active ssh")).toBe("active");
        expect(await machine.command("findmnt --verify --fstab")).toContain("Success, no errors");
      } finally {
        await machine.stop();
      }
    });
  },
);
