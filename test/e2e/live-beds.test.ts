import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LvmGuest, lvmGuestTools, startLvmGuest } from "../helpers/live-host/lvm-guest.ts";
import {
  type NamespaceHost,
  namespaceHostTools,
  startNamespaceHost,
} from "../helpers/live-host/namespace-host.ts";
import { sshConfig } from "../helpers/live-host/ssh-access.ts";
import { startTcpProxy } from "../helpers/live-host/tcp-proxy.ts";
import { lacks, lacksMachine } from "../helpers/requires.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

describe.skipIf(lacks("root", ...namespaceHostTools))("a test bed in namespaces", () => {
  let host: NamespaceHost;
  beforeAll(async () => {
    host = await startNamespaceHost();
  });
  afterAll(() => host?.stop());

  it("is a host of its own as far as it can tell", async () => {
    expect(await host.say("cat /etc/hostname; uname -n")).toBe("web-01\nweb-01");
    expect(await host.say("findmnt -no SOURCE /; lsblk -nro NAME,TYPE")).toBe(
      "/dev/vda1\nvda disk\nvda1 part",
    );
    const processes = await host.say("ps -eo comm");
    expect(processes).toContain("sshd");
    expect(processes).not.toContain("node");
    // The disk itself is read as well, not only told about.
    const read = await host.say("dd if=/dev/vda bs=512 count=1 status=none | tail -c 2 | od -An -tx1");
    expect(read.trim()).toBe("55 aa");
  });

  it("freezes for real, and says so to who does not wait", async () => {
    expect(await host.isFrozen()).toBe(false);
    await host.say("fsfreeze --freeze /");
    expect(await host.isFrozen()).toBe(true);
    await host.say("fsfreeze --unfreeze /");
    expect(await host.isFrozen()).toBe(false);
  });

  it("comes up again after its power was cut, also from a frozen root", async () => {
    await host.say("echo kept > /root/kept; sync; fsfreeze --freeze /");
    await host.reset();
    expect(await host.isFrozen()).toBe(false);
    expect(await readFile(join(host.root(), "root/kept"), "utf8")).toBe("kept\n");
    expect(await host.say("cat /root/kept")).toBe("kept");
  });

  it("is reached through a proxy that counts, cuts and refuses", async () => {
    const folder = await temporaryFolder();
    const proxy = await startTcpProxy(host.port);
    try {
      const config = join(folder, "ssh_config");
      await writeFile(config, sshConfig(proxy.port, host.identityFile, host.knownHostsFile));
      const read = () =>
        execa("ssh", ["-F", config, "bed", "head -c 8000000 /dev/urandom"], {
          reject: false,
          encoding: "buffer",
        });
      expect((await read()).stdout.length).toBe(8_000_000);
      expect(proxy.receivedBytes()).toBeGreaterThan(8_000_000);
      expect(proxy.receivedBytes()).toBeLessThan(8_500_000);
      const cut = proxy.cutAfter(4_000_000);
      const half = await read();
      await cut;
      expect(half.exitCode).toBe(255);
      expect(half.stdout.length).toBeLessThan(5_000_000);
      proxy.refuse(true);
      expect((await read()).exitCode).toBe(255);
      expect(proxy.connections()).toBe(2);
    } finally {
      await proxy.stop();
    }
  });
});

describe.skipIf(lacksMachine("root", ...lvmGuestTools))("a test bed with its root on LVM", () => {
  let guest: LvmGuest;
  beforeAll(async () => {
    guest = await startLvmGuest();
  });
  afterAll(() => guest?.stop());

  it("is a host with space for snapshots, and knows what time it is", async () => {
    expect(await guest.say("findmnt -no SOURCE /")).toBe("/dev/mapper/vg0-root");
    expect(Number(await guest.say("vgs --noheadings --units m --nosuffix -o vg_free vg0"))).toBeGreaterThan(
      1000,
    );
    await guest.say("lvcreate -qq --snapshot --name held --size 64M vg0/root && lvremove -qq --yes vg0/held");
    expect(Math.abs(Date.now() / 1000 - Number(await guest.say("date +%s")))).toBeLessThan(30);
  });

  it("lets in who has the key, and asks an operator for the password of sudo", async () => {
    const refused = await guest.run("sudo -n id -u", { user: "operator-01" });
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("password") });
    const asked = { user: "operator-01", input: "sail away\n" };
    expect(await guest.say("sudo -S -p '' id -u", asked)).toBe("0");
    const other = await guest.run("sudo -S -p '' id -u", { ...asked, user: "nobody-01" });
    expect(other.exitCode).toBe(1);
  });

  it("comes up again after its power was cut", { timeout: 300_000 }, async () => {
    const before = await guest.say("cat /proc/sys/kernel/random/boot_id");
    await guest.reset();
    expect(await guest.say("cat /proc/sys/kernel/random/boot_id")).not.toBe(before);
    expect(await guest.say("findmnt -no SOURCE /")).toBe("/dev/mapper/vg0-root");
  });
});
