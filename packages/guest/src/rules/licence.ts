import { fact, file, linuxGuest } from "./guest-of.ts";
import { plan, shell, steps } from "./manual.ts";
import type { Rule } from "./rule.ts";
import { importImageApi, whitepaper } from "./sources.ts";

const names = { rhel: "Red Hat Enterprise Linux", sles: "SUSE Linux Enterprise Server" } as const;

export const licence: Rule = {
  id: "SAMPAN.Licence",
  requirement: "A Red Hat or SUSE guest brings a subscription of its owner's.",
  why: "ECS cannot give an imported RHEL or SLES image a licence: it must be bring-your-own-licence, with product numbers and support bought from the maker. The whitepaper says so of RHEL.",
  looksAt:
    "Whether the guest is registered with its maker: the identity of subscription-manager, RHN or SUSEConnect on the disk. The evidence is that file.",
  mend: steps(
    "Register the host with a subscription that allows the cloud, and import with a licence of your own:",
    shell("subscription-manager register --username NAME --auto-attach", "SUSEConnect --regcode CODE"),
    plan('import({ name: "web-01", licenseType: "BYOL" })'),
  ),
  profiles: {
    current: { severity: "warning", source: importImageApi },
    "whitepaper-2017": { severity: "warning", source: whitepaper("§3.4 Linux restrictions") },
  },
  fixup: null,
  check(input, profile) {
    const guest = linuxGuest(input);
    const facts = guest?.licence;
    if (facts == null || facts.registered === true) return [];
    if (profile === "whitepaper-2017" && facts.product !== "rhel") return [];
    const told = facts.registered === false;
    return [
      {
        message: `${names[facts.product]} must bring a licence of your own, and the guest ${told ? "is registered with none" : "does not show whether it has one"}.`,
        hint: 'Register the host with its maker, and import with `licenseType: "BYOL"`.',
        evidence:
          facts.source === null
            ? [fact("licence", facts.product)]
            : [file(facts.source, told ? "not registered" : "unknown")],
        ...(told ? {} : { severity: "info" as const }),
      },
    ];
  },
};
