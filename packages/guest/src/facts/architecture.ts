import type { GuestFiles } from "../files/guest-files.ts";
import { be16, hasText, le16, u8 } from "../volumes/fields.ts";

/** Programs every guest has one of; links are followed. */
const programs = [
  "/bin/sh",
  "/usr/bin/sh",
  "/bin/bash",
  "/sbin/init",
  "/usr/sbin/init",
  "/usr/lib/systemd/systemd",
  "/lib/systemd/systemd",
  "/bin/busybox",
  "/bin/ls",
  "/bin/rpm",
];

/** ELF machines, System V ABI. */
const machines: Readonly<Record<number, string>> = {
  3: "i386",
  8: "mips",
  20: "ppc",
  21: "ppc64",
  22: "s390x",
  40: "arm",
  62: "x86_64",
  183: "aarch64",
  243: "riscv64",
  258: "loongarch64",
};

/** The machine a guest's programs are made for; `null` when none could be read. */
export async function readArchitecture(files: GuestFiles): Promise<string | null> {
  for (const path of programs) {
    const header = await files.read(path, 64);
    if (header === undefined || header.length < 20 || !hasText(header, 0, "\x7fELF")) continue;
    const machine = u8(header, 5) === 2 ? be16(header, 18) : le16(header, 18);
    return machines[machine] ?? `elf-${machine}`;
  }
  return null;
}
