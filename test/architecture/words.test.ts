import { basename } from "node:path";
import { expect, it } from "vitest";
import { readSourceFiles } from "./source-files.ts";

/** A format's own units. Outside the folder of the format they would leak how one format counts into all others. */
const formatWords = new Set(["cluster", "clusters", "grain", "grains", "bat", "l1", "l2"]);

/** Folders in which a format is read or written, and so may speak its language. */
const formatFolders = [
  /^packages\/image\/src\/(formats|encoders)\//,
  /^packages\/simulator\/src\/disk\//,
  // ext4 with bigalloc counts in clusters too, as FAT, exFAT and NTFS always do.
  /^packages\/guest\/src\/(ext|fat|exfat|ntfs|volumes\/probes)\//,
];

const forbiddenNames = /(Manager|Helper|Utils?)$/;

const files = readSourceFiles();

/** `readL2Table` → `read`, `l2`, `table`. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}

it("keeps the words of a disk format inside the folder of that format", () => {
  const leaks = files
    .filter((file) => !file.isTest && !formatFolders.some((folder) => folder.test(file.path)))
    .flatMap((file) => {
      const names = [basename(file.path, ".ts"), ...file.identifiers];
      return names
        .filter((name) => wordsOf(name).some((word) => formatWords.has(word)))
        .map((name) => `${file.path}: ${name}`);
    });
  expect(leaks).toEqual([]);
});

it("has file names in kebab-case", () => {
  const wrong = files.filter((file) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.test)?\.ts$/.test(basename(file.path)));
  expect(wrong.map((file) => file.path)).toEqual([]);
});

it("has no Manager, Helper or Utils, and no interface with an I before its name", () => {
  const wrong = files.flatMap((file) => {
    const declared = [
      ...file.text.matchAll(/^\s*(?:export )?(?:abstract )?(?:class|interface|type) (\w+)/gm),
    ];
    return declared
      .map((match) => match[1] ?? "")
      .filter((name) => forbiddenNames.test(name) || /^I[A-Z][a-z]/.test(name))
      .map((name) => `${file.path}: ${name}`);
  });
  expect(wrong).toEqual([]);
});
