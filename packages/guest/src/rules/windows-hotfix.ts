import { fact, file, windowsGuest } from "./guest-of.ts";
import { powershell, steps } from "./manual.ts";
import type { Rule, RuleHit } from "./rule.ts";
import { imageCheck } from "./sources.ts";
import { windowsRelease } from "./windows-release.ts";

/** Updates the vendor names as bad. */
const bad: readonly string[] = [
  "KB5009624",
  "KB5009595",
  "KB5009546",
  "KB5009557",
  "KB5009555",
  "KB5014738",
  "KB5014702",
  "KB5014692",
  "KB5014678",
];
/** Brings SHA-2 to Windows Server 2008 R2, without which it refuses the drivers of today. */
const needed = "KB3033929";

export const windowsHotfix: Rule = {
  id: "GUESTOS.Hotfix",
  requirement: "No update the vendor names as bad is installed, and Windows Server 2008 R2 has KB3033929.",
  why: "Nine updates of January and June 2022 keep instances from starting, by the vendor's list. Windows Server 2008 R2 of 64 bits refuses drivers signed with SHA-2, which those of ECS are, before KB3033929; a later rollup may bring the same under another number, so this warns.",
  looksAt:
    "The packages in `\\Windows\\servicing\\Packages`, by their KB numbers. Nothing is found where the folder cannot be read. The evidence is the package or the folder.",
  mend: steps(
    "On the host, before capture:",
    powershell(
      "wusa /uninstall /kb:5009624 /norestart",
      "wusa Windows6.1-KB3033929-x64.msu /quiet /norestart",
    ),
  ),
  profiles: { current: { severity: "warning", source: imageCheck } },
  fixup: null,
  check(input) {
    const guest = windowsGuest(input);
    if (guest === undefined || guest.hotfixes === null) return [];
    const folder = `${guest.systemRoot}/servicing/Packages`;
    const hits: RuleHit[] = guest.hotfixes
      .filter((one) => bad.includes(one))
      .map((one) => ({
        message: `The update ${one} is installed, which keeps instances from starting.`,
        hint: `On the host: \`wusa /uninstall /kb:${one.slice(2)} /norestart\`.`,
        evidence: [file(folder, one)],
      }));
    const lacks =
      windowsRelease(guest)?.name === "2008 R2" &&
      guest.architecture === "x86_64" &&
      !guest.hotfixes.includes(needed);
    if (lacks) {
      hits.push({
        message: `Windows Server 2008 R2 lacks ${needed}, without which it refuses the drivers of ECS.`,
        hint: `Install ${needed} on the host, or a rollup that brings it.`,
        evidence: [fact(folder, `no package of ${needed}`)],
      });
    }
    return hits;
  },
};
