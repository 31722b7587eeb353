import { describe, expect, it } from "vitest";
import { MemoryGuestFiles } from "../../testing/memory-guest-files.ts";
import type { PhonyTree } from "../../testing/phony-disk.ts";
import type { DiskLayout } from "../../volumes/layout.ts";
import { readBootLoaders } from "./read-boot-loaders.ts";

const uuid = "5a3ba1c0-6d0e-4b6f-9a51-0c0de1fe57a1";
const layout: DiskLayout = {
  sizeBytes: 100,
  table: { kind: "mbr", diskId: null, sectorBytes: 512, partitions: [], tableRanges: [] },
  notes: [],
  volumeGroups: [],
  volumes: [
    {
      index: 0,
      ambiguous: false,
      logicalVolume: null,
      range: { offset: 0, length: 50 },
      partition: {
        number: 1,
        range: { offset: 0, length: 50 },
        type: "83",
        typeName: "Linux",
        name: null,
        partUuid: "11223344-01",
        bootable: true,
      },
      fileSystem: {
        kind: "ext4",
        label: "root",
        uuid,
        sizeBytes: 50,
        usedBytes: 1,
        dirty: false,
        features: [],
      },
    },
  ],
};

const read = (tree: PhonyTree) => readBootLoaders(new MemoryGuestFiles(tree), layout);
const root = (device: string, naming: string, resolved: boolean | null, line: number) => ({
  device,
  naming,
  resolved,
  line,
});

const grub2 = `set default="\${saved_entry}"
if [ "\${next_entry}" ] ; then
  set default="\${next_entry}"
fi
function load_video {
  insmod all_video
}
menuentry 'Debian GNU/Linux' --class debian $menuentry_id_option 'gnulinux-simple-1' {
	linux	/boot/vmlinuz-6.1 root=UUID=${uuid} ro quiet
	initrd	/boot/initrd.img-6.1
}
submenu 'Advanced options' $menuentry_id_option 'gnulinux-advanced-1' {
	menuentry 'with a serial console' --id serial {
		linux	/boot/vmlinuz-6.1 root=/dev/sda1 ro console=tty0 console=ttyS0,115200n8
	}
	menuentry 'recovery' {
		linux	/boot/vmlinuz-6.1 root=/dev/sdb1 ro single
	}
}
menuentry 'UEFI Firmware Settings' {
	fwsetup
}
`;

