import { fact, file, linuxGuest } from "./linux-guest.ts";
import type { Rule } from "./rule.ts";
import { importInstructions, whitepaper } from "./sources.ts";

export const sshd: Rule = {
  id: "SAMPAN.Sshd",
  requirement: "An SSH server listens on port 22, so that the guest can be reached.",
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
