import type { LinuxFacts } from "../facts.ts";
import type { GuestFiles } from "../files/guest-files.ts";
import { textLines } from "./lines.ts";
import { parseShellVariables } from "./shell-variables.ts";

/** Whether the guest keeps its hardware clock in UTC or in local time. */
export async function readHardwareClock(files: GuestFiles): Promise<LinuxFacts["hardwareClock"]> {
  // What hwclock itself notes down, and systemd takes (hwclock(8), adjtime_config(5)).
  const noted = meaning(textLines(await files.readText("/etc/adjtime"))[2]);
  if (noted !== null) return noted;
  for (const [path, key] of [
    ["/etc/default/rcS", "UTC"],
    ["/etc/sysconfig/clock", "UTC"],
    ["/etc/sysconfig/clock", "HWCLOCK"],
    ["/etc/conf.d/hwclock", "clock"],
    ["/etc/hardwareclock", ""],
  ] as const) {
    const text = await files.readText(path);
    const told =
      key === ""
        ? textLines(text).find((line) => /^(?:localtime|UTC)\s*$/.test(line))
        : parseShellVariables(text).get(key);
    if (meaning(told) !== null) return meaning(told);
  }
  return null;
}

/** SUSE gives the arguments of hwclock: `-u`, `--localtime`. */
function meaning(text: string | undefined): LinuxFacts["hardwareClock"] {
  const value = text?.trim().toLowerCase() ?? "";
  if (["utc", "yes", "true", "-u", "--utc"].includes(value)) return "utc";
  return ["local", "localtime", "no", "false", "-l", "--localtime"].includes(value) ? "local" : null;
}
