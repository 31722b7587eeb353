import { fact, windowsGuest } from "./guest-of.ts";
import { powershell, steps } from "./manual.ts";
import type { Rule } from "./rule.ts";
import { imageCheck } from "./sources.ts";

const diskClass = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Class\\{4d36e967-e325-11ce-bfc1-08002be10318}";

export const windowsDisk: Rule = {
  id: "GUESTOS.Disk",
  requirement: "No filter of a foreign driver sits on every disk or volume.",
  why: "Windows loads these filters before it finds its system disk. One whose driver is gone, or that waits for the old machine's hardware, ends in 0x0000007B.",
  looksAt:
    "`UpperFilters` and `LowerFilters` of the disk and volume classes in the SYSTEM hive, without Windows's own (`partmgr`, `volsnap` and so on). The evidence is the class key.",
  mend: steps(
    "Uninstall the product that brought the filter: backup agents, storage drivers, tools of another hypervisor. A rest whose driver file is missing from `C:\\Windows\\System32\\drivers` is taken out of the list, and Windows's own names stay in it:",
    powershell(
      `reg query "${diskClass}" /v UpperFilters`,
      `reg add "${diskClass}" /v UpperFilters /t REG_MULTI_SZ /d partmgr /f`,
    ),
  ),
  profiles: { current: { severity: "warning", source: imageCheck } },
  fixup: null,
  check(input) {
    const filters = windowsGuest(input)?.diskFilters ?? [];
    return filters.map((one) => ({
      message: `The filter ${one.name} sits on every ${one.class}; Windows does not start if it fails on ECS.`,
      hint: `Uninstall what brought ${one.name}; if its driver file is gone, take the name out of the filters: \`reg query "${one.source}"\`.`,
      evidence: [fact(one.source, one.name)],
    }));
  },
};
