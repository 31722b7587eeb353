import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { PatchRecord } from "@sampan/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bootDisk, bootTools } from "../helpers/boot.ts";
import { changeGuest, type GuestChanges } from "../helpers/change-guest.ts";
import { type DebianDisk, debianDisk, debianDiskTools } from "../helpers/debian-disk.ts";
import { checkExt, guestFile, guestFileTools } from "../helpers/guest-files.ts";
import { lacks } from "../helpers/requires.ts";
import { sampan } from "../helpers/sampan.ts";
import { freePort, sshBanner } from "../helpers/ssh-banner.ts";
import { makeFolder } from "../helpers/temporary-folder.ts";

const bootMs = 6 * 60_000;

/** One entry, as on the old host: a root that counts disks, names of cards by slot. */
const grubCfg = (kernel: string, uuid: string, more: string) =>
  `set timeout=0\nserial --unit=0 --speed=115200\nterminal_input serial console\nterminal_output serial console\n` +
  `search --no-floppy --fs-uuid --set=root ${uuid}\nsubmenu 'Debian' {\n\tmenuentry 'Debian, with Linux ${kernel}' {\n` +
  `\t\tlinux\t/boot/vmlinuz-${kernel} root=/dev/sda1 ro ${more}\n\t\tinitrd\t/boot/initrd.img-${kernel}\n\t}\n}\nset default='Debian>0'\n`;

/** Drops whatever comes in, SSH included. */
const dropAll =
  "#!/usr/sbin/nft -f\nflush ruleset\ntable inet filter {\n\tchain input {\n\t\ttype filter hook input priority 0; policy drop;\n\t}\n}\n";
const units = "/lib/systemd/system";
const wants = (target: string, name: string) => `/etc/systemd/system/${target}.wants/${name}.service`;
const firewall: GuestChanges = {
  "/etc/nftables.conf": dropAll,
  [wants("sysinit.target", "nftables")]: { link: `${units}/nftables.service` },
};
const networkManager: GuestChanges = {
  [wants("multi-user.target", "NetworkManager")]: { link: `${units}/NetworkManager.service` },
};

