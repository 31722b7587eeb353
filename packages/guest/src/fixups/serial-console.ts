import { editKernelArguments } from "./boot/kernel-arguments.ts";
import type { Fixup } from "./fixup.ts";

const screen = "console=tty0";
const serial = "console=ttyS0,115200n8";

export const serialConsole: Fixup = {
  id: "serial-console",
  summary:
    "Gives the kernel a serial console, which is what the console of ECS shows, in every entry and in /etc/default/grub.",
  appliesTo(guest) {
    // Arm has its serial console elsewhere, and finds it by itself.
    return guest.type === "linux" && guest.architecture !== "aarch64" && guest.architecture !== "arm";
  },
  async apply(files) {
    await editKernelArguments(files, {
      add: (others) => {
        const has = (name: string) => others.some((one) => one === name || one.startsWith(`${name},`));
        if (has("console=ttyS0")) return [];
        // The last one gets what the boot says; the screen stays a console too.
        return has(screen) ? [serial] : [screen, serial];
      },
    });
  },
};
