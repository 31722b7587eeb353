import { file, linuxGuest } from "./guest-of.ts";
import { shell, steps } from "./manual.ts";
import type { Rule, RuleHit } from "./rule.ts";
import { imageCheckTool } from "./sources.ts";

const shadow = "/etc/shadow";

export const rootAccount: Rule = {
  id: "SAMPAN.RootAccount",
  requirement: "The account root exists, and somebody can log in.",
  why: "ECS sets password and keys of root, through cloud-init. A guest without that account cannot take them; one whose root is locked, without keys and without cloud-init, is reached only by accounts of its own; and an empty password lets in everybody who sees port 22.",
  looksAt:
    "The line of root in `/etc/shadow`, `/root/.ssh/authorized_keys`, and whether cloud-init is installed. No password and no key is shown.",
  mend: steps(
    "On the host, before capture:",
    shell(
      "passwd root",
      "passwd -u root     # unlocks it",
      "useradd -o -u 0 -g 0 -d /root root     # where it is missing",
    ),
  ),
  profiles: { current: { severity: "warning", source: imageCheckTool } },
  fixup: null,
  check(input) {
    const guest = linuxGuest(input);
    const account = guest?.rootAccount;
    if (guest === undefined || account == null) return [];
    const hit = (message: string, hint: string, text: string): RuleHit => ({
      message,
      hint,
      evidence: [file(shadow, text)],
    });
    switch (account.password) {
      case "missing":
        return [
          hit(
            "The account root is missing, so ECS cannot set its password or keys.",
            "Create it on the host: `useradd -o -u 0 -g 0 -d /root root`.",
            "no line for root",
          ),
        ];
      case "empty":
        return [
          hit("root has an empty password.", "Set one on the host: `passwd root`.", "root: empty password"),
        ];
      case "locked":
        if (account.hasAuthorizedKeys || guest.cloudInit.installed) return [];
        return [
          {
            ...hit(
              "root is locked and has no keys, and without cloud-init ECS cannot unlock it.",
              "Make sure that another account can log in, or run `passwd root` on the host.",
              "root: locked",
            ),
            severity: "info",
          },
        ];
      default:
        return [];
    }
  },
};
