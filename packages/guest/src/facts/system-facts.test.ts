import { describe, expect, it } from "vitest";
import { MemoryGuestFiles } from "../testing/memory-guest-files.ts";
import type { PhonyTree } from "../testing/phony-disk.ts";
import { BootServices } from "./boot-services.ts";
import { datasourcesIn, readCloudInit } from "./cloud-init.ts";
import { readHardwareClock } from "./hardware-clock.ts";
import { readLicence } from "./licence.ts";
import { readPersistentNetRules } from "./persistent-net.ts";
import { readRootAccount } from "./root-account.ts";
import { readSelinux } from "./selinux.ts";
import { readGuestAgent, readHypervisorTools } from "./services.ts";
import { readSshd } from "./sshd.ts";
import { readEncrypted, readRaidArrays } from "./storage.ts";

const services = (tree: PhonyTree) => BootServices.read(new MemoryGuestFiles(tree));

describe("services", () => {
  const unit = { "/usr/lib/systemd/system/x.service": "" };
  const job = { "/etc/init/x.conf": "start on runlevel [2345]\n" };
  const script = { "/etc/init.d/x": "" };
  const enabled = async (tree: PhonyTree) => (await (await services(tree)).facts("x"))?.enabledAtBoot;

  it("count by the init system that runs", async () => {
    const systemd = { "/sbin/init": { link: "../lib/systemd/systemd" } };
    const other = { "/sbin/init": "ELF" };
    const wanted = { "/etc/systemd/system/multi-user.target.wants/x.service": { link: "x" } };
    const started = { "/etc/rc3.d/S20x": { link: "../init.d/x" } };
    expect(await enabled({ ...systemd, ...unit, ...job })).toBe(false);
    expect(await enabled({ ...other, ...unit, ...job })).toBe(true);
    expect(await enabled({ ...other, ...unit, ...wanted, ...script })).toBe(false);
    expect(await enabled({ ...systemd, ...unit, ...started })).toBe(false);
    expect(await enabled({ ...systemd, ...script, ...started })).toBe(true);
    expect(await enabled({ ...other, ...unit, ...started })).toBe(true);
  });

  it("count in the run level that inittab starts, and in those before it", async () => {
    const inittab = { "/etc/inittab": "#id:5:initdefault:\nid:3:initdefault:\n" };
    expect(await enabled({ ...inittab, ...script, "/etc/rc5.d/S20x": { link: "../init.d/x" } })).toBe(false);
    expect(await enabled({ ...inittab, ...script, "/etc/rc3.d/S20x": { link: "../init.d/x" } })).toBe(true);
    expect(await enabled({ ...inittab, ...script, "/etc/rcS.d/S20x": { link: "../init.d/x" } })).toBe(true);
  });

  it("count in OpenRC's run levels", async () => {
    const tree = { "/sbin/init": { link: "/bin/busybox" }, ...script };
    expect(await enabled(tree)).toBe(false);
    expect(await enabled({ ...tree, "/etc/runlevels/default/x": { link: "/etc/init.d/x" } })).toBe(true);
  });

  it("are started by links of their package, unless masked", async () => {
    const tree = {
      ...unit,
      "/usr/lib/systemd/system/sysinit.target.wants/x.service": { link: "../x.service" },
    };
    expect(await enabled(tree)).toBe(true);
    expect(await enabled({ ...tree, "/etc/systemd/system/x.service": { link: "/dev/null" } })).toBe(false);
    expect(await (await services(tree)).find("x")).toMatchObject({
      links: [],
      packageLinks: ["/usr/lib/systemd/system/sysinit.target.wants/x.service"],
    });
  });

  it("tell the guest agent and other hypervisors' tools", async () => {
    const found = await services({
      "/lib/systemd/system/qemu-guest-agent.service": "",
      "/etc/systemd/system/dev-virtio\\x2dports-org.qemu.guest_agent.0.device.wants/qemu-guest-agent.service":
        {
          link: "/lib/systemd/system/qemu-guest-agent.service",
        },
      "/lib/systemd/system/open-vm-tools.service": "",
      "/etc/init.d/vboxadd": "",
      "/etc/rc3.d/S30vboxadd": { link: "../init.d/vboxadd" },
    });
    expect(await readGuestAgent(found)).toMatchObject({ name: "qemu-guest-agent", enabledAtBoot: true });
    expect((await readHypervisorTools(found)).map((one) => [one.name, one.enabledAtBoot])).toEqual([
      ["open-vm-tools", false],
      ["vboxadd", true],
    ]);
    expect(await readGuestAgent(await services({}))).toBeNull();
  });
});

