import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { hasTools, phonyGuests } from "@sampan/guest/testing";
import { afterEach, describe, expect, it } from "vitest";
import type { Argv } from "../../connection/shell.ts";
import { makePhonyHost, type PhonyHost, type PhonyHostOptions, shellOf } from "../testing/phony-host.ts";
import { askProbe } from "./ask-probe.ts";
import type { ProbeAnswer } from "./probe-answer.ts";
import { ProbedVolume } from "./probed-volume.ts";

const shells: readonly (readonly [string, Argv])[] = [
  ["dash", ["dash"]],
  ["bash as sh", ["bash", "--posix"]],
  ["busybox", ["busybox", "sh"]],
];
const hosts: PhonyHost[] = [];
afterEach(() => {
  for (const host of hosts.splice(0)) host.remove();
});

function phony(tree: PhonyHostOptions["tree"]) {
  const blocks = { vda: { files: { size: "2048", dev: "254:0" }, content: new Uint8Array(1024 * 1024) } };
  const host = makePhonyHost({ tree, blocks, mounts: ["/dev/vda / ext4 rw 0 0"] });
  hosts.push(host);
  return host;
}

const text = (answer: ProbeAnswer, path: string) => {
  const content = answer.contents.get(path);
  return content && Buffer.from(content.bytes).toString();
};

