import type { CommandEntry } from "../command-entry.ts";
import {
  cloud,
  confirm,
  consistency,
  hostOptions,
  imageOptions,
  json,
  missingParent,
  noConfig,
  profile,
  quiet,
} from "../command-options.ts";

/** What looks at hosts and their disks, and changes them. */
export const disks: readonly CommandEntry[] = [
  {
    name: "assess",
    usage: "<target> [data-disks...]",
    summary: "Judge whether a host can be migrated, and what has to change.",
    details:
      "Exit code 0 when nothing stands in the way, 3 with warnings, 5 with blockers. The first image is the system disk,\n" +
      "further ones are the host's data disks. A host that runs (ssh://, local://) is looked at as it runs, and nothing is changed\n" +
      "on it. An instance (ecs://) is judged by what ECS tells of it. `sampan explain ID` tells more of a rule.",
    options: [
      profile,
      {
        flags: "--accept <id=reason>",
        summary: "take a finding on, by the id of its rule, with a reason; repeatable",
        repeatable: true,
      },
      {
        flags: "--origin <place>",
        summary: "where the host runs today (default: other)",
        choices: ["ecs", "other"],
      },
      {
        flags: "--send-as <format>",
        summary: "judge this format of the image too",
        choices: ["vhd", "raw", "qcow2", "vmdk"],
      },
      {
        flags: "--bandwidth <rate>",
        summary: "advise whether images or file synchronisation serve, such as 100mbit",
      },
      {
        flags: "--hosts <number>",
        summary: "how many hosts like this one are to be moved over that line (default: 1)",
        integer: { min: 1, max: 1_000_000 },
      },
      ...imageOptions,
      ...hostOptions,
      cloud,
      noConfig,
      {
        flags: "--account <name>",
        summary: "of ecs:// instances: which account, a profile of ~/.aliyun/config.json",
      },
      { flags: "--show-probe", summary: "print the script that looks at a Linux host, and do nothing" },
      { flags: "--sarif", summary: "the findings as SARIF 2.1.0 on stdout" },
      json,
      quiet,
    ],
    examples: [
      "sampan assess web-01.vmdk",
      "sampan assess ssh://root@web-01",
      "sampan assess ecs://cn-hangzhou/i-bp1a2b3c4d5e6f7g8h9i --cloud alibaba",
      "sampan assess web-01.vmdk --profile whitepaper-2017 --json",
      "sampan assess system.vmdk data.vmdk --bandwidth 100mbit --hosts 40",
      "sampan assess web-01.vmdk --sarif > web-01.sarif",
    ],
    load: () => import("../commands/assess.ts"),
  },
  {
    name: "inspect",
    usage: "<target>",
    summary:
      "Show what an image file, or a host's disk, holds: format, sizes, partitions, file systems, guest.",
    details:
      "An image whose parent is not there is described by what it holds itself, with exit code 3.\n" +
      "The JSON is described in docs/inspect-json.md.",
    options: [...imageOptions, ...hostOptions, missingParent, json, quiet],
    examples: [
      "sampan inspect web-01.vmdk",
      "sampan inspect web-01.vmdk --json",
      "sampan inspect ssh://root@web-01",
    ],
    load: () => import("../commands/inspect.ts"),
  },
  {
    name: "convert",
    usage: "<source> <destination>",
    summary: "Write a disk image, or the disk of a host, in another format.",
    details:
      "Of a host that runs (ssh://, local://), a moment is held while its disk is read; see docs/live-hosts.md of @sampan/sdk.\n" +
      "Without --format the ending of the destination says it: .vhd, .raw, .img or .qcow2.\n" +
      "Exit code 3 when zeros stand in for a parent that is not there: on request, and when a lone\n" +
      "differencing VHD is written as a raw file. It is not the whole disk then.\n" +
      "The JSON is described in docs/convert-json.md.",
    options: [
      { flags: "--format <format>", summary: "format of the destination", choices: ["vhd", "raw", "qcow2"] },
      {
        flags: "--subformat <name>",
        summary: "variant of a VHD (default: dynamic)",
        choices: ["dynamic", "fixed"],
      },
      { flags: "--used-only", summary: "leave out what the file systems call free; it reads as zero" },
      { flags: "--patch", summary: "apply the fix-ups to the copy" },
      { flags: "--force", summary: "replace the destination when it exists" },
      { flags: "--verify", summary: "read the destination again and compare it with the source" },
      ...imageOptions,
      ...hostOptions,
      consistency,
      missingParent,
      json,
      quiet,
    ],
    examples: [
      "sampan convert web-01.vmdk web-01.vhd",
      "sampan convert disk.raw disk.vhd --used-only --verify",
      "sampan convert ssh://root@web-01 web-01.vhd --used-only",
    ],
    load: () => import("../commands/convert.ts"),
  },
  {
    name: "patch",
    usage: "<image>",
    summary: "Show the fix-ups as a unified diff; nothing is written.",
    options: [...imageOptions, ...hostOptions, consistency, json, quiet],
    examples: [
      "sampan patch web-01.vmdk",
      "sampan patch web-01.vmdk > web-01.patch",
      "sampan patch ssh://root@web-01 --consistency freeze",
    ],
    load: () => import("../commands/patch.ts"),
  },
  {
    name: "prepare",
    usage: "<target> [id]",
    summary:
      "Prepare a host that runs for becoming an image, as the whitepaper does by hand, or take that back.",
    details:
      "Looks at the host (ssh://, local://), shows what it would change, files as a diff, asks, and changes it: firewalls, SELinux and\n" +
      "NetworkManager off, mounts of other disks out of /etc/fstab, from the next start on; of Windows (winrm://, ssh://) firewall, UAC,\n" +
      "sleep and hibernation off, remote desktop on. Everything is kept as it was on the host, with a script that takes it back;\n" +
      "--undo takes back the preparation ID, or else the last.\n" +
      'A plan does the same by `prepare({ on: "host", confirm: true })`. A copy is mended without any of this.',
    options: [
      { flags: "--undo", summary: "take a preparation back" },
      {
        flags: "--only <fix-up>",
        summary: "make the changes of this fix-up alone; repeatable",
        repeatable: true,
      },
      {
        flags: "--skip <fix-up>",
        summary: "leave the changes of this fix-up out; repeatable",
        repeatable: true,
      },
      ...hostOptions,
      { flags: "--dry-run", summary: "say what would be changed and do nothing" },
      { flags: "-y, --yes", summary: "do not ask before a preparation is taken back" },
      confirm,
      json,
      quiet,
    ],
    examples: [
      "sampan prepare ssh://root@web-01 --dry-run",
      "sampan prepare ssh://root@web-01 --skip firewall",
      "sampan prepare ssh://root@web-01 --undo",
    ],
    load: () => import("../commands/prepare.ts"),
  },
  {
    name: "share",
    usage: "<action> <target> [what]",
    values: { action: ["setup", "mount", "status", "remove"], target: ["local"] },
    summary: "Share a folder of a conversion host by NFS or SMB, and mount it on the migrated host.",
    details:
      "setup TARGET FOLDER shares a folder, mount TARGET SHARE mounts one, status TARGET tells what Sampan made there, and\n" +
      "remove TARGET [NAME] takes it back: just what was made, nothing that was there before, no file.\n" +
      "TARGET is `local` or ssh://[user@]host[:port]. Each step is shown and asked for. Exit code 3 with notes on a firewall or\n" +
      "SELinux in the way, and when `status` finds something missing.",
    options: [
      { flags: "--kind <kind>", summary: "setup: how it is shared (default: nfs)", choices: ["nfs", "smb"] },
      {
        flags: "--for <client>",
        summary:
          "setup by NFS: who may mount and write as root: the migrated host's address, or * for everybody",
      },
      { flags: "--name <name>", summary: "setup: the share's name (default: the folder's last name)" },
      { flags: "--at <folder>", summary: "mount: the mount point (default: /mnt/sampan)" },
      { flags: "--mount-options <list>", summary: "mount: further options of mount, such as vers=3,noatime" },
      { flags: "--user <name>", summary: "SMB: who uses the share (default: sampan)" },
      {
        flags: "--password-file <file>",
        summary: "SMB: file that holds the password; - reads it from standard input",
      },
      { flags: "--identity-file <file>", summary: "private key for ssh://, besides those of your SSH setup" },
      { flags: "--ssh-config <file>", summary: "configuration of OpenSSH to use instead of your own" },
      {
        flags: "--password-from <place>",
        summary: "where the password of sudo is found: env:NAME, file:PATH or ask",
      },
      { flags: "--install", summary: "install missing packages; they stay when the share is removed" },
      { flags: "--dry-run", summary: "say what would be done and do nothing" },
      { flags: "-y, --yes", summary: "do not ask before the host is changed" },
      json,
      quiet,
    ],
    examples: [
      "sampan share setup ssh://root@convert-01 /srv/images --for 192.0.2.7 --install",
      "sampan share mount ssh://root@web-01 convert-01:/srv/images --at /mnt/store",
      "sampan share setup local /srv/vhd --kind smb --name VHD_DIR --password-file ./password",
      "sampan share remove ssh://root@convert-01 images",
    ],
    load: () => import("../commands/share.ts"),
  },
  {
    name: "tools",
    usage: "",
    summary: "List the external tools Sampan can work with, which are here, and what it does without them.",
    options: [json, quiet],
    examples: ["sampan tools", "sampan tools --json"],
    load: () => import("../commands/tools.ts"),
  },
];
