import type { RuleSource } from "@sampan/core";
import type { Volume } from "../volumes/layout.ts";
import { volumeName } from "../volumes/volume-name.ts";
import { fact } from "./linux-guest.ts";
import type { Rule, RuleHit, RuleInput } from "./rule.ts";
import { importInstructions, marketplaceImage, whitepaper } from "./sources.ts";

/** Kinds that are no file system of the guest's, or that ECS reads anyway. */
const passed = ["swap", "fat12", "fat16", "fat32", "ntfs"];

function volumesBesides(input: RuleInput, good: readonly string[]): readonly Volume[] {
  if (!input.disk.system || input.inspection.guest === null) return [];
  return input.inspection.layout.volumes.filter(({ fileSystem }) => {
    return fileSystem !== null && !good.includes(fileSystem.kind) && !passed.includes(fileSystem.kind);
  });
}

function hitsFor(volumes: readonly Volume[], good: string): readonly RuleHit[] {
  return volumes.map((volume) => ({
    message: `${volumeName(volume)} is formatted with something else than ${good}, so ECS cannot check or mend it.`,
    hint: "Test that the image boots; move the guest to a plain file system if it does not.",
    evidence: [fact("fileSystem", volumeName(volume))],
  }));
}

export const fileSystem: Rule = {
  id: "SAMPAN.FileSystem",
  requirement: "The guest's file systems are ext3, ext4 or XFS.",
  profiles: { current: { severity: "warning", source: importInstructions } },
  fixup: null,
  check(input) {
    const odd = volumesBesides(input, ["ext2", "ext3", "ext4", "xfs", "lvm2"]);
    const wide =
      input.inspection.guest === null
        ? []
        : input.inspection.layout.volumes.filter(({ fileSystem: fs }) => fs?.features.includes("64bit"));
    return [
      ...hitsFor(odd, "ext3, ext4 or XFS"),
      ...wide.map(
        (volume): RuleHit => ({
          message: `${volumeName(volume)} uses the feature 64bit, which the vendor's page of 2020 excludes; it is the default of every newer mkfs.ext4.`,
          hint: "Nothing needs to be done unless the import fails; then `resize2fs -s` on the host removes the feature.",
          evidence: [fact("features", volume.fileSystem?.features.join(", ") ?? "")],
          severity: "info",
        }),
      ),
    ];
  },
};

const lvmSource: RuleSource = marketplaceImage;

export const lvm: Rule = {
  id: "SAMPAN.Lvm",
  requirement: "The system disk uses plain partitions rather than LVM.",
  profiles: { current: { severity: "warning", source: lvmSource } },
  fixup: null,
  check(input) {
    if (input.inspection.guest === null) return [];
    return input.inspection.layout.volumes
      .filter(({ fileSystem: fs }) => fs?.kind === "lvm2")
      .map((volume) => ({
        message: `${volumeName(volume)} belongs to LVM; ECS's pages disagree on whether that is supported.`,
        hint: "Test that the image boots; ECS cannot grow such a disk by itself.",
        evidence: [fact("fileSystem", volumeName(volume))],
      }));
  },
};

export const whitepaperFileSystem: Rule = {
  id: "SAMPAN.WhitepaperFileSystem",
  requirement: "The guest's file systems are ext3 or ext4.",
  profiles: {
    "whitepaper-2017": {
      severity: "warning",
      source: whitepaper("§3.2 File system type of the migrated server host"),
    },
  },
  fixup: null,
  check(input) {
    return hitsFor(volumesBesides(input, ["ext3", "ext4"]), "ext3 or ext4");
  },
};
