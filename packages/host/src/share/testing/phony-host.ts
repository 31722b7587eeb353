import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runProgram, startProgram } from "../../connection/run-program.ts";
import type { Argv, CommandOptions, Shell } from "../../connection/shell.ts";
import { centos5, type PhonySystem, phonySystems, program } from "./phony-systems.ts";

/** A host in a folder: BusyBox for a userland, and programs that act as those of a distribution do. */
export interface PhonyHost {
  readonly shell: Shell;
  readonly root: string;
  /** Text of a file; `undefined` when there is none. */
  text(path: string): string | undefined;
  write(path: string, text: string, mode?: number): void;
  exists(path: string): boolean;
  /** What its programs were called with, a line each; emptied by the call. */
  calls(): readonly string[];
  isActive(service: string): boolean;
  isEnabled(service: string): boolean;
  remove(): void;
}

/** True where a phony host can be made: as root, with BusyBox. */
export function canMakePhonyHost(): boolean {
  const can = process.getuid?.() === 0 && busybox() !== undefined;
  if (!can && process.env.CI)
    throw new Error("with CI set, tests may not be skipped: root and busybox are needed");
  return can;
}

function busybox(): string | undefined {
  return ["/bin/busybox", "/usr/bin/busybox"].find((path) => existsSync(path));
}

/** Makes a host with the programs of a system; remove it after use. */
export function makePhonyHost(
  name: keyof typeof phonySystems,
  options: { readonly bare?: boolean } = {},
): PhonyHost {
  const root = mkdtempSync(join(tmpdir(), "sampan-phony-host-"));
  const system: PhonySystem = phonySystems[name] ?? centos5;
  const write = (path: string, text: string, mode = 0o644) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    chmodSync(join(root, path), mode);
  };
  for (const folder of [
    "bin",
    "usr/bin",
    "usr/sbin",
    "sbin",
    "etc",
    "tmp",
    "var/lib",
    "state/active",
    "state/enabled",
    "proc",
  ]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  installBusybox(root);
  write("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
  write("/proc/mounts", "/dev/sda1 / ext4 rw 0 0\n");
  for (const [path, text] of Object.entries(system.files)) write(path, text, 0o755);
  const folder = options.bare === true ? "/packages" : "";
  for (const [path, text] of Object.entries(system.packaged)) write(`${folder}${path}`, text, 0o755);
  return {
    root,
    shell: shellIn(root),
    write,
    text: (path) => (existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : undefined),
    exists: (path) => existsSync(join(root, path)),
    calls() {
      const log = join(root, "state/log");
      const lines = existsSync(log) ? readFileSync(log, "utf8").trimEnd().split("\n") : [];
      rmSync(log, { force: true });
      return lines;
    },
    isActive: (service) => existsSync(join(root, "state/active", service)),
    isEnabled: (service) => system.isEnabled((path) => existsSync(join(root, path)), service),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function installBusybox(root: string): void {
  const path = busybox() as string;
  cpSync(path, join(root, "bin/busybox"), { dereference: true });
  let libraries = "";
  try {
    libraries = execFileSync("ldd", [path], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    // It needs none.
  }
  for (const library of libraries.match(/\/\S+/g) ?? []) {
    if (existsSync(library)) cpSync(library, join(root, library), { dereference: true });
  }
  execFileSync("chroot", [root, "/bin/busybox", "--install", "-s", "/bin"]);
  // What a distribution brings itself, or what a host has not.
  for (const applet of ["mount", "umount", "adduser", "deluser", "rpm", "dpkg"])
    rmSync(join(root, "bin", applet), { force: true });
  mkdirSync(join(root, "dev"), { recursive: true });
  execFileSync("mknod", ["-m", "666", join(root, "dev/null"), "c", "1", "3"]);
  writeFileSync(join(root, "usr/sbin/id"), program(`grep -q "^$1:" /etc/passwd`), { mode: 0o755 });
  rmSync(join(root, "bin/id"), { force: true });
}

function shellIn(root: string): Shell {
  const title = "a phony host";
  const call = ([file, ...args]: Argv) => ({
    file: "chroot",
    args: [root, file, ...args],
    title: `${file} on ${title}`,
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", TMPDIR: "/tmp" },
  });
  const scriptArgv = (script: string, args: readonly string[]): Argv => [
    "/bin/sh",
    "-c",
    script,
    "sh",
    ...args,
  ];
  return {
    title,
    run: (argv, options?: CommandOptions) => runProgram(call(argv), options),
    script: (script, args, options) => runProgram(call(scriptArgv(script, args)), options),
    start: async (argv, options) => startProgram(call(argv), options?.signal),
    startScript: async (script, args, options) =>
      startProgram(call(scriptArgv(script, args)), options?.signal),
    close: async () => undefined,
  };
}
