import type { GuestFiles, WritableGuestFiles } from "../../files/guest-files.ts";
import { editKernelArguments, isGivenToAll } from "../boot/kernel-arguments.ts";
import { hasProgram } from "./stack.ts";

const kernelNames = "net.ifnames=0";

/**
 * Has the first network card be called `eth0`, by telling the kernel's arguments that names are not to be made from the
 * card's slot, which is another one on ECS. False when not every boot entry could be told so.
 */
export async function ensureKernelNames(files: WritableGuestFiles): Promise<boolean> {
  if (await keepsKernelNames(files)) return true;
  const wanted = [kernelNames, ...((await hasProgram(files, "biosdevname")) ? ["biosdevname=0"] : [])];
  await editKernelArguments(files, {
    add: (others) => wanted.filter((one) => !others.includes(one)),
  });
  return isGivenToAll(files, kernelNames);
}

async function keepsKernelNames(files: GuestFiles): Promise<boolean> {
  if (await isGivenToAll(files, kernelNames)) return true;
  // Masked by an administrator.
  for (const path of ["/etc/udev/rules.d/80-net-setup-link.rules", "/etc/systemd/network/99-default.link"]) {
    if ((await files.readLink(path)) === "/dev/null") return true;
  }
  for (const folder of ["/usr/lib/udev/rules.d", "/lib/udev/rules.d"]) {
    for (const name of ["80-net-setup-link.rules", "80-net-name-slot.rules"]) {
      if (await files.stat(`${folder}/${name}`)) return false;
    }
  }
  return !(await hasProgram(files, "biosdevname"));
}
