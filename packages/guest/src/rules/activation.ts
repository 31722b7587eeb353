import { fact, windowsGuest } from "./guest-of.ts";
import { powershell, steps } from "./manual.ts";
import type { Rule } from "./rule.ts";
import { importInstructions, whitepaper } from "./sources.ts";

/** The activation servers of ECS. */
const ownHosts = /(^|\.)aliyuncs?\.com$/i;

export const activation: Rule = {
  id: "SAMPAN.Activation",
  requirement: "The Windows activation service runs, and its server can be reached from ECS.",
  why: "An instance activates Windows anew, because its hardware is new. That needs the software protection service, and a server: ECS has one (`kms.cloud.aliyuncs.com`) for images imported with its licence; the one of the old network is out of reach.",
  looksAt:
    "The start type of the software protection service (`sppsvc`, with Vista `slsvc`; before Vista no service does it) in the SYSTEM hive, and `KeyManagementServiceName` in the SOFTWARE hive. The evidence is the key.",
  mend: steps(
    "On the host, before capture:",
    powershell(
      "sc.exe config sppsvc start= auto",
      "slmgr /skms kms.cloud.aliyuncs.com     # or: slmgr /ckms, which forgets the old server",
      "slmgr /ato     # on the instance",
    ),
    'A licence of one\'s own is imported with `licenseType: "BYOL"`.',
  ),
  profiles: {
    current: { severity: "warning", source: importInstructions },
    "whitepaper-2017": { severity: "warning", source: whitepaper("§3.4 Windows restrictions") },
  },
  fixup: null,
  check(input, profile) {
    const facts = windowsGuest(input)?.activation;
    if (facts === undefined) return [];
    if (facts.serviceEnabled === false) {
      return [
        {
          message:
            "The Windows activation service is missing or disabled, so the guest cannot be activated on ECS.",
          hint: "On the host: `sc.exe config sppsvc start= auto`.",
          evidence: [fact(facts.source, "the service does not start")],
        },
      ];
    }
    if (profile !== "current" || facts.kmsHost === null || ownHosts.test(facts.kmsHost)) return [];
    return [
      {
        message: `Windows is activated by ${facts.kmsHost}, which the instance may not reach.`,
        hint: "On the instance: `slmgr /skms kms.cloud.aliyuncs.com` and `slmgr /ato`, or open the way to that server.",
        evidence: [fact("KeyManagementServiceName", facts.kmsHost)],
        severity: "info",
      },
    ];
  },
};
