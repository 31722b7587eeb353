import { volumeName } from "../volumes/volume-name.ts";
import { fact, file, linuxGuest, place } from "./guest-of.ts";
import { plan, powershell, steps } from "./manual.ts";
import type { Rule, RuleHit } from "./rule.ts";
import { engineering } from "./sources.ts";

export const encryption: Rule = {
  id: "SAMPAN.Encryption",
  requirement: "No volume is encrypted by LUKS or BitLocker.",
  why: "The key of an encrypted volume comes from a person, a file, or the old machine's TPM. An instance has no TPM of theirs and nobody at its console, so a LUKS guest waits at boot and a BitLocker one asks for its recovery key. Encrypted blocks also look like data everywhere, so free space cannot be left out. ECS encrypts disks itself when asked.",
  looksAt:
    "LUKS and BitLocker signatures on the volumes, and `/etc/crypttab`. The evidence is where the volume begins, or the line.",
  mend: steps(
    "Windows: decrypt before capture, and wait until it is done:",
    powershell("manage-bde -off C:", "manage-bde -status C:"),
    "Linux: move the guest to a plain volume. If somebody will type the passphrase at the console of ECS, accept the finding:",
    plan('assess({ accept: { "SAMPAN.Encryption": "the passphrase is typed at the console" } })'),
  ),
  profiles: { current: { severity: "warning", source: engineering } },
  fixup: null,
  check(input) {
    const { guest, layout } = input.inspection;
    if (!input.disk.system || guest === null) return [];
    const locked = layout.volumes.filter(
      ({ fileSystem: fs }) => fs?.kind === "luks" || fs?.kind === "bitlocker",
    );
    const hits: RuleHit[] = [];
    if (guest.type === "windows") {
      if (!guest.bitLocker) return [];
      return [
        {
          message: "A volume is encrypted by BitLocker, whose key lies in the old machine's TPM.",
          hint: "Decrypt it on the host before capture: `manage-bde -off C:`, and wait for `manage-bde -status C:` to say so.",
          evidence:
            locked.length > 0
              ? locked.map((one) => place(one))
              : [fact("bitLocker", "a volume is encrypted")],
          severity: "blocker",
        },
      ];
    }
    for (const volume of locked) {
      hits.push({
        message: `${volumeName(volume)} is encrypted, so somebody has to give its key at every boot.`,
        hint: "Move the guest to a plain volume, or make sure that its key is on a volume that is not encrypted.",
        evidence: [place(volume)],
      });
    }
    if (locked.length > 0) return hits;
    for (const { name, device, line } of linuxGuest(input)?.encrypted ?? []) {
      hits.push({
        message: `${name} is to be opened from ${device} at boot, which asks for a key or is not there.`,
        hint: `Remove line ${line} of /etc/crypttab, or give it the option nofail.`,
        evidence: [file("/etc/crypttab", `${name} ${device}`, line)],
      });
    }
    return hits;
  },
};
