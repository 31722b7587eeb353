import { volumeName } from "../volumes/volume-name.ts";
import { place } from "./guest-of.ts";
import { shell, steps } from "./manual.ts";
import type { Rule, RuleHit } from "./rule.ts";
import { importInstructions } from "./sources.ts";

export const extFeatures: Rule = {
  id: "SAMPAN.ExtFeatures",
  requirement: "ext4 has neither the feature 64bit, nor quota and project together.",
  why: "The vendor's page of 2020 excludes both. 64bit is the default of mkfs.ext4 since 2016, so most guests of today have it and are imported; the newer pages say nothing of it. Where the documents disagree, 64bit is only told, and quota with project warns.",
  looksAt:
    "The features in the superblock of each ext4 volume. The evidence is where the volume begins, and its features.",
  mend: steps(
    "Nothing needs to be done for 64bit unless the import fails. Each changes an unmounted file system; back it up first:",
    shell(
      "resize2fs -s /dev/sda1                        # removes 64bit",
      "tune2fs -O ^project,^quota /dev/sda1          # removes project quotas",
    ),
  ),
  profiles: { current: { severity: "warning", source: importInstructions } },
  fixup: null,
  check(input) {
    if (!input.disk.system || input.inspection.guest === null) return [];
    return input.inspection.layout.volumes.flatMap((volume): readonly RuleHit[] => {
      const features = volume.fileSystem?.features ?? [];
      const evidence = [place(volume, `${volumeName(volume)}: ${features.join(", ")}`)];
      if (features.includes("quota") && features.includes("project")) {
        return [
          {
            message: `${volumeName(volume)} has project quotas, which the vendor's page of 2020 excludes.`,
            hint: "On the unmounted file system: `tune2fs -O ^project,^quota DEVICE`.",
            evidence,
          },
        ];
      }
      if (!features.includes("64bit")) return [];
      return [
        {
          message: `${volumeName(volume)} uses the feature 64bit, which the vendor's page of 2020 excludes; it is the default of every newer mkfs.ext4.`,
          hint: "Nothing needs to be done unless the import fails; then `resize2fs -s DEVICE` removes the feature.",
          evidence,
          severity: "info",
        },
      ];
    });
  },
};
