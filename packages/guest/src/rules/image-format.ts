import { fact } from "./guest-of.ts";
import { plan, shell, steps } from "./manual.ts";
import type { ProfileName, Rule } from "./rule.ts";
import { importImageApi, whitepaper } from "./sources.ts";

const taken: Readonly<Record<ProfileName, readonly string[]>> = {
  current: ["raw", "vhd", "qcow2"],
  "whitepaper-2017": ["raw", "vhd"],
};

export const imageFormat: Rule = {
  id: "SAMPAN.ImageFormat",
  requirement: "The image is sent in a format that ECS imports: RAW, VHD or, today, QCOW2.",
  why: "Of VMDK the vendor's documents disagree: the guide takes it, the API's reference calls it a preview by invitation. ISO is never taken. The whitepaper knows RAW and VHD alone.",
  looksAt:
    "The format in which the plan sends the disk, not the one in which it lies there: a VMDK is converted on its way. Nothing is found while the plan does not say.",
  mend: steps(
    "Let the plan convert it, or convert the file:",
    plan('Migration.from("web-01.vmdk").assess().capture().toVhd().upload("web-images")'),
    shell("sampan convert web-01.vmdk web-01.vhd"),
  ),
  profiles: {
    current: { severity: "blocker", source: importImageApi },
    "whitepaper-2017": {
      severity: "blocker",
      source: whitepaper("§3.5 The exported virtual disk image file formats"),
    },
  },
  fixup: null,
  check({ sentAs }, profile) {
    const formats = taken[profile];
    if (sentAs === undefined || formats.includes(sentAs)) return [];
    const names = formats.map((one) => one.toUpperCase()).join(" and ");
    return [
      {
        message: `The disk is to be sent as ${sentAs.toUpperCase()}; ${profile === "current" ? "ECS" : "the whitepaper"} takes ${names} only.`,
        hint: "Convert it on its way with `toVhd()`, or with `sampan convert FILE FILE.vhd`.",
        evidence: [fact("sentAs", sentAs)],
      },
    ];
  },
};