describe.skipIf(!hasTools("dash", "busybox"))("the probe", () => {
  it.each(shells)("keeps what is secret on the host: %s", async (_, program) => {
    const { root } = phony({
      "/etc/passwd":
        "root:$1$SECRET:0:0:root:/root:/bin/bash\nanna:x:1000:1000:Anna SECRET:/home/anna:/bin/sh\n",
      "/etc/shadow": "root:$6$SECRET$abc:19000:0:99999:7:::\nanna:$6$SECRET$def:19000:0:::::\n",
      "/etc/gshadow": "wheel:SECRET::\n",
      "/root/.ssh/authorized_keys": "# SECRET\nssh-ed25519 AAAASECRET anna@SECRET\n",
      "/etc/ssh/ssh_host_rsa_key": "SECRET",
      "/etc/cloud/cloud.cfg":
        "users:\n - passwd: SECRET\ndatasource_list:\n  - AliYun\n  - None\nchpasswd: SECRET\nssh_keys:\n  rsa: SECRET\n",
      "/etc/cloud/cloud.cfg.d/90.cfg": "datasource_list: [ NoCloud,\n  None ]\npassword: SECRET\n",
      "/boot/grub/grub.cfg":
        "set superusers=root\npassword_pbkdf2 root grub.SECRET\nmenuentry 'a' {\n linux /vmlinuz root=/dev/vda\n}\n",
      "/boot/grub/menu.lst": "default 0\npassword --md5 $1$SECRET\n",
      "/etc/fstab": "//nas/x /x cifs username=a,password=SECRET,uid=1 0 0\n",
      "/etc/netplan/50.yaml":
        'network:\n  wifis:\n    wlan0:\n      access-points:\n        home:\n          password: "SECRET, really"\n          auth: {key-management: psk, password: SECRET2}\n      dhcp4: true\n',
      "/etc/NetworkManager/system-connections/home.nmconnection":
        "[connection]\nid=home\n[wifi-security]\npsk=SECRET\n[802-1x]\npassword=SECRET\nprivate-key-password=SECRET\n[vpn-secrets]\nsecret=SECRET\n",
      "/etc/network/interfaces": "iface wlan0 inet dhcp\n  wpa-psk SECRET\n  wireless-key SECRET\n",
      "/etc/sysconfig/network-scripts/ifcfg-wlan0":
        "DEVICE=wlan0\nKEY_PASSPHRASE1=SECRET\nWPA_PSK='SECRET'\nBOOTPROTO=dhcp\n",
      "/etc/sysconfig/network-scripts/keys-wlan0": "WPA_PSK=SECRET\n",
      "/etc/systemd/network/wg.netdev": "[WireGuard]\nPrivateKey=SECRET\n",
    });
    const host = { shell: shellOf(program), root };
    const answer = await askProbe(host, [["all"]]);
    const all = [...answer.contents.keys()].map((path) => `${path}: ${text(answer, path)}`).join("\n");
    expect(all).not.toContain("SECRET");
    expect(text(answer, "/etc/shadow")).toBe("root:x:\n");
    expect(text(answer, "/etc/cloud/cloud.cfg")).toBe("datasource_list:\n  - AliYun\n  - None\nchpasswd:\n");
    expect(text(answer, "/etc/netplan/50.yaml")).toContain("dhcp4: true");
    expect(text(answer, "/etc/netplan/50.yaml")).toContain("auth: {key-management: psk, password: x}");
    expect(text(answer, "/etc/fstab")).toBe("//nas/x /x cifs username=a,password=x,uid=1 0 0\n");
    const asked = await askProbe(host, [
      ["take", "/etc/gshadow", 1000],
      ["take", "/etc/ssh/ssh_host_rsa_key", 1000],
      ["take", "/etc/shadow", 1000],
    ]);
    expect([...asked.unreadable].sort()).toEqual(["/etc/gshadow", "/etc/ssh/ssh_host_rsa_key"]);
    expect(text(asked, "/etc/shadow")).toBe("root:x:\n");
  });

  it.each([
    ["root::1:", "root::\n"],
    ["root:", "root::\n"],
    ["root:!:1:", "root:!:\n"],
    ["root:*LK*:1:", "root:*:\n"],
    ["rooter:$1$x:1:", ""],
  ])("tells of the password of root only whether there is one: %s", async (line, said) => {
    const { root } = phony({ "/etc/shadow": `daemon:*:1:\n${line}\n` });
    const answer = await askProbe({ shell: shellOf(["dash"]), root }, [["take", "/etc/shadow", 1000]]);
    expect(text(answer, "/etc/shadow")).toBe(said);
  });

  it.each(shells)("gives names as they are, whatever they hold: %s", async (_, program) => {
    const names = [
      "a b",
      "-n",
      "$(touch boom)",
      "new\nline",
      "*",
      "'\"`\\",
      "..x",
      ".x",
      "数据",
      "[a]",
      "(",
      "!",
      "tab\t",
    ];
    const { root } = phony(Object.fromEntries(names.map((name) => [`/etc/ssh/sshd_config.d/${name}`, name])));
    const host = { shell: shellOf(program), root };
    const volume = new ProbedVolume(host, await askProbe(host, [["look", "/etc"]]));
    const folder = async (...path: string[]) => {
      let node = await volume.root();
      for (const name of path) node = (await volume.lookup(node, name))!;
      return node;
    };
    const parts = await folder("etc", "ssh", "sshd_config.d");
    expect([...(await volume.names(parts))].sort()).toEqual([...names].sort());
    for (const name of names) {
      const file = (await volume.lookup(parts, name))!;
      expect([file.kind, file.sizeBytes]).toEqual(["file", Buffer.byteLength(name)]);
      const said: Uint8Array[] = [];
      for await (const chunk of volume.chunks(file, 100)) said.push(chunk);
      expect(Buffer.concat(said).toString()).toBe(name);
    }
  });

  it.each(shells)("gives bytes as they are, and no more than was asked for: %s", async (_, program) => {
    const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => index % 256);
    const { root } = phony({ "/usr/bin/all": bytes, "/usr/bin/none": "" });
    const ask = (limit: number) =>
      askProbe({ shell: shellOf(program), root }, [
        ["take", "/usr/bin/all", limit],
        ["take", "/usr/bin/none", limit],
      ]);
    const whole = (await ask(100_000)).contents;
    expect(Buffer.from(whole.get("/usr/bin/all")!.bytes).equals(bytes)).toBe(true);
    expect(whole.get("/usr/bin/none")?.bytes).toHaveLength(0);
    expect((await ask(257)).contents.get("/usr/bin/all")?.bytes).toEqual(Buffer.from(bytes.subarray(0, 257)));
  });

  it("opens nothing but plain files: a pipe in place of a setting keeps nobody waiting", async () => {
    const { root } = phony({ "/etc/ssh": null, "/etc/hostname": { link: "/etc/hostname" } });
    execFileSync("mkfifo", [join(root, "etc/ssh/sshd_config")]);
    const answer = await askProbe({ shell: shellOf(["dash"]), root }, [["all"]]);
    expect(answer.nodes.get("/etc/ssh/sshd_config")?.kind).toBe("other");
    expect(answer.contents.has("/etc/hostname")).toBe(false);
  });

  it("changes nothing on the host", async () => {
    const { root } = phony(phonyGuests[0]!.tree);
    const state = () =>
      (readdirSync(root, { recursive: true }) as string[])
        .map((path) => {
          const { mtimeMs, ctimeMs, size } = statSync(join(root, path), { throwIfNoEntry: false }) ?? {};
          return [path, mtimeMs, ctimeMs, size].join(" ");
        })
        .sort();
    const before = state();
    await askProbe({ shell: shellOf(["dash"]), root }, [["all"]]);
    expect(state()).toEqual(before);
  });

  it("does not leave the folder it was given for a root by a link", async () => {
    const { root } = phony({
      "/lib": { link: "/usr/lib" },
      "/usr/lib": null,
      "/etc/init.d": { link: "/etc/rc.d/init.d" },
    });
    const answer = await askProbe({ shell: shellOf(["dash"]), root }, [["all"]]);
    const there = [...answer.nodes].filter(
      ([path, { kind }]) => path.startsWith("/usr/lib/") && kind !== "absent",
    );
    expect(there).toEqual([]);
    expect(answer.listed.has("/etc/init.d")).toBe(false);
  });
});

