import { sentence } from "../sentences/sentence.ts";
import { plan, uploaded } from "./example.ts";
import { type Rule, rewrite, stepsOf, textOption } from "./rule.ts";

/** Platforms whose licence the cloud does not bring. */
const ownLicence = new Set(["RedHat", "SUSE"]);
const linux =
  /^(Aliyun|Anolis|CentOS|Ubuntu|CoreOS|Debian|OpenSUSE|FreeBSD|Fedora|AlmaLinux|Rocky|Gentoo|Kylin|UOS|Customized|Others)/;

/** SMP124 */
export const licence: Rule = {
  code: "SMP124",
  title: "A licence that the cloud does not bring",
  tier: "text",
  level: "warning",
  why: "`Aliyun` means that the cloud brings the licence and bills it; Red Hat and SUSE are imported with your own (`InvalidLicenseType.BYOLOnly`). For systems without a licence it says nothing.",
  mend: "Leave `licenseType` out, or say `BYOL`.",
  bad: plan(`${uploaded}\n  .import({ platform: "RedHat", licenseType: "Aliyun" })`),
  good: plan(`${uploaded}\n  .import({ platform: "RedHat", licenseType: "BYOL" })`),
  *check(input) {
    for (const chain of input.chains) {
      for (const step of stepsOf(chain, "import")) {
        const platform = textOption(step, "platform");
        const value = textOption(step, "licenseType");
        if (value?.value !== "Aliyun" || platform === undefined) continue;
        const related = [
          { message: sentence("SMP124.platform", { platform: platform.value }), range: platform.range },
        ];
        if (ownLicence.has(platform.value)) {
          yield {
            message: sentence("SMP124.own", { platform: platform.value }),
            range: value.range,
            related,
            fixes: rewrite(input, value, "BYOL", sentence("fix.change", { to: '"BYOL"' }), false),
          };
        } else if (linux.test(platform.value)) {
          yield {
            message: sentence("SMP124.nothing", { platform: platform.value }),
            range: value.range,
            related,
            level: "info",
            tag: "unnecessary",
          };
        }
      }
    }
  },
};
