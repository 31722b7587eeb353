import type { LinuxFacts } from "@sampan/guest";
import { describe, expect, it } from "vitest";
import { linuxPairs } from "./describe-linux.ts";

const bare: Partial<LinuxFacts> = {
  kernels: [],
  bootLoaders: [],
  use: [],
  fstab: [],
  raidArrays: [],
  encrypted: [],
  selinux: { configured: null, source: null },
  firewalls: [],
  sshd: { installed: false, ports: [], permitRootLogin: null },
  rootAccount: null,
  cloudInit: { installed: false, enabledAtBoot: null, datasources: null },
  guestAgent: null,
  hypervisorTools: [],
  licence: null,
  hardwareClock: null,
  persistentNetRules: [],
};
const pairs = (facts: Partial<LinuxFacts>) => linuxPairs({ ...bare, ...facts } as LinuxFacts);

describe("what people read of a Linux guest", () => {
  it("is what decides about it even where nothing is set up", () => {
    expect(pairs({})).toEqual([
      ["SELinux", "not configured"],
      ["firewall", "none at boot"],
      ["SSH server", "not installed"],
      ["cloud-init", "not installed"],
    ]);
  });

  it("names devices that the disk does not have, and what is full", () => {
    const facts = pairs({
      bootLoaders: [
        {
          kind: "grub2",
          source: "/boot/grub/grub.cfg",
          roots: [
            { device: "UUID=1", naming: "uuid", resolved: true, line: 1 },
            { device: "/dev/sdb1", naming: "device", resolved: false, line: 2 },
          ],
          serialConsole: true,
        },
      ],
      use: [
        { mountPoint: "/", volume: 0, sizeBytes: 1000, usedBytes: 405, inodes: { total: 200, used: 3 } },
        { mountPoint: "/data", volume: 1, sizeBytes: 1000, usedBytes: 1000, inodes: null },
      ],
      sshd: { installed: true, ports: [22, 2222], permitRootLogin: "no" },
      rootAccount: { password: "locked", hasAuthorizedKeys: true },
      cloudInit: { installed: true, enabledAtBoot: true, datasources: ["AliYun"] },
      guestAgent: { name: "qemu-guest-agent", enabledAtBoot: false, source: "" },
      hypervisorTools: [{ name: "open-vm-tools", enabledAtBoot: true, source: "" }],
      licence: { product: "rhel", registered: false, source: null },
      hardwareClock: "local",
      persistentNetRules: [{ source: "", line: 1, name: "eth0", macAddress: "00:00:00:00:00:01" }],
    });
    expect(Object.fromEntries(facts)).toMatchObject({
      "boot loader": "GRUB 2, root UUID=1 or /dev/sdb1 (not on this disk), serial console",
      use: "/data: 100% of 1000 B",
      "SSH server": "port 22, 2222, root: no",
      root: "password locked, has keys",
      "cloud-init": "at boot, asks AliYun",
      "guest tools": "qemu-guest-agent, open-vm-tools (at boot)",
      licence: "RHEL, not registered",
      clock: "local time",
      "fixed names": "eth0 is 00:00:00:00:00:01",
    });
    expect(facts).toContainEqual(["use", "/: 41% of 1000 B, 2% of the inodes"]);
  });
});
