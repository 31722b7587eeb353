import { describe, expect, it } from "vitest";
import { parseFstab } from "../../facts/fstab.ts";
import type { LinuxFacts } from "../../facts.ts";
import { applyFixup, phonyLayout, phonyUuid as uuid } from "../../testing/apply-fixup.ts";
import { MemoryGuestFiles } from "../../testing/memory-guest-files.ts";
import { grubRoot } from "../grub-root.ts";
import { selinux } from "../selinux.ts";
import { serialConsole } from "../serial-console.ts";
import { editKernelArguments, isGivenToAll } from "./kernel-arguments.ts";

const serial = "console=tty0 console=ttyS0,115200n8";
const grub2 = [
  'set default_kernelopts="root=/dev/sda1 ro "',
  "menuentry 'Linux' --class gnu {",
  "\tsearch --no-floppy --fs-uuid --set=root x",
  "\tlinux16   /boot/vmlinuz-5 root=/dev/sda1  ro quiet ",
  "\tinitrd16\t/boot/initrd-5",
  "}",
  "menuentry 'bare' {",
  "  linux /boot/bare root=/dev/sda2 ro",
  "}",
  "",
].join("\n");

describe("naming the root to the kernel", () => {
  it("gives GRUB 2 entries a UUID, and one without an initramfs what the kernel itself understands", async () => {
    const { text } = await applyFixup(grubRoot, {
      "/boot/grub2/grub.cfg": grub2,
      "/etc/default/grub": 'GRUB_DISABLE_LINUX_UUID=true\nGRUB_CMDLINE_LINUX="resume=/dev/sdb2 quiet"\n',
    });
    expect(await text("/boot/grub2/grub.cfg")).toBe(
      grub2
        .replaceAll("root=/dev/sda1", `root=UUID=${uuid}`)
        .replace("root=/dev/sda2", "root=PARTUUID=12345678-02"),
    );
    expect(await text("/etc/default/grub")).toBe(
      'GRUB_DISABLE_LINUX_UUID=false\nGRUB_CMDLINE_LINUX="quiet"\n',
    );
  });

  it("does so in GRUB legacy, its template for new entries included, in boot loader entries and in extlinux", async () => {
    const { text } = await applyFixup(grubRoot, {
      "/boot/grub/menu.lst":
        "# kopt=root=/dev/hda1 ro\ntitle Old\n\troot (hd0,0)\n\tkernel /boot/vmlinuz-2.6 root=/dev/hda1 ro resume=/dev/sda3\n\tinitrd /boot/initrd-2.6\n" +
        "title Xen\n\tkernel /boot/xen.gz root=/dev/sda1\n",
      "/boot/loader/entries/abc-5.14.conf":
        "title Rocky\nlinux /vmlinuz-5.14\ninitrd /initramfs-5.14.img $tuned_initrd\noptions root=/dev/vda1 ro $tuned_params\n",
      "/boot/extlinux.conf":
        "LABEL lts\n  LINUX vmlinuz-lts\n  INITRD initramfs-lts\n  APPEND root=/dev/sda1 modules=ext4\n",
      "/etc/kernel/cmdline": "root=/dev/sda1 ro\n",
    });
    expect(await text("/boot/grub/menu.lst")).toBe(
      `# kopt=root=UUID=${uuid} ro\ntitle Old\n\troot (hd0,0)\n\tkernel /boot/vmlinuz-2.6 root=UUID=${uuid} ro resume=UUID=77777777-0000-4000-8000-000000000003\n\tinitrd /boot/initrd-2.6\n` +
        "title Xen\n\tkernel /boot/xen.gz root=/dev/sda1\n",
    );
    expect(await text("/boot/loader/entries/abc-5.14.conf")).toContain(
      `options root=UUID=${uuid} ro $tuned_params\n`,
    );
    expect(await text("/boot/extlinux.conf")).toContain(`APPEND root=UUID=${uuid} modules=ext4\n`);
    expect(await text("/etc/kernel/cmdline")).toBe(`root=UUID=${uuid} ro\n`);
  });

  it("keeps GRUB's environment block at its size", async () => {
    const block = (options: string) =>
      `# GRUB Environment Block\nsaved_entry=abc\nkernelopts=${options}\n`.padEnd(1024, "#");
    const path = "/boot/grub2/grubenv";
    const tree = {
      [path]: block("root=/dev/sda1 ro crashkernel=auto "),
      "/boot/loader/entries/abc.conf": "linux /vmlinuz\ninitrd /i\noptions $kernelopts $tuned_params\n",
    };
    const fixed = await applyFixup(grubRoot, tree);
    expect(await fixed.text(path)).toBe(block(`root=UUID=${uuid} ro crashkernel=auto `));
    const console = await applyFixup(serialConsole, tree);
    expect(await console.text(path)).toBe(block(`root=/dev/sda1 ro crashkernel=auto ${serial} `));
    expect(await console.text("/boot/loader/entries/abc.conf")).toBe(tree["/boot/loader/entries/abc.conf"]);
    expect(await isGivenToAll(console.files, "console=tty0")).toBe(true);
  });

  it("leaves roots that keep their name, and says what it cannot name", async () => {
    const lasting = `menuentry x {\n linux /v root=UUID=${uuid} ro\n initrd /i\n}\nmenuentry y {\n linux /v root=/dev/mapper/vg-root ro\n initrd /i\n}\n`;
    const kept = await applyFixup(grubRoot, { "/boot/grub/grub.cfg": lasting });
    expect(await kept.text("/boot/grub/grub.cfg")).toBe(lasting);
    const nameless = "menuentry x {\n linux /v root=/dev/sda2 ro\n initrd /i\n}\n";
    const told = await applyFixup(grubRoot, { "/boot/grub/grub.cfg": nameless });
    expect(await told.text("/boot/grub/grub.cfg")).toBe(nameless);
    expect(told.notes).toEqual([
      "/boot/grub/grub.cfg names the root /dev/sda2, for which no lasting name was found",
    ]);
    const lilo = await applyFixup(grubRoot, { "/etc/lilo.conf": "boot=/dev/sda\n" });
    expect(lilo.notes).toEqual([expect.stringMatching(/^LILO/)]);
  });

  it("follows links named after the hardware to the root", async () => {
    const device = "/dev/disk/by-id/scsi-SATA_VMware_1-part1";
    const { text } = await applyFixup(
      grubRoot,
      { "/boot/grub/menu.lst": `kernel /boot/vmlinuz root=${device} splash\ninitrd /boot/initrd\n` },
      { fstab: parseFstab(`${device} / ext3 defaults\n`, phonyLayout) },
    );
    expect(await text("/boot/grub/menu.lst")).toContain(`root=UUID=${uuid} splash`);
  });
});

