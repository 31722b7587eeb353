import type { GuestFiles } from "../files/guest-files.ts";
import { be16, hasText, le16, u8 } from "../volumes/fields.ts";

/** Programs and libraries every guest has one of; links are followed. */
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
  "/usr/bin/ls",
  "/bin/echo",
  "/bin/rm",
  "/bin/rpm",
  "/bin/cat",
  "/usr/bin/bash",
  "/lib64/libc.so.6",
  "/usr/lib64/libc.so.6",
  "/lib/libc.so.6",
  "/usr/lib/libc.so.6",
  "/lib64/ld-linux-x86-64.so.2",
  "/lib/ld-linux-aarch64.so.1",
  "/lib/ld-linux.so.2",
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
    const isBig = u8(header, 5) === 2;
    const machine = isBig ? be16(header, 18) : le16(header, 18);
    if (machine === 21 && !isBig) return "ppc64le";
    return machines[machine] ?? `elf-${machine}`;
  }
  return null;
}
