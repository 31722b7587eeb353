import { chmodSync, mkdirSync, readlinkSync, statSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import type { DiskInspection, LinuxFacts } from "@sampan/guest";
import { afterEach, describe, expect, it } from "vitest";
import { canMakePhonyHost, makePhonyHost, type PhonyHost } from "../../share/testing/phony-host.ts";
import { linuxPreparation } from "./live-preparation.ts";
import { planPreparation, undoPreparation } from "./prepare-host.ts";

const uuid = "5a3ba1c0-6d0e-4b6f-9a51-0c0de1fe57a1";

/** What matters of an inspection: a root on `/dev/sda1`, and what of §5.1 is on. */
function inspection(facts: Partial<LinuxFacts> = {}): DiskInspection {
  const layout = {
    sizeBytes: 1000,
    table: { kind: "mbr", diskId: "12345678", sectorBytes: 512, partitions: [], tableRanges: [] },
    notes: [],
    volumeGroups: [],
    volumes: [
      {
        index: 0,
        ambiguous: false,
        logicalVolume: null,
        range: { offset: 10, length: 10 },
        partition: {
          number: 1,
          range: { offset: 10, length: 10 },
          type: "83",
          typeName: "Linux",
          name: null,
          partUuid: "12345678-01",
          bootable: true,
        },
        fileSystem: {
          kind: "ext4",
          label: null,
          uuid,
          sizeBytes: 10,
          usedBytes: 1,
          dirty: false,
          features: [],
        },
      },
    ],
  };
  const guest = {
    type: "linux",
    rootVolume: 0,
    fstab: [{}],
    selinux: { configured: "enforcing", source: "/etc/selinux/config" },
    firewalls: [{ name: "iptables", enabledAtBoot: true, source: "/etc/rc.d/rc3.d/S08iptables" }],
    networkManager: { name: "NetworkManager", enabledAtBoot: true, source: "" },
    interfaces: [],
    hypervisorTools: [],
    ...facts,
  };
  return { layout, guest, notes: [] } as unknown as DiskInspection;
}

const fstab = [
  `UUID=${uuid} / ext4 defaults 1 1`,
  "/dev/sdb1 /data ext4 defaults 0 2",
  "UUID=bbbb /var/lib ext4 defaults 0 2",
  "filer:/export /mnt/filer nfs rw 0 0",
  "proc /proc proc defaults 0 0",
  "",
].join("\n");

const route = `Iface\tDestination\tGateway\tFlags
eth0\t00000000\t010A0A0A\t0003
eth0\t000A0A0A\t00000000\t0001
`;

describe.skipIf(!canMakePhonyHost())(
  "preparing a host that runs (root, busybox)",
  { timeout: 60_000 },
  () => {
    let host: PhonyHost;
    afterEach(() => host?.remove());

    const link = (path: string, target: string) => {
      mkdirSync(dirname(join(host.root, path)), { recursive: true });
      symlinkSync(target, join(host.root, path));
    };
    /** CentOS 6 as its installer leaves it, with its network by ifcfg files. */
    function centos6(): PhonyHost {
      host = makePhonyHost("centos6");
      host.write("/etc/fstab", fstab);
      host.write("/etc/selinux/config", "SELINUX=enforcing\nSELINUXTYPE=targeted\n");
      chmodSync(join(host.root, "etc/selinux/config"), 0o640);
      for (const name of ["iptables", "network", "NetworkManager"]) {
        const uses = name === "network" ? "cd /etc/sysconfig/network-scripts\n" : "";
        host.write(`/etc/rc.d/init.d/${name}`, `#!/bin/sh\n${uses}`, 0o755);
      }
      link("/etc/rc.d/rc3.d/S08iptables", "../init.d/iptables");
      link("/etc/rc.d/rc3.d/S10network", "../init.d/network");
      link("/etc/rc.d/rc3.d/S23NetworkManager", "../init.d/NetworkManager");
      host.write("/sbin/dhclient", "");
      host.write("/etc/sysconfig/network-scripts/ifcfg-eth0", "DEVICE=eth0\nBOOTPROTO=dhcp\nONBOOT=yes\n");
      host.write("/proc/net/route", route);
      return host;
    }

    it("shows the changes, makes them with everything kept, and takes them back by its script", async () => {
      centos6();
      const plan = await planPreparation(host.shell, inspection(), { id: "first" });
      expect(plan.record.changes.map(({ path, kind }) => `${kind} ${path}`)).toEqual([
        "modify /etc/fstab",
        "create /etc/rc.d/rc3.d/K77NetworkManager",
        "create /etc/rc.d/rc3.d/K92iptables",
        "remove /etc/rc.d/rc3.d/S08iptables",
        "remove /etc/rc.d/rc3.d/S23NetworkManager",
        "modify /etc/selinux/config",
      ]);
      expect(plan.record.diff).toContain("+# not on the migrated disk: /dev/sdb1 /data ext4 defaults 0 2");
      expect(plan.record.diff).toContain("-SELINUX=enforcing\n+SELINUX=disabled");
      expect(plan.record.notes).toEqual([
        {
          fixup: "mounts",
          text: "/var/lib is mounted from UUID=bbbb, which is not on the migrated disk; it stays in /etc/fstab, for the host needs it",
        },
      ]);
      expect(host.exists("/var/lib/sampan")).toBe(false);

      const done = await plan.apply();
      expect(done).toMatchObject({ id: "first", undoScript: "/var/lib/sampan/undo-first.sh" });
      expect(host.text("/etc/fstab")).toBe(
        fstab
          .replace("/dev/sdb1", "# not on the migrated disk: /dev/sdb1")
          .replace("filer:", "# not on the migrated disk: filer:"),
      );
      expect(host.text("/etc/selinux/config")).toBe("SELINUX=disabled\nSELINUXTYPE=targeted\n");
      expect(statSync(join(host.root, "etc/selinux/config")).mode & 0o777).toBe(0o640);
      expect(readlinkSync(join(host.root, "etc/rc.d/rc3.d/K92iptables"))).toBe("../init.d/iptables");
      expect(statSync(join(host.root, "var/lib/sampan/preparation-first")).mode & 0o777).toBe(0o700);

      const facts = { networkManager: null, firewalls: [] };
      const again = await planPreparation(host.shell, inspection(facts));
      expect(again.record.changes).toEqual([]);
      expect(await again.apply()).toEqual({ id: null, undoScript: null, paths: [] });

      expect((await host.shell.run(["sh", "/var/lib/sampan/undo-first.sh"])).exitCode).toBe(0);
      expect(host.text("/etc/fstab")).toBe(fstab);
      expect(host.text("/etc/selinux/config")).toBe("SELINUX=enforcing\nSELINUXTYPE=targeted\n");
      expect(statSync(join(host.root, "etc/selinux/config")).mode & 0o777).toBe(0o640);
      expect(readlinkSync(join(host.root, "etc/rc.d/rc3.d/S08iptables"))).toBe("../init.d/iptables");
      expect(host.exists("/etc/rc.d/rc3.d/K92iptables")).toBe(false);
      expect(await undoPreparation(host.shell, "first")).toEqual([]);
    });

    it("is what a live machine offers, which knows what it can take back", async () => {
      centos6();
      const live = linuxPreparation(host.shell, async () => inspection());
      expect(await live.findPreparations()).toEqual([]);
      const preparation = await live.prepare({ id: "run-1", settings: { selinux: "permissive" } });
      expect(preparation.changes).toContainEqual({ fixups: ["selinux"], text: "modify /etc/selinux/config" });
      expect(await preparation.apply()).toEqual({
        id: "run-1",
        undo: "sh /var/lib/sampan/undo-run-1.sh",
        notes: [],
      });
      expect(host.text("/etc/selinux/config")).toContain("SELINUX=permissive");
      host.write("/var/lib/sampan/undo-$(x).sh", "");
      expect(await live.findPreparations()).toEqual(["run-1"]);
      expect(await live.undoPreparation("run-1")).toEqual([]);
      expect(host.text("/etc/selinux/config")).toContain("SELINUX=enforcing");
    });

    it("leaves what was changed since, and restores the rest", async () => {
      centos6();
      const plan = await planPreparation(host.shell, inspection(), { id: "a" });
      await plan.apply();
      host.write("/etc/fstab", "# by hand\n");
      expect(await undoPreparation(host.shell, "a")).toEqual(["/etc/fstab"]);
      expect(host.text("/etc/fstab")).toBe("# by hand\n");
      expect(host.text("/etc/selinux/config")).toContain("SELINUX=enforcing");
      expect(host.text("/var/lib/sampan/preparation-a/1.before")).toBe(fstab);
    });

    it("changes nothing when a file was written after it was looked at", async () => {
      centos6();
      const plan = await planPreparation(host.shell, inspection(), { id: "b" });
      host.write("/etc/selinux/config", "SELINUX=permissive\n");
      await expect(plan.apply()).rejects.toMatchObject({
        code: "HOST_FILE_CHANGED",
        message:
          "preparing a phony host: /etc/selinux/config was changed by someone else meanwhile, and nothing was done",
      });
      expect(host.text("/etc/fstab")).toBe(fstab);
      expect(host.exists("/var/lib/sampan/preparation-b")).toBe(false);
      // The same id serves the next attempt.
      const next = await planPreparation(host.shell, inspection(), { id: "b" });
      expect((await next.apply()).id).toBe("b");
      expect(
        (await (await planPreparation(host.shell, inspection(), { only: ["selinux"], id: "b" })).apply()).id,
      ).toBeNull();
    });

    it("takes everything back when one file cannot be replaced", async () => {
      centos6();
      // The last of the changes fails.
      host.write(
        "/usr/sbin/mv",
        '#!/bin/sh\ncase "$3" in */selinux/config) exit 1 ;; esac\nexec /bin/busybox mv "$@"\n',
        0o755,
      );
      const plan = await planPreparation(host.shell, inspection(), { id: "c" });
      await expect(plan.apply()).rejects.toMatchObject({ code: "HOST_PREPARE_FAILED" });
      expect(host.text("/etc/fstab")).toBe(fstab);
      expect(host.text("/etc/selinux/config")).toContain("SELINUX=enforcing");
      expect(host.exists("/etc/rc.d/rc3.d/S08iptables")).toBe(true);
      expect(host.exists("/etc/rc.d/rc3.d/K92iptables")).toBe(false);
    });

    it.each([
      [
        "the interface is configured nowhere else",
        () => host.write("/etc/sysconfig/network-scripts/ifcfg-eth0", "DEVICE=eth0\nONBOOT=no\n"),
      ],
      [
        "its address cannot be asked for",
        () => host.write("/sbin/dhclient.moved", "") ?? chmodSync(join(host.root, "sbin"), 0o755),
      ],
      ["the route is not told", () => host.write("/proc/net/route", "Iface\tDestination\n")],
    ])("does not switch NetworkManager off where %s", async (name, spoil) => {
      centos6();
      if (name.startsWith("its address")) await host.shell.run(["rm", "/sbin/dhclient"]);
      spoil();
      const { record } = await planPreparation(host.shell, inspection(), { only: ["network-manager"] });
      expect(record.changes).toEqual([]);
      expect(record.notes[0]?.text).toMatch(/^NetworkManager stays on: /);
    });

    it("refuses unknown fix-ups and ids that are none", async () => {
      centos6();
      await expect(planPreparation(host.shell, inspection(), { only: ["nothing"] })).rejects.toMatchObject({
        code: "CORE_ARGUMENT",
      });
      await expect(planPreparation(host.shell, inspection(), { id: "../x" })).rejects.toMatchObject({
        code: "CORE_ARGUMENT",
      });
      await expect(undoPreparation(host.shell, "none")).rejects.toMatchObject({
        code: "HOST_PREPARE_FAILED",
      });
    });
  },
);
