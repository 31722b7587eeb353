import type { ErrorCodeEntry } from "./entry.ts";

export const hostEsxiErrorCodes = {
  HOST_MACHINE_UNKNOWN: {
    meaning: "The hypervisor has no virtual machine of that name, or more than one.",
    cure: "The message says which there are; a machine's number or its file names it without doubt.",
    exitCode: 2,
  },
  HOST_DISK_LOCKED: {
    meaning: "The disk belongs to a virtual machine that runs or is suspended, and nobody else may read it.",
    cure: 'Capture it with `consistency: "snapshot"`, or switch the machine off.',
  },
} as const satisfies Record<string, ErrorCodeEntry>;
