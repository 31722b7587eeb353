import { SampanError } from "@sampan/core";
import { memorySource } from "@sampan/image/testing";
import { describe, expect, it } from "vitest";
import type { CommandResult, Shell } from "../connection/shell.ts";
import type { HeldMoment } from "../host.ts";
import { type DiskMoments, openLinuxHost } from "./linux-host.ts";

const answer = [
  ["block", "vda", "size", "4096"],
  ["block", "vda", "dev", "254:0"],
  ["block", "vda", "node", "block"],
  ["block", "vda", "serial", "abc"],
  ["mount", "/dev/vda", "/", "ext4"],
];
const said = [["sampan-probe", "1"], ...answer, ["end"]]
  .flat()
  .map((field) => `${field}\0`)
  .join("");
const moment = { id: "m1", disk: "/dev/vda" } as HeldMoment;

/** A shell of a host that says of itself what it is told, and what was done with it. */
function shellSaying(uname: string, script: () => Promise<CommandResult> = async () => ok(said)) {
  const done: string[] = [];
  const refuse = () => Promise.reject(new Error("not asked for"));
  const shell: Shell = {
    title: "ssh://root@web-01",
    run: async () => ok(uname),
    script,
    start: refuse,
    startScript: refuse,
    close: async () => {
      done.push("shell closed");
    },
  };
  const moments: DiskMoments = {
    hold: async (disk, options) => {
      done.push(`hold ${disk.name} ${disk.sizeBytes} ${options.id}`);
      return moment;
    },
    openMoment: async ({ id }) => {
      done.push(`open ${id}`);
      return memorySource(new Uint8Array(1));
    },
    release: async ({ id }) => {
      done.push(`release ${id}`);
    },
    close: async () => {
      done.push("moments closed");
    },
  };
  const parts = {
    openDevice: async (_: Shell, { path, sizeBytes }: { path: string; sizeBytes: number }) => {
      done.push(`read ${path}`);
      return memorySource(new Uint8Array(sizeBytes));
    },
    momentsOf: () => moments,
  };
  return { shell, parts, done };
}
const ok = (text: string): CommandResult => ({ exitCode: 0, stdout: Buffer.from(text), stderr: "" });

describe("a Linux host", () => {
  it("has its disks, opens them, and holds moments of them", async () => {
    const { shell, parts, done } = shellSaying("Linux web-01.example.com\n");
    const host = await openLinuxHost(shell, parts);
    expect([host.title, host.name]).toEqual(["ssh://root@web-01", "web-01"]);
    expect(await host.disks()).toEqual([
      {
        name: "/dev/vda",
        sizeBytes: 4096 * 512,
        system: true,
        identity: { sizeBytes: 4096 * 512, serial: "abc" },
      },
    ]);
    expect((await host.openDisk("/dev/vda")).sizeBytes).toBe(4096 * 512);
    await host.live.hold("/dev/vda", { id: "m1", consistency: "none", leaseMs: 60_000 });
    await host.live.openMoment(moment);
    await host.live.release(moment);
    await host.close();
    expect(done).toEqual([
      "read /dev/vda",
      "hold /dev/vda 2097152 m1",
      "open m1",
      "release m1",
      "moments closed",
      "shell closed",
    ]);
  });

  it("refuses a disk it does not have, naming those it has", async () => {
    const { shell, parts } = shellSaying("Linux a");
    const host = await openLinuxHost(shell, parts);
    await expect(host.openDisk("/dev/sdb; reboot")).rejects.toMatchObject({
      code: "HOST_DISK_UNKNOWN",
      message: expect.stringContaining("/dev/vda"),
    });
  });

  it.each([
    ["Linux -- \u001b[31mdb_02-", "linux"],
    ["Linux 数据库", "linux"],
    ["Linux db_02", "db-02"],
    ["Linux", "linux"],
  ])("that says it is %j is called %s in images", async (uname, name) => {
    const { shell, parts } = shellSaying(uname);
    expect((await openLinuxHost(shell, parts)).name).toBe(name);
  });

  it.each(["FreeBSD storage", "", "sh: uname: not found"])(
    "is none that says %j, and is let go",
    async (uname) => {
      const { shell, parts, done } = shellSaying(uname);
      await expect(openLinuxHost(shell, parts)).rejects.toMatchObject({ code: "HOST_KIND_UNSUPPORTED" });
      expect(done).toEqual(["shell closed"]);
    },
  );

  it("says for what root's rights are needed where they are refused", async () => {
    const { shell, parts } = shellSaying("Linux a", async () => {
      throw new SampanError("HOST_ROOT_REFUSED", "sudo: a password is required", {
        hint: "Say where it is.",
      });
    });
    const host = await openLinuxHost(shell, parts);
    for (const work of [host.disks(), host.live.inspect()]) {
      await expect(work).rejects.toMatchObject({
        code: "HOST_ROOT_REFUSED",
        hint: "Say where it is.",
        message: expect.stringMatching(/beginnings of its disks.*a password is required/),
      });
    }
  });
});
