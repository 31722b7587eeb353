import type { WindowsFacts } from "../facts.ts";
import { fact, linuxGuest, windowsGuest } from "./guest-of.ts";
import type { Rule, RuleHit } from "./rule.ts";
import { importInstructions } from "./sources.ts";
import { windowsRelease } from "./windows-release.ts";

/** First version of each family on the vendor's list of December 2020. */
const firstListed: Readonly<Record<string, number>> = {
  centos: 5,
  rhel: 5,
  debian: 6,
  ubuntu: 10,
  opensuse: 13,
  sles: 10,
};

export const osVersion: Rule = {
  id: "GUESTOS.OSVersion",
  requirement: "The version of the system is not older than what ECS lists, and Windows is a server edition.",
  why: "ECS adds its drivers at the import only to versions it knows; older ones may not boot. The vendor's list of versions dates from 2020 and has not been renewed, while its API takes newer releases under the same platform names: so a newer version is no finding. The same page refuses Windows clients (XP to 10), while the API has a platform `Other Windows`: so they are a warning.",
  looksAt:
    "The version in the guest's release files; with Windows the build, product type and service pack in the SOFTWARE and SYSTEM hives. The evidence is that version.",
  mend: 'Upgrade the guest before capture, or import it and prove that it boots before relying on it. A Windows client can be moved under the platform `Other Windows` with a licence of your own (`licenseType: "BYOL"`).',
  profiles: { current: { severity: "warning", source: importInstructions } },
  fixup: null,
  check(input) {
    const windows = windowsGuest(input);
    if (windows) return checkWindows(windows);
    const guest = linuxGuest(input);
    const first = guest === undefined ? undefined : firstListed[guest.family];
    if (guest === undefined || first === undefined || guest.major === null || guest.major >= first) return [];
    return [
      {
        message: `${guest.name} is older than anything on ECS's list, which begins at version ${first}.`,
        hint: "Upgrade the guest, or import it and test that it boots before relying on it.",
        evidence: [fact("version", guest.version ?? String(guest.major))],
      },
    ];
  },
};

function checkWindows(guest: WindowsFacts): readonly RuleHit[] {
  const release = windowsRelease(guest);
  if (release === null) return [];
  const evidence = [fact("build", `${guest.name}, build ${guest.build ?? "unknown"}`)];
  if (!release.server) {
    return [
      {
        message: `${guest.name} is a client; ECS's list takes servers only, from Windows Server 2003 SP1 on.`,
        hint: 'Move the services to a Windows Server, or import it as `platform: "Other Windows"` with a licence of your own and test that it boots.',
        evidence,
      },
    ];
  }
  const early = release.name === "2000" || (release.name.startsWith("2003") && guest.servicePack === 0);
  if (!early) return [];
  return [
    {
      message: `${guest.name} is older than anything on ECS's list, which begins with Windows Server 2003 SP1.`,
      hint: "Install the last service pack before capture, or move the services to a newer Windows Server.",
      evidence,
    },
  ];
}
