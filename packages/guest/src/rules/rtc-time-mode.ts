import { file, linuxGuest } from "./guest-of.ts";
import { shell, steps } from "./manual.ts";
import type { Rule } from "./rule.ts";
import { imageCheck } from "./sources.ts";

export const rtcTimeMode: Rule = {
  id: "GUESTOS.RtcTimeMode",
  requirement: "The guest takes the hardware clock to be in UTC.",
  why: "The hardware clock of an instance runs in UTC. A guest that takes it for local time starts hours off; certificates, logs and cluster members notice. ECS recommends UTC, and demands it of arm64 images.",
  looksAt:
    "The last line of `/etc/adjtime`, and what older distributions keep in `/etc/sysconfig/clock` or `/etc/default/rcS`.",
  mend: steps(
    "On the host, before capture:",
    shell("timedatectl set-local-rtc 0", "hwclock --systohc --utc          # without systemd"),
  ),
  profiles: { current: { severity: "warning", source: imageCheck } },
  fixup: null,
  check(input) {
    const guest = linuxGuest(input);
    if (guest?.hardwareClock !== "local") return [];
    return [
      {
        message: `The guest takes its hardware clock for local time; the clock of an ECS instance runs in UTC${guest.architecture === "aarch64" ? ", and arm64 images must say so" : ""}.`,
        hint: "Run `timedatectl set-local-rtc 0` on the host, or make the last line of /etc/adjtime UTC.",
        evidence: [file("/etc/adjtime", "LOCAL")],
      },
    ];
  },
};
