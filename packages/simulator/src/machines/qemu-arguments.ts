import { platform } from "node:process";
import type { MachineSpec } from "./machine.ts";

/** How the guest's instructions are run: by the processor itself, or emulated. */
export type Accelerator = "kvm" | "tcg";

/** Files a machine runs from. */
export interface MachineFiles {
  readonly disks: readonly string[];
  /** Set for UEFI: code, and the machine's own copy of the variables. */
  readonly firmware?: { readonly code: string; readonly variables: string };
}

/** Number of the child's file descriptor that QEMU is controlled through. */
export const monitorDescriptor = 3;

/** Memory and processors a machine gets at most: an instance type promises more than a developer's computer has. */
const mostMemoryMiB = 2048;
const mostProcessors = 2;

/**
 * Arguments that start a machine much as ECS would: virtio disks and network card, a serial console, a display that is only
 * looked at by screenshots.
 *
 * The guest is foreign code: it has a network of its own from which only the forwarded ports of the loopback lead in and
 * nothing leads out, and QEMU may start no program.
 */
export function qemuArguments(spec: MachineSpec, files: MachineFiles, accelerator: Accelerator): string[] {
  const memory = Math.max(128, Math.min(spec.memoryMiB, mostMemoryMiB));
  const processors = Math.max(1, Math.min(spec.cpus, mostProcessors));
  const forwards = spec.forwardPorts.map((port) => `,hostfwd=tcp:127.0.0.1:0-:${port}`).join("");
  return [
    ...["-name", spec.id, "-nodefaults", "-no-user-config"],
    ...["-machine", "q35", "-accel", accelerator, "-cpu", "max"],
    ...["-smp", String(processors), "-m", String(memory)],
    ...["-display", "none", "-device", "VGA"],
    ...["-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console"],
    ...["-chardev", `socket,id=monitor,fd=${monitorDescriptor}`, "-mon", "chardev=monitor,mode=control"],
    ...(files.firmware === undefined
      ? []
      : [
          ...["-drive", `if=pflash,unit=0,format=raw,readonly=on,file=${escaped(files.firmware.code)}`],
          ...["-drive", `if=pflash,unit=1,format=raw,file=${escaped(files.firmware.variables)}`],
        ]),
    ...files.disks.flatMap((path, index) => [
      ...["-drive", `if=none,id=disk${index},format=raw,cache=unsafe,file=${escaped(path)}`],
      ...["-device", `virtio-blk-pci,drive=disk${index}${index === 0 ? ",bootindex=0" : ""}`],
    ]),
    ...["-netdev", `user,id=net0,restrict=on${forwards}`, "-device", "virtio-net-pci,netdev=net0,romfile="],
    ...["-device", "virtio-rng-pci"],
    ...(platform === "linux"
      ? ["-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"]
      : []),
  ];
}

/** Commas separate QEMU's options; one in a file name is written twice. */
function escaped(path: string): string {
  return path.replaceAll(",", ",,");
}