describe("the serial console", () => {
  it("is added behind the other arguments of every entry and of what entries are made from", async () => {
    const { text } = await applyFixup(serialConsole, {
      "/boot/grub/grub.cfg": grub2,
      "/etc/default/grub":
        'GRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX_DEFAULT="quiet"\nGRUB_CMDLINE_LINUX="" # none\n',
      "/etc/update-extlinux.conf": "default_kernel_opts=quiet\n",
    });
    expect(await text("/boot/grub/grub.cfg")).toBe(
      grub2
        .replace('ro "', `ro ${serial} "`)
        .replace("quiet ", `quiet ${serial} `)
        .replace("sda2 ro", `sda2 ro ${serial}`),
    );
    expect(await text("/etc/default/grub")).toBe(
      `GRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX_DEFAULT="quiet"\nGRUB_CMDLINE_LINUX="${serial}" # none\n`,
    );
    expect(await text("/etc/update-extlinux.conf")).toBe(`default_kernel_opts="quiet ${serial}"\n`);
  });

  it("stays as it is where there is one, and joins a screen that is named", async () => {
    const entry = (list: string) => `menuentry x {\n linux /v ${list}\n initrd /i\n}\n`;
    const has = await applyFixup(serialConsole, { "/boot/grub/grub.cfg": entry("ro console=ttyS0,9600") });
    expect(await has.text("/boot/grub/grub.cfg")).toBe(entry("ro console=ttyS0,9600"));
    const screen = await applyFixup(serialConsole, { "/boot/grub/grub.cfg": entry("console=tty0 ro") });
    expect(await screen.text("/boot/grub/grub.cfg")).toBe(entry("console=tty0 ro console=ttyS0,115200n8"));
  });

  it("is not for Arm", () => {
    expect(
      serialConsole.appliesTo({ type: "linux", architecture: "aarch64" } as LinuxFacts, {
        selinux: "disabled",
        permitRootLogin: null,
      }),
    ).toBe(false);
  });
});

describe("the fix-up of SELinux", () => {
  const tree = {
    "/etc/selinux/config": "# SELINUX=enforcing would be strict\nSELINUX=enforcing\nSELINUXTYPE=targeted\n",
    "/boot/grub2/grub.cfg": "menuentry x {\n linux /v ro enforcing=1 selinux=1 quiet\n initrd /i\n}\n",
  };

  it("disables it, also where the kernel's arguments have the last word", async () => {
    const { text } = await applyFixup(selinux, tree);
    expect(await text("/etc/selinux/config")).toBe(
      "# SELINUX=enforcing would be strict\nSELINUX=disabled\nSELINUXTYPE=targeted\n",
    );
    expect(await text("/boot/grub2/grub.cfg")).toContain("linux /v ro quiet\n");
  });

  it("makes it permissive when told to", async () => {
    const { text } = await applyFixup(selinux, tree, {}, { selinux: "permissive" });
    expect(await text("/etc/selinux/config")).toContain("\nSELINUX=permissive\n");
    expect(await text("/boot/grub2/grub.cfg")).toContain("linux /v ro selinux=1 quiet\n");
    const facts = (configured: string) => ({ type: "linux", selinux: { configured } }) as LinuxFacts;
    const wanted = { selinux: "permissive", permitRootLogin: null } as const;
    expect(
      ["enforcing", "permissive", "disabled"].map((one) => selinux.appliesTo(facts(one), wanted)),
    ).toEqual([true, false, false]);
  });
});

describe("kernel arguments", () => {
  it("are left alone in a list that shells cannot be sure to read the same way", async () => {
    const text = 'GRUB_CMDLINE_LINUX="dyndbg=\\"file x +p\\" quiet"\nGRUB_CMDLINE_LINUX=$MORE"x"\n';
    const files = new MemoryGuestFiles({ "/etc/default/grub": text });
    await editKernelArguments(files, { add: () => ["more"], change: (one) => `${one}!` });
    expect(await files.readText("/etc/default/grub")).toBe(text);
  });

  it("are found in all entries or not at all", async () => {
    const files = new MemoryGuestFiles({
      "/boot/grub/grub.cfg": "linux /a net.ifnames=0 ro\nlinux /b ro\n",
    });
    expect(await isGivenToAll(files, "net.ifnames=0")).toBe(false);
    await editKernelArguments(files, {
      add: (others) => (others.includes("net.ifnames=0") ? [] : ["net.ifnames=0"]),
    });
    expect(await isGivenToAll(files, "net.ifnames=0")).toBe(true);
    expect(await isGivenToAll(new MemoryGuestFiles({}), "net.ifnames=0")).toBe(false);
  });
});
