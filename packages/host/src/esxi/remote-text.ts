import { SampanError } from "@sampan/core";
import type { Shell } from "../connection/shell.ts";
import { vmxLimitBytes } from "./vmx-text.ts";

/** Reads a small file of the host; `undefined` when it is not there. */
export async function readRemoteText(
  shell: Shell,
  path: string,
  signal?: AbortSignal,
): Promise<Uint8Array | undefined> {
  const script = '[ -f "$1" ] || exit 44; exec head -c "$2" "$1"';
  const { exitCode, stdout, stderr } = await shell.script(script, [path, String(vmxLimitBytes + 1)], {
    maxOutputBytes: vmxLimitBytes + 4096,
    ...(signal && { signal }),
  });
  if (exitCode === 44) return undefined;
  if (exitCode !== 0) {
    throw new SampanError(
      "HOST_COMMAND_FAILED",
      `reading ${path} on ${shell.title}: ${stderr.slice(0, 300)}`,
      {
        details: { path, exitCode },
      },
    );
  }
  return stdout;
}