describe("SELinux", () => {
  it("is overridden by the arguments of the kernel", async () => {
    const files = new MemoryGuestFiles({ "/etc/sysconfig/selinux": "SELINUX=enforcing\n" });
    const loaders = (argument: string) => ({ facts: [], kernelArguments: [argument], source: "/grub.cfg" });
    expect(await readSelinux(files)).toEqual({ configured: "enforcing", source: "/etc/sysconfig/selinux" });
    expect(await readSelinux(files, loaders("selinux=0"))).toEqual({
      configured: "disabled",
      source: "/grub.cfg",
    });
    expect(await readSelinux(files, loaders("enforcing=0"))).toMatchObject({ configured: "permissive" });
    expect(await readSelinux(files, loaders("quiet"))).toMatchObject({ configured: "enforcing" });
  });
});

describe("cloud-init", () => {
  const installed = {
    "/usr/bin/cloud-init": "",
    "/lib/systemd/system/cloud-init.service": "",
    "/etc/systemd/system/cloud-init.target.wants/cloud-init.service": {
      link: "/lib/systemd/system/cloud-init.service",
    },
    "/etc/cloud/cloud.cfg": "users:\n - default\ndatasource_list: [ NoCloud, None ]\n",
  };
  const read = async (tree: PhonyTree, kernelArguments: readonly string[] = []) =>
    readCloudInit(new MemoryGuestFiles(tree), await services(tree), kernelArguments);

  it("runs at boot unless a file or the kernel's arguments say no", async () => {
    expect(await read(installed)).toEqual({
      installed: true,
      enabledAtBoot: true,
      datasources: ["NoCloud", "None"],
    });
    expect(await read(installed, ["cloud-init=disabled"])).toMatchObject({ enabledAtBoot: false });
    expect(await read({ ...installed, "/etc/cloud/cloud-init.disabled": "" })).toMatchObject({
      enabledAtBoot: false,
    });
    expect(await read({})).toEqual({ installed: false, enabledAtBoot: null, datasources: null });
  });

  it("takes the list of the last file that has one", async () => {
    const tree = {
      ...installed,
      "/etc/cloud/cloud.cfg.d/90_dpkg.cfg": "# x\ndatasource_list: [ AliYun, None ]\n",
      "/etc/cloud/cloud.cfg.d/99_more.cfg": "network: {config: disabled}\n",
    };
    expect((await read(tree)).datasources).toEqual(["AliYun", "None"]);
  });

  it("reads a list in each of its forms", () => {
    expect(datasourcesIn("datasource_list:\n  - 'Ec2' # x\n  - None\nother: 1\n")).toEqual(["Ec2", "None"]);
    expect(datasourcesIn("datasource_list: [\n Ec2,\n None\n]\n- x\n")).toEqual(["Ec2", "None"]);
    expect(datasourcesIn("datasource_list: []\n")).toEqual([]);
    expect(datasourcesIn("datasource: {}\n")).toBeUndefined();
  });
});

