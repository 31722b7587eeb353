import { Secret } from "@sampan/core";
import {
  applySteps,
  captureByDd,
  mountShare,
  nfsShare,
  openSshShell,
  readShareRecords,
  type Shell,
  smbShare,
  undoSteps,
} from "@sampan/host";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LvmGuest, lvmGuestTools, startLvmGuest } from "../helpers/live-host/lvm-guest.ts";
import { lacksMachine } from "../helpers/requires.ts";

const MiB = 1024 ** 2;

/*
 * One guest is both hosts: the migrated one, 192.0.2.7, is a network namespace of its own in it, so that who may mount is decided by
 * the address as between two machines.
 */
describe.skipIf(lacksMachine("root", ...lvmGuestTools))(
  "shares between hosts (QEMU, Debian's kernel)",
  () => {
    let guest: LvmGuest;
    let server: Shell;
    let migrated: Shell;

    beforeAll(async () => {
      guest = await startLvmGuest({ packages: ["nfs-kernel-server", "nfs-common", "samba", "cifs-utils"] });
      server = await openSshShell({ host: "bed", configFile: guest.configFile });
      migrated = inNamespace(server, "web-01");
      await guest.say(
        [
          "systemctl disable --now nfs-server rpcbind.socket rpcbind smbd nmbd 2>/dev/null",
          "ip netns add web-01",
          "ip link add to-web type veth peer name eth0 netns web-01",
          "ip addr add 192.0.2.1/24 dev to-web",
          "ip link set to-web up",
          "ip -n web-01 addr add 192.0.2.7/24 dev eth0",
          "ip -n web-01 link set eth0 up",
          "ip -n web-01 link set lo up",
          "head -c 3000000 /dev/urandom > /root/disk; truncate -s 24M /root/disk; losetup /dev/loop0 /root/disk",
        ].join("; "),
        { timeoutMs: 300_000 },
      );
    }, 15 * 60_000);
    afterAll(async () => {
      await server?.close();
      await guest?.stop();
    });

    it("serves NFS to the migrated host alone, takes its disk by dd, and is taken back", async () => {
      const share = nfsShare(server, { folder: "/srv/my images", client: "192.0.2.7" });
      const made = await applySteps(share);
      expect(made.map(({ id, state }) => `${id} ${state}`)).toEqual([
        "packages already",
        "folder done",
        "exports done",
        "port mapper done",
        "nfs server done",
        "publish already",
      ]);
      expect((await applySteps(share)).every(({ state }) => state === "already")).toBe(true);

      const mounted = mountShare(migrated, { from: "192.0.2.1:/srv/my images", at: "/mnt/my store" });
      await applySteps(mounted);
      expect(await guest.say("findmnt -no FSTYPE '/mnt/my store'")).toMatch(/^nfs/);
      const stranger = mountShare(server, { from: "127.0.0.1:/srv/my images", at: "/mnt/stranger" });
      await expect(applySteps(stranger)).rejects.toThrow(/access denied|No such file|not permitted/);

      const told: number[] = [];
      const captured = await captureByDd(
        migrated,
        { disk: "/dev/loop0", sizeBytes: 24 * MiB, folder: "/mnt/my store", file: "web-01.raw" },
        { onProgress: (bytes) => told.push(bytes) },
      );
      expect(captured).toEqual({ path: "/mnt/my store/web-01.raw", sizeBytes: 24 * MiB, sparse: true });
      expect(told.at(-1)).toBe(24 * MiB);
      expect(await guest.say("cmp /root/disk '/srv/my images/web-01.raw' && echo same")).toBe("same");

      await undoSteps(mounted);
      expect((await guest.run("findmnt '/mnt/my store'")).exitCode).toBe(1);
      const undone = await undoSteps(share);
      expect(undone.find(({ id }) => id === "folder")?.text).toBe("kept /srv/my images: it holds files");
      expect(
        await guest.say(
          "systemctl is-active nfs-server; systemctl is-enabled nfs-server; exportfs; grep -c sampan /etc/exports; true",
        ),
      ).toBe("inactive\ndisabled\n0");
      expect(await readShareRecords(server)).toEqual({});
    }, 600_000);

    it("serves SMB by a password, and is taken back", async () => {
      const password = new Secret("sail away, it's 1 o'clock");
      const share = smbShare(server, { folder: "/srv/vhd", name: "VHD_DIR", password });
      await applySteps(share);
      const mounted = mountShare(migrated, { from: "\\\\192.0.2.1\\VHD_DIR", at: "/mnt/vhd", password });
      await applySteps(mounted);
      expect(await guest.say("findmnt -no FSTYPE,SOURCE /mnt/vhd")).toMatch(
        /^(?:cifs|smb3) +\/\/192\.0\.2\.1\/VHD_DIR$/,
      );
      await guest.say("echo an image > /mnt/vhd/c.vhdx; sync");
      expect(await guest.say("stat -c %U /srv/vhd/c.vhdx; cat /srv/vhd/c.vhdx")).toBe("sampan\nan image");
      const wrong = mountShare(migrated, {
        from: "//192.0.2.1/VHD_DIR",
        at: "/mnt/wrong",
        password: new Secret("x"),
      });
      await expect(applySteps(wrong)).rejects.toThrow(/Permission denied/);
      const journal = await guest.say("cat /var/lib/sampan/shares.json; ps -ef");
      expect(journal).not.toContain("sail away");
      await undoSteps(mounted);
      await guest.say("rm /srv/vhd/c.vhdx");
      await undoSteps(share);
      expect(
        await guest.say(
          "systemctl is-active smbd; id sampan 2>&1; ls -d /srv/vhd 2>&1; grep -c VHD_DIR /etc/samba/smb.conf; true",
        ),
      ).toMatch(/^inactive\nid: .*no such user\nls: .*No such file or directory\n0$/);
    }, 600_000);
  },
);

/** The same host as seen from a network namespace of its own; its files and mounts stay those of the host. */
function inNamespace(shell: Shell, name: string): Shell {
  const enter = ["nsenter", `--net=/run/netns/${name}`, "--"] as const;
  const asArgv = (script: string, args: readonly string[]) =>
    [...enter, "sh", "-c", script, "sh", ...args] as const;
  return {
    title: name,
    run: (argv, options) => shell.run([...enter, ...argv], options),
    script: (script, args, options) => shell.run(asArgv(script, args), options),
    start: (argv, options) => shell.start([...enter, ...argv], options),
    startScript: (script, args, options) => shell.start(asArgv(script, args), options),
    close: async () => undefined,
  };
}
