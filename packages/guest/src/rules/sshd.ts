import { fact, file, linuxGuest } from "./guest-of.ts";
import { shell, steps } from "./manual.ts";
import type { Rule } from "./rule.ts";
import { importInstructions, whitepaper } from "./sources.ts";

export const sshd: Rule = {
  id: "SAMPAN.Sshd",
  requirement: "An SSH server listens on port 22, so that the guest can be reached.",
  why: "Port 22 is what the security groups of ECS open by default and what the vendor's instructions ask for. Without SSH only the console of ECS is left.",
  looksAt:
    "Whether sshd is installed, and `Port` and `PermitRootLogin` in `/etc/ssh/sshd_config` and the files it includes, outside of `Match`. The evidence is the file.",
  mend: steps(
    "On the host, before capture:",
    shell(
      "apt-get install openssh-server     # or dnf, yum, zypper",
      "sed -i 's/^Port .*/Port 22/' /etc/ssh/sshd_config",
      "sshd -t",
    ),
    "A port of one's own is fine once the security group of the instance opens it.",
  ),
  profiles: {
    current: { severity: "warning", source: importInstructions },
    "whitepaper-2017": { severity: "warning", source: whitepaper("§3.4 Linux restrictions") },
  },
  fixup: null,
  check(input) {
    const facts = linuxGuest(input)?.sshd;
    if (facts === undefined) return [];
    if (!facts.installed) {
      return [
        {
          message: "No SSH server was found, so the guest can be reached only by the console of ECS.",
          hint: "Install openssh-server on the host before capture.",
          evidence: [fact("sshd", "not installed")],
          fixup: null,
        },
      ];
    }
    const config = "/etc/ssh/sshd_config";
    if (facts.ports.length > 0 && !facts.ports.includes(22)) {
      return [
        {
          message: `The SSH server listens on ${facts.ports.join(", ")} instead of 22.`,
          hint: "Open that port in the security group of the instance.",
          evidence: [file(config, `Port ${facts.ports.join(", ")}`)],
          fixup: null,
        },
      ];
    }
    return facts.permitRootLogin?.toLowerCase() === "no"
      ? [
          {
            message: "The SSH server refuses root; another account must be able to log in.",
            hint: "Make sure that an account with a key or password exists in the guest.",
            evidence: [file(config, "PermitRootLogin no")],
            severity: "info",
          },
        ]
      : [];
  },
};
