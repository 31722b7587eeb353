import { findFile } from "./find-program.ts";

/** UEFI firmware for x86_64: its code, and the empty variables each machine begins with. */
export interface Firmware {
  readonly code: string;
  readonly variables: string;
}

/** Where distributions put it: Debian and Ubuntu, Fedora and Red Hat, Arch, SUSE. */
const places: readonly Firmware[] = [
  { code: "/usr/share/OVMF/OVMF_CODE_4M.fd", variables: "/usr/share/OVMF/OVMF_VARS_4M.fd" },
  { code: "/usr/share/OVMF/OVMF_CODE.fd", variables: "/usr/share/OVMF/OVMF_VARS.fd" },
  { code: "/usr/share/edk2/ovmf/OVMF_CODE.fd", variables: "/usr/share/edk2/ovmf/OVMF_VARS.fd" },
  { code: "/usr/share/edk2/x64/OVMF_CODE.4m.fd", variables: "/usr/share/edk2/x64/OVMF_VARS.4m.fd" },
  { code: "/usr/share/qemu/ovmf-x86_64-code.bin", variables: "/usr/share/qemu/ovmf-x86_64-vars.bin" },
];

/** Finds the firmware that boots UEFI guests; `undefined` when none is installed. */
export async function findFirmware(): Promise<Firmware | undefined> {
  for (const { code, variables } of places) {
    const found = [await findFile([code]), await findFile([variables])];
    if (found.every((path) => path !== undefined)) return { code, variables };
  }
  return undefined;
}
