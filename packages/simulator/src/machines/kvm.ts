import { spawn } from "node:child_process";
import { constants } from "node:fs";
import { access, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";

/** From the start of QEMU; where KVM runs the guest's instructions itself, a second is plenty. */
const patienceMs = 5_000;

/**
 * Whether KVM runs guests at the processor's speed here.
 *
 * A device that can be opened says little: inside other virtual machines KVM may run a guest instruction by instruction, hundreds
 * of times slower than QEMU's own emulation, or stop at the first one it does not know. So a boot sector counts to a hundred
 * million and reports.
 */
export async function kvmIsFast(qemu: string, folder: string): Promise<boolean> {
  try {
    await access("/dev/kvm", constants.R_OK | constants.W_OK);
  } catch {
    return false;
  }
  const path = join(folder, "kvm-probe.disk");
  await writeFile(path, countingSector());
  const child = spawn(
    qemu,
    [
      ...["-nodefaults", "-no-user-config", "-machine", "q35", "-accel", "kvm", "-cpu", "max", "-m", "128"],
      ...[
        "-display",
        "none",
        "-serial",
        "stdio",
        "-drive",
        `if=virtio,format=raw,file=${path.replaceAll(",", ",,")}`,
      ],
    ],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  try {
    return await new Promise<boolean>((resolve) => {
      const limit = setTimeout(resolve, patienceMs, false);
      child.once("error", () => resolve(false));
      child.once("close", () => {
        clearTimeout(limit);
        resolve(false);
      });
      (child.stdout as Readable).on("data", (chunk: Uint8Array) => {
        if (!chunk.includes(reported)) return;
        clearTimeout(limit);
        resolve(true);
      });
    });
  } finally {
    child.kill("SIGKILL");
    await rm(path, { force: true });
  }
}

/** What the boot sector writes to the serial port. */
const reported = "K".charCodeAt(0);

function countingSector(): Uint8Array {
  const sector = Buffer.alloc(512);
  // mov ecx,100000000; next: dec ecx; jnz next; mov dx,0x3f8; mov al,'K'; out dx,al; stop: hlt; jmp stop
  sector.set(Buffer.from("66b900e1f505664975fcbaf803b04beef4ebfd", "hex"));
  sector.set([0x55, 0xaa], 510);
  return sector;
}
