import { fact, windowsGuest } from "./guest-of.ts";
import { powershell, steps } from "./manual.ts";
import type { Rule } from "./rule.ts";
import { imageCheck } from "./sources.ts";

const diskClass = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Class\\{4d36e967-e325-11ce-bfc1-08002be10318}";

export const windowsDisk: Rule = {
  id: "GUESTOS.Disk",
  requirement: "No filter whose driver is gone sits on every disk or volume.",
  why: "Windows loads these filters before it finds its system disk. One whose driver is gone, or that waits for the old machine's hardware, ends in 0x0000007B.",
  looksAt:
    "`UpperFilters` and `LowerFilters` of the disk and volume classes in the SYSTEM hive, without Windows's own (`partmgr`, `volsnap` and so on), and whether the file of each is there. A filter that is there is only told. The evidence is the class key.",
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
    return filters.map(({ name, class: kind, source, fileThere }) =>
      fileThere === false
        ? {
            message: `The filter ${name} sits on every ${kind}, and its driver is gone: Windows does not start without it.`,
            hint: `Take ${name} out of UpperFilters and LowerFilters of ${source}, and leave Windows's own names in them.`,
            evidence: [fact(source, `${name}: no driver`)],
          }
        : {
            message: `The filter ${name} sits on every ${kind}; Windows does not start if it fails on ECS.`,
            hint: `Uninstall what brought ${name} if it is of the old machine's hardware or of another hypervisor.`,
            evidence: [fact(source, name)],
            severity: "info" as const,
          },
    );
  },
};
