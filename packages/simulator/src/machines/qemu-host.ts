import { copyFile, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { BlobStore } from "../state/blob-store.ts";
import { findProgram } from "./find-program.ts";
import { findFirmware } from "./firmware.ts";
import { kvmIsFast } from "./kvm.ts";
import type { Machine, MachineHost, MachineSpec } from "./machine.ts";
import { writeMachineDisk } from "./machine-disk.ts";
import type { Accelerator, MachineFiles } from "./qemu-arguments.ts";
import { startQemu } from "./qemu-machine.ts";

/**
 * Boots images in `qemu-system-x86_64`: with KVM where that is fast, emulated otherwise; BIOS, or UEFI where OVMF is installed.
 *
 * Each machine has a folder of its own below `folder` with copies of the image's disks, removed when the machine is gone;
 * what an earlier process left there is removed first. Machines end with this process, also when it is killed (Linux).
 */
export async function createQemuHost(blobs: BlobStore, folder: string): Promise<MachineHost> {
  const qemu = await findProgram("qemu-system-x86_64");
  const setpriv = await findProgram("setpriv");
  await rm(folder, { recursive: true, force: true });
  const running = new Map<string, Machine>();
  let accelerator: Promise<Accelerator> | undefined;
  return {
    unavailable:
      qemu === undefined ? "qemu-system-x86_64 is not installed (on Debian: qemu-system-x86)" : null,
    async start(spec) {
      if (qemu === undefined) throw new Error("qemu-system-x86_64 is not installed");
      if (!/^[A-Za-z0-9][A-Za-z0-9-]{0,99}$/.test(spec.id)) throw new Error("the machine's id is malformed");
      if (running.has(spec.id)) throw new Error(`the machine ${spec.id} runs already`);
      const own = join(folder, spec.id);
      await mkdir(own, { recursive: true, mode: 0o700 });
      const clear = () => rm(own, { recursive: true, force: true });
      try {
        accelerator ??= kvmIsFast(qemu, own).then((isFast) => (isFast ? "kvm" : "tcg"));
        const files = await filesFor(blobs, spec, own);
        const machine = await startQemu({
          programs: { qemu, setpriv },
          spec,
          files,
          folder: own,
          accelerator: await accelerator,
        });
        running.set(spec.id, machine);
        const ended = machine.ended.then(async (end) => {
          running.delete(spec.id);
          await clear();
          return end;
        });
        return {
          ...machine,
          ended,
          async stop(force) {
            await machine.stop(force);
            await ended;
          },
        };
      } catch (error) {
        await clear();
        throw error;
      }
    },
    async close() {
      await Promise.all([...running.values()].map((machine) => machine.stop(true)));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function filesFor(blobs: BlobStore, spec: MachineSpec, folder: string): Promise<MachineFiles> {
  if (spec.architecture !== "x86_64") throw new Error(`machines of ${spec.architecture} cannot be run here`);
  const disks: string[] = [];
  for (const [index, disk] of spec.disks.entries()) {
    disks.push(await writeMachineDisk(blobs, disk, folder, `disk${index}`));
  }
  if (spec.bootMode === "BIOS") return { disks };
  const firmware = await findFirmware();
  if (firmware === undefined) throw new Error("no UEFI firmware is installed (on Debian: ovmf)");
  const variables = join(folder, "variables.fd");
  await copyFile(firmware.variables, variables);
  return { disks, firmware: { code: firmware.code, variables } };
}