/** Programs of busybox with the libraries they need, in a root of their own. */
function busyboxRoot(root: string, applets: readonly string[]): void {
  const program = execFileSync("sh", ["-c", "command -v busybox"], { encoding: "utf8" }).trim();
  const put = (from: string, to: string) => {
    mkdirSync(dirname(join(root, to)), { recursive: true });
    copyFileSync(from, join(root, to));
  };
  put(program, "/bin/busybox");
  let libraries = "";
  try {
    libraries = execFileSync("ldd", [program], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    // A program of its own needs none.
  }
  for (const [, path = ""] of libraries.matchAll(/(\/\S+) \(0x/g)) put(path, path);
  for (const applet of applets) symlinkSync("busybox", join(root, "bin", applet));
}

describe.skipIf(process.getuid?.() !== 0 || !hasTools("chroot", "busybox"))(
  "the probe in a small or old userland (root, busybox)",
  () => {
    const old = ["sh", "sed", "ls", "dd", "df", "uname", "cat"];
    const ask = async (applets: readonly string[]) => {
      const { root } = phony({
        "/etc/hostname": "old\n",
        "/etc/os-release": { link: "../usr/lib/os-release" },
        "/usr/lib/os-release": "ID=x\n",
      });
      busyboxRoot(root, applets);
      writeFileSync(join(root, "etc/strange -> name"), "x");
      symlinkSync("to -> there", join(root, "etc/a -> b"));
      return askProbe({ shell: shellOf(["chroot", root, "/bin/sh"]), root: "" }, [
        ["all"],
        ["look", "/etc/a -> b"],
      ]);
    };

    it("needs no readlink, gzip, stat, mountpoint or grep", async () => {
      const answer = await ask([...old, "od"]);
      expect(answer.nodes.get("/etc/os-release")).toEqual({ kind: "link", goal: "../usr/lib/os-release" });
      expect(answer.nodes.get("/etc/a -> b")).toEqual({ kind: "link", goal: "to -> there" });
      expect(text(answer, "/usr/lib/os-release")).toBe("ID=x\n");
      expect(answer.mounts).toEqual([{ from: "/dev/vda", at: "/", type: "ext4" }]);
    });

    it("takes hexdump where there is no od", async () => {
      expect(text(await ask([...old, "hexdump"]), "/etc/hostname")).toBe("old\n");
    });

    it("says so where there is neither", async () => {
      await expect(ask(old)).rejects.toMatchObject({ code: "HOST_TOOL_MISSING" });
    });
  },
);
