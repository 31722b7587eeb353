import { probeScript } from "./probe-script.ts";

/**
 * The program that Sampan runs on a Linux host to learn about it, as `--show-probe` prints it: all of it, byte for byte. What
 * it sends is told in the manual page of the probe.
 */
export function linuxProbeText(): string {
  return probeScript;
}