describe("the SSH server", () => {
  const config = "/etc/ssh/sshd_config";
  const read = (tree: PhonyTree) => readSshd(new MemoryGuestFiles(tree));
  const socket = {
    [config]: "#Port 22\n",
    "/lib/systemd/system/ssh.socket": "[Socket]\nListenStream=22\nAccept=no\n",
    "/etc/systemd/system/sockets.target.wants/ssh.socket": { link: "/lib/systemd/system/ssh.socket" },
  };

  it.each([
    ["Port 2222\nPort 22\nMatch all\nPermitRootLogin yes\n", [2222, 22], "yes"],
    ["port=2200\nListenAddress 0.0.0.0\nListenAddress [::]:22\n", [2200, 22], null],
    ['ListenAddress "10.0.0.1:2022"\nPermitRootLogin "prohibit-password"\n', [2022], "prohibit-password"],
    ["Match User x\nPort 1\nPermitRootLogin yes\n", [22], null],
    ["Port 99999\n", [22], null],
  ])("with %o listens on %o", async (text, ports, permitRootLogin) => {
    expect(await read({ [config]: text })).toEqual({ installed: true, ports, permitRootLogin });
  });

  it("takes included files where they stand, and ends on a circle of them", async () => {
    const tree = {
      [config]: "PermitRootLogin yes\nInclude sshd_config.d/*.conf\n",
      "/etc/ssh/sshd_config.d/10.conf": "PermitRootLogin no\nPort 2222\nMatch User x\n",
      "/etc/ssh/sshd_config.d/20.conf": "Port 2223\nInclude /etc/ssh/sshd_config.d/20.conf\n",
      "/etc/ssh/sshd_config.d/.30.conf": "Port 1\n",
    };
    const { ports, permitRootLogin } = await read(tree);
    expect([...new Set(ports)]).toEqual([2222, 2223]);
    expect(permitRootLogin).toBe("yes");
  });

  it("is reached where systemd listens for it", async () => {
    expect((await read(socket)).ports).toEqual([22]);
    const moved = {
      ...socket,
      "/etc/systemd/system/ssh.socket.d/listen.conf": "[Socket]\nListenStream=\nListenStream=0.0.0.0:2222\n",
    };
    expect((await read(moved)).ports).toEqual([2222]);
    const generated = { ...socket, "/usr/lib/systemd/system-generators/sshd-socket-generator": "" };
    expect((await read({ ...generated, [config]: "Port 2022\n" })).ports).toEqual([2022]);
  });

  it("may be dropbear", async () => {
    const tree = { "/usr/sbin/dropbear": "", "/etc/default/dropbear": 'DROPBEAR_EXTRA_ARGS="-w -p 2222"\n' };
    expect(await read(tree)).toEqual({ installed: true, ports: [2222], permitRootLogin: "no" });
    expect(await read({})).toEqual({ installed: false, ports: [], permitRootLogin: null });
  });
});

describe("what is put together at boot", () => {
  it("are the arrays of mdadm.conf and the entries of crypttab", async () => {
    const files = new MemoryGuestFiles({
      "/etc/mdadm/mdadm.conf":
        "HOMEHOST <system>\nARRAY /dev/md0 metadata=1.2 UUID=a\nARRAY metadata=imsm UUID=b\nARRAY <ignore> UUID=c\nARRAY /dev/md0\n",
      "/etc/crypttab": "# name device\nswap /dev/sda2 /dev/urandom swap\nroot UUID=abc none luks\n",
    });
    expect(await readRaidArrays(files)).toEqual(["/dev/md0"]);
    expect(await readEncrypted(files)).toEqual([
      { name: "swap", device: "/dev/sda2", line: 2 },
      { name: "root", device: "UUID=abc", line: 3 },
    ]);
  });
});

