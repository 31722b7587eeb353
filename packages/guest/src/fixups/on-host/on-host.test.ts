import { describe, expect, it } from "vitest";
import { parseFstab } from "../../facts/fstab.ts";
import { applyFixup, phonyLayout, phonyUuid as uuid } from "../../testing/apply-fixup.ts";
import type { PhonyTree } from "../../testing/phony-disk.ts";
import { mounts } from "./mounts.ts";
import { networkManagerOnHost } from "./network-manager.ts";

async function mended(text: string) {
  const { files, notes } = await applyFixup(
    mounts,
    { "/etc/fstab": text },
    { fstab: parseFstab(text, phonyLayout) },
  );
  return { text: await files.readText("/etc/fstab"), notes };
}

describe("the fix-up of a running host's mounts", () => {
  const root = `UUID=${uuid} / ext4 defaults 0 1\n`;

  it("makes comments of other disks and of the network, and keeps what need not be there", async () => {
    const kept = "proc /proc proc defaults 0 0\n/dev/sdc1 /usb ext4 noauto 0 0\nfiler:/b /b nfs nofail 0 0\n";
    const { text, notes } = await mended(
      `${root}/dev/sdb1 /data xfs defaults 0 2\nfiler:/a /a nfs rw 0 0\n//filer/c /c cifs rw 0 0\n${kept}`,
    );
    expect(text).toBe(
      `${root}# not on the migrated disk: /dev/sdb1 /data xfs defaults 0 2\n` +
        `# not on the migrated disk: filer:/a /a nfs rw 0 0\n# not on the migrated disk: //filer/c /c cifs rw 0 0\n${kept}`,
    );
    expect(notes).toEqual([]);
  });

  it("keeps what the host needs to start, and says so", async () => {
    const { text, notes } = await mended(`${root}/dev/sdb1 /var ext4 defaults 0 2\n`);
    expect(text).toBe(`${root}/dev/sdb1 /var ext4 defaults 0 2\n`);
    expect(notes[0]).toMatch(/^\/var is mounted from \/dev\/sdb1/);
  });

  it("changes nothing when the root is not on the disk that was inspected", async () => {
    const other = "/dev/mapper/vg-root / ext4 defaults 0 1\n/dev/sdb1 /data xfs defaults 0 2\n";
    const { text, notes } = await mended(other);
    expect(text).toBe(other);
    expect(notes[0]).toMatch(/stays as it is/);
  });
});

const route = "Iface\tDestination\tGateway\neth0\t00000000\t010A0A0A\ndocker0\t000011AC\t00000000\n";
const wants = "/etc/systemd/system/multi-user.target.wants";
const base: PhonyTree = {
  "/proc/1/net/route": route,
  "/lib/systemd/systemd": "",
  "/lib/systemd/system/NetworkManager.service": "[Unit]\n",
  [`${wants}/NetworkManager.service`]: { link: "/lib/systemd/system/NetworkManager.service" },
};
const byIfupdown: PhonyTree = {
  ...base,
  "/lib/systemd/system/networking.service": "[Unit]\n",
  [`${wants}/networking.service`]: { link: "/lib/systemd/system/networking.service" },
  "/sbin/ifup": "",
  "/sbin/dhclient": "",
  "/etc/network/interfaces": "auto eth0\niface eth0 inet static\n  address 192.0.2.7/24\n",
};
const byNetworkd: PhonyTree = {
  ...base,
  "/lib/systemd/system/systemd-networkd.service": "[Unit]\n",
  [`${wants}/systemd-networkd.service`]: { link: "/lib/systemd/system/systemd-networkd.service" },
  "/etc/systemd/network/10-eth0.network": "[Match]\nName=eth0\n\n[Network]\nAddress=192.0.2.7/24\n",
};

describe("the fix-up of a running host's NetworkManager", () => {
  const apply = async (tree: PhonyTree) => {
    const { files, notes } = await applyFixup(networkManagerOnHost, tree);
    return { on: (await files.readLink(`${wants}/NetworkManager.service`)) !== undefined, notes, files };
  };

  it.each([
    ["ifupdown", byIfupdown],
    ["systemd-networkd", byNetworkd],
  ])("switches it off where %s brings up the interface, whose address stays", async (_, tree) => {
    const { on, notes, files } = await apply(tree);
    expect(on).toBe(false);
    expect(notes).toEqual([]);
    for (const [path, content] of Object.entries(tree)) {
      if (typeof content === "string") expect(await files.readText(path)).toBe(content);
    }
  });

  it.each<[string, PhonyTree]>([
    ["nothing else is there", base],
    ["ifupdown does not begin it", { ...byIfupdown, "/etc/network/interfaces": "iface eth0 inet dhcp\n" }],
    [
      "ifupdown knows another",
      { ...byIfupdown, "/etc/network/interfaces": "auto eth1\niface eth1 inet dhcp\n" },
    ],
    [
      "a second card has a route too",
      { ...byNetworkd, "/proc/1/net/route": `${route}eth1\t000A0A0A\t00000000\n` },
    ],
    ["the route goes over a bridge", { ...byNetworkd, "/proc/1/net/route": route.replace("eth0", "br0") }],
    [
      "the resolver is its",
      { ...byNetworkd, "/etc/resolv.conf": { link: "/run/NetworkManager/resolv.conf" } },
    ],
    ["no route is seen", { ...byNetworkd, "/proc/1/net/route": "" }],
  ])("leaves it on where %s, and says why", async (_, tree) => {
    const { on, notes } = await apply(tree);
    expect(on).toBe(true);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(/^NetworkManager stays on: /);
  });
});