describe.skipIf(lacks("root", ...debianDiskTools, ...bootTools, ...guestFileTools))(
  "a guest that nothing could reach on ECS",
  () => {
    let disk: DebianDisk;
    let folder: string;
    let kernel: string;

    beforeAll(async () => {
      disk = await debianDisk();
      folder = await makeFolder();
      const entry = await guestFile(
        { disk: disk.path, offsetBytes: disk.partitionOffsetBytes },
        "/boot/grub/grub.cfg",
      );
      kernel = /vmlinuz-(\S+)/.exec(entry)?.[1] ?? "";
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));

    /** Patches a disk into a raw copy and checks the copy's file system with e2fsck. */
    async function mend(bad: string): Promise<{ readonly mended: string; readonly patch: PatchRecord }> {
      const mended = join(folder, "mended.raw");
      const args = ["convert", bad, mended, "--patch", "--used-only", "--force", "--json"];
      const done = await sampan(args, { cwd: folder, timeoutMs: bootMs });
      expect(done.exitCode, done.stderr + done.stdout).toBe(0);
      expect(await checkExt({ disk: mended, offsetBytes: disk.partitionOffsetBytes })).toBe("");
      return { mended, patch: done.json<{ patch: PatchRecord }>().patch };
    }

    /** Boots a copy with virtio disk and card, and gives what the SSH server says to the host's port. */
    async function boot(
      mended: string,
      look: (machine: ReturnType<typeof bootDisk>) => Promise<void>,
    ): Promise<string> {
      const port = await freePort();
      const machine = bootDisk(mended, { format: "raw", bus: "virtio", sshPort: port });
      try {
        await machine.waitFor("login:");
        const banner = await sshBanner(port, { deadlineMs: 60_000, giveUp: () => machine.ended() });
        await machine.logIn("root", disk.rootPassword);
        await look(machine);
        return banner;
      } finally {
        await machine.stop();
      }
    }

    const fixedByIfupdown = (): GuestChanges => ({
      ...firewall,
      ...networkManager,
      "/boot/grub/grub.cfg": grubCfg(kernel, disk.fileSystemUuid, "console=ttyS0,115200"),
      "/etc/fstab": "/dev/sda1 / ext4 errors=remount-ro 0 1\n/dev/sdb1 /data ext4 defaults 0 2\n",
      "/etc/network/interfaces":
        "auto lo\niface lo inet loopback\n\nauto ens192\niface ens192 inet static\n\taddress 10.9.9.9/24\n\tgateway 10.9.9.1\n",
      "/etc/udev/rules.d/70-persistent-net.rules":
        'SUBSYSTEM=="net", ACTION=="add", ATTR{address}=="00:0c:29:01:02:03", NAME="ens192"\n',
      "/etc/ssh/sshd_config.d/listen.conf": "ListenAddress 10.9.9.9\n",
      [wants("multi-user.target", "ssh")]: null,
    });

    it("does not find its root as it is", { timeout: bootMs }, async () => {
      const bad = await changeGuest(disk, join(folder, "bad.raw"), fixedByIfupdown());
      const machine = bootDisk(bad, { format: "raw", bus: "virtio" });
      try {
        await machine.waitFor(/ALERT!\s+\/dev\/sda1 does not exist/);
      } finally {
        await machine.stop();
      }
    });

    it("answers on port 22 after the patch, its address by DHCP from ifupdown", {
      timeout: bootMs,
    }, async () => {
      const bad = await changeGuest(disk, join(folder, "bad.raw"), fixedByIfupdown());
      const { mended, patch } = await mend(bad);
      expect(patch.notes).toEqual([]);
      const banner = await boot(mended, async (machine) => {
        expect(await machine.command("findmnt -no SOURCE /")).toBe("/dev/vda1");
        expect(await machine.command("ip -4 -br addr show eth0")).toMatch(/UP\s+10\.0\.2\.15\/24/);
        expect(await machine.command("systemctl is-active NetworkManager nftables")).toBe(
          "inactive\ninactive",
        );
        expect(await machine.command("hostname")).toBe("web-01");
      });
      expect(banner).toMatch(/^SSH-2\.0-OpenSSH/);
    });

    it("does so too where NetworkManager is all there is, which then stays", {
      timeout: bootMs,
    }, async () => {
      const bad = await changeGuest(disk, join(folder, "bad.raw"), {
        ...firewall,
        ...networkManager,
        "/boot/grub/grub.cfg": grubCfg(kernel, disk.fileSystemUuid, "quiet"),
        "/etc/fstab":
          "/dev/sda1 / ext4 defaults 1 1\nUUID=0badcafe-0000-4000-8000-000000000000 /data ext4 defaults 1 2\n",
        // As Red Hat 9 is: no ifupdown that starts, no systemd-networkd, a profile bound to a card, none made by itself.
        [`${units}/systemd-networkd.service`]: null,
        [wants("multi-user.target", "networking")]: null,
        [wants("network-online.target", "networking")]: null,
        "/etc/network/interfaces": "auto lo\niface lo inet loopback\n",
        "/etc/NetworkManager/conf.d/server.conf": "[main]\nno-auto-default=*\n",
        "/etc/NetworkManager/system-connections/ens192.nmconnection":
          "[connection]\nid=ens192\nuuid=0c5d8f2e-1111-4222-8333-444444444444\ntype=ethernet\ninterface-name=ens192\n\n" +
          "[ethernet]\nmac-address=00:0C:29:01:02:03\n\n[ipv4]\naddress1=10.9.9.9/24,10.9.9.1\nmethod=manual\n\n[ipv6]\nmethod=disabled\n",
        "/etc/systemd/system/ssh.service": { link: "/dev/null" },
        [wants("multi-user.target", "ssh")]: null,
      });
      const { mended, patch } = await mend(bad);
      expect(patch.notes).toEqual([
        { fixup: "network-manager", text: expect.stringContaining("NetworkManager stays on") },
      ]);
      // The login prompt on the serial console is the fix-up's doing as well.
      const banner = await boot(mended, async (machine) => {
        expect(await machine.command("systemctl is-active NetworkManager")).toBe("active");
        expect(await machine.command("ip -4 -br addr")).toContain("10.0.2.15/24");
      });
      expect(banner).toMatch(/^SSH-2\.0-OpenSSH/);
    });
  },
);