describe("names of network cards", () => {
  it("are read from udev rules and systemd links that match one machine's hardware", async () => {
    const files = new MemoryGuestFiles({
      "/etc/udev/rules.d/70-persistent-net.rules":
        '# PCI device\n#SUBSYSTEM=="net", ATTR{address}=="0", NAME="eth9"\nSUBSYSTEM=="net", ACTION=="add", DRIVERS=="?*", ATTR{address}=="00:0C:29:AA:BB:CC", \\\n  ATTR{type}=="1", KERNEL=="eth*", NAME="eth0"\n',
      "/etc/udev/rules.d/30-net_persistent_names.rules":
        'SUBSYSTEM=="net", ACTION=="add", SYSFS{address}=="00:0c:29:00:00:01", IMPORT="/lib/udev/rename_netiface %k eth1"\n',
      "/etc/udev/rules.d/60-other.rules":
        'KERNEL=="sda", NAME="root"\nSUBSYSTEM=="net", KERNEL=="lo", NAME="lo"\n',
      "/etc/systemd/network/10-lan.link": "[Match]\nMACAddress=00:0c:29:00:00:02\n\n[Link]\nName=lan0\n",
      "/etc/systemd/network/99-default.link": "[Match]\nOriginalName=*\n[Link]\nNamePolicy=kernel\n",
    });
    expect(await readPersistentNetRules(files)).toEqual([
      {
        source: "/etc/udev/rules.d/30-net_persistent_names.rules",
        line: 1,
        name: "eth1",
        macAddress: "00:0c:29:00:00:01",
      },
      {
        source: "/etc/udev/rules.d/70-persistent-net.rules",
        line: 3,
        name: "eth0",
        macAddress: "00:0c:29:aa:bb:cc",
      },
      { source: "/etc/systemd/network/10-lan.link", line: 5, name: "lan0", macAddress: "00:0c:29:00:00:02" },
    ]);
  });
});

describe("the account root", () => {
  it.each([
    ["root:$6$x$y:19000:0:::::", "set"],
    ["root:!:19000:0:::::", "locked"],
    ["root:*:19000:0:::::", "locked"],
    ["root::19000:0:::::", "empty"],
    ["daemon:*:1::::::", "missing"],
  ])("with %s has its password %o", async (line, password) => {
    const files = new MemoryGuestFiles({ "/etc/shadow": `${line}\n` });
    expect(await readRootAccount(files)).toEqual({ password, hasAuthorizedKeys: false });
  });

  it("has keys where its home is", async () => {
    const files = new MemoryGuestFiles({
      "/etc/shadow": "root:!:1::::::\n",
      "/etc/passwd": "root:x:0:0:root:/srv/admin:/bin/sh\n",
      "/srv/admin/.ssh/authorized_keys": "# none\nssh-ed25519 AAAA x\n",
    });
    expect(await readRootAccount(files)).toEqual({ password: "locked", hasAuthorizedKeys: true });
    expect(await readRootAccount(new MemoryGuestFiles({}))).toBeNull();
  });
});

describe("licence and clock", () => {
  it("say whether a licensed distribution is registered", async () => {
    const read = (family: string, tree: PhonyTree) => readLicence(new MemoryGuestFiles(tree), family);
    const certificate = { "/etc/pki/consumer/cert.pem": "x" };
    expect(await read("rhel", certificate)).toEqual({
      product: "rhel",
      registered: true,
      source: "/etc/pki/consumer/cert.pem",
    });
    expect(await read("rhel", { "/etc/rhsm/rhsm.conf": "" })).toMatchObject({ registered: false });
    expect(await read("sles", {})).toEqual({ product: "sles", registered: null, source: null });
    expect(await read("centos", certificate)).toBeNull();
  });

  it.each([
    [{ "/etc/adjtime": "0.0 0 0.0\n0\nLOCAL\n" }, "local"],
    [{ "/etc/adjtime": "0.0 0 0.0\n0\nUTC\n", "/etc/default/rcS": "UTC=no\n" }, "utc"],
    [{ "/etc/default/rcS": "UTC=no\n" }, "local"],
    [{ "/etc/sysconfig/clock": 'ZONE="Europe/Berlin"\nUTC=true\n' }, "utc"],
    [{ "/etc/sysconfig/clock": 'HWCLOCK="--localtime"\n' }, "local"],
    [{ "/etc/conf.d/hwclock": 'clock="UTC"\n' }, "utc"],
    [{}, null],
  ])("tell from %o what the hardware clock holds", async (tree, holds) => {
    expect(await readHardwareClock(new MemoryGuestFiles(tree as PhonyTree))).toBe(holds);
  });
});