describe("boot loaders", () => {
  it("are read from GRUB 2 with every root once, and the first entry as the default", async () => {
    const { facts, kernelArguments } = await read({ "/boot/grub/grub.cfg": grub2 });
    expect(facts).toEqual([
      {
        kind: "grub2",
        source: "/boot/grub/grub.cfg",
        roots: [
          root(`UUID=${uuid}`, "uuid", true, 9),
          root("/dev/sda1", "device", true, 14),
          root("/dev/sdb1", "device", false, 17),
        ],
        serialConsole: false,
      },
    ]);
    expect(kernelArguments).toEqual([`root=UUID=${uuid}`, "ro", "quiet"]);
  });

  it.each([
    ["gnulinux-advanced-1>serial", true],
    ["Advanced options>with a serial console", true],
    ["1>0", true],
    ["1>1", false],
    ["1", true],
    ["nothing", false],
  ])("take the saved default %s of GRUB 2", async (saved, serialConsole) => {
    const { facts } = await read({
      "/boot/grub2/grub.cfg": grub2,
      "/boot/grub2/grubenv": `# GRUB Environment Block\nsaved_entry=${saved}\n######`,
    });
    expect(facts[0]?.serialConsole).toBe(serialConsole);
  });

  it("pass a GRUB configuration over that only leads to another", async () => {
    const { facts } = await read({
      "/boot/efi/EFI/debian/grub.cfg": "search.fs_uuid x root\nconfigfile $prefix/grub.cfg\n",
      "/boot/grub/grub.cfg": grub2,
    });
    expect(facts.map((one) => one.source)).toEqual(["/boot/grub/grub.cfg"]);
  });

  it("are read from GRUB 2 under Xen, where Linux is a module", async () => {
    const { facts } = await read({
      "/boot/grub/grub.cfg":
        "menuentry 'Xen' {\n multiboot2 /xen.gz placeholder\n module2 /vmlinuz placeholder root=LABEL=root ro\n module2 /initrd\n}\n",
    });
    expect(facts[0]?.roots).toEqual([root("LABEL=root", "label", true, 3)]);
  });

  const entries = {
    "/boot/grub2/grub.cfg": 'set kernelopts="root=/dev/sdz9 ro"\ninsmod blscfg\nblscfg\n',
    "/boot/loader/entries/a1-4.18.0-80.conf":
      "title Red Hat 4.18.0-80\nlinux /vmlinuz-4.18.0-80\noptions $kernelopts $tuned_params\n",
    "/boot/loader/entries/a1-4.18.0-305.conf": `title Red Hat 4.18.0-305\nversion 4.18.0-305\nlinux /vmlinuz-4.18.0-305\noptions root=UUID=${uuid} ro console=ttyS0\n`,
    "/boot/loader/entries/a1-0-rescue.conf": "linux /vmlinuz-0-rescue\noptions root=/dev/sda1\n",
  };

  it("are read from entries of the boot loader specification, each with the file that holds its root", async () => {
    const { facts } = await read({
      ...entries,
      "/boot/grub2/grubenv": "# GRUB Environment Block\nkernelopts=root=/dev/sdb1 ro\n",
      "/etc/kernel/cmdline": "root=LABEL=root ro\n",
    });
    expect(
      facts.map(({ kind, source, roots, serialConsole }) => [kind, source, roots, serialConsole]),
    ).toEqual([
      ["bls", "/boot/loader/entries/a1-4.18.0-305.conf", [root(`UUID=${uuid}`, "uuid", true, 4)], true],
      ["bls", "/boot/grub2/grubenv", [root("/dev/sdb1", "device", false, 2)], false],
      ["bls", "/boot/loader/entries/a1-0-rescue.conf", [root("/dev/sda1", "device", true, 2)], false],
      ["bls", "/etc/kernel/cmdline", [root("LABEL=root", "label", true, 1)], false],
    ]);
  });

  it("take the entry that GRUB has saved first, and kernelopts from grub.cfg where nothing else sets them", async () => {
    const { facts } = await read({
      ...entries,
      "/boot/grub2/grubenv": "saved_entry=a1-4.18.0-80\n",
    });
    expect(facts[0]).toEqual({
      kind: "bls",
      source: "/boot/grub2/grub.cfg",
      roots: [root("/dev/sdz9", "device", false, 1)],
      serialConsole: false,
    });
  });

  it("are read from systemd-boot with its default pattern", async () => {
    const { facts } = await read({
      "/efi/loader/loader.conf": "timeout 3\ndefault arch-lts*\n",
      "/efi/loader/entries/arch.conf": "linux /vmlinuz-linux\noptions root=/dev/sda1\n",
      "/efi/loader/entries/arch-lts.conf": "linux /vmlinuz-linux-lts\noptions root=PARTUUID=11223344-01\n",
    });
    expect(facts.map((one) => [one.kind, one.source, one.roots[0]?.naming])).toEqual([
      ["systemd-boot", "/efi/loader/entries/arch-lts.conf", "partuuid"],
      ["systemd-boot", "/efi/loader/entries/arch.conf", "device"],
    ]);
  });

  it("are read from GRUB Legacy: the default counts what boots no Linux, and Xen loads it as a module", async () => {
    const { facts } = await read({
      "/boot/grub/menu.lst":
        "default=2\ntimeout 5\ntitle Windows\n\trootnoverify (hd0,0)\n\tchainloader +1\ntitle Xen\n\tkernel /xen.gz com1=115200\n\tmodule /vmlinuz root=/dev/hda2 ro\n\tmodule /initrd\ntitle CentOS\n\troot (hd0,0)\n\tkernel /vmlinuz ro root=/dev/VolGroup00/LogVol00 console=ttyS0\n",
    });
    expect(facts).toEqual([
      {
        kind: "grub-legacy",
        source: "/boot/grub/menu.lst",
        roots: [root("/dev/hda2", "device", false, 8), root("/dev/VolGroup00/LogVol00", "mapper", false, 12)],
        serialConsole: true,
      },
    ]);
  });

  it("are read from EXTLINUX, with what all labels share", async () => {
    const { facts } = await read({
      "/boot/extlinux.conf":
        "DEFAULT menu.c32\nAPPEND root=/dev/sda1\nLABEL hdt\n  KERNEL hdt.c32\nLABEL virt\n  MENU DEFAULT\n  LINUX vmlinuz-virt\n  APPEND root=UUID=0 console=ttyS0\nLABEL old\n  KERNEL vmlinuz-old\n",
    });
    expect(facts[0]).toMatchObject({
      kind: "extlinux",
      roots: [root("UUID=0", "uuid", false, 8), root("/dev/sda1", "device", true, 2)],
      serialConsole: true,
    });
  });

  it("are read from LILO where it is installed", async () => {
    const text =
      'boot=/dev/sda\nroot=/dev/sda1\nappend="quiet"\ndefault=new\nimage=/boot/old\n  label=old\n  root="LABEL=root"\nimage=/boot/new\n  label=new\n  append="console=ttyS0,9600"\nother=/dev/sda2\n  label=dos\n';
    expect((await read({ "/etc/lilo.conf": text })).facts).toEqual([]);
    expect((await read({ "/etc/lilo.conf": text, "/boot/map": "" })).facts).toMatchObject([
      {
        kind: "lilo",
        roots: [root("LABEL=root", "label", true, 7), root("/dev/sda1", "device", true, 2)],
        serialConsole: true,
      },
    ]);
  });

  it("are none where a menu has no entry", async () => {
    const { facts } = await read({ "/boot/grub/grub.conf": "", "/boot/extlinux.conf": "DEFAULT x\n" });
    expect(facts).toEqual([]);
  });

  it("leave open what names no device", async () => {
    const { facts } = await read({
      "/boot/grub/grub.cfg":
        "menuentry x {\n linux /v root=ZFS=rpool/ROOT\n}\nmenuentry y {\n linux /v root=801\n}\n",
    });
    expect(facts[0]?.roots.map((one) => [one.naming, one.resolved])).toEqual([
      ["other", null],
      ["other", null],
    ]);
  });
});
