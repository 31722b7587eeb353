import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { chinese } from "../../packages/repl/src/language/zh-cn/index.ts";
import { errorSentences } from "../helpers/error-sentences.ts";
import { repositoryFolder } from "./source-files.ts";

/*
 * What errors say, and the Chinese tables in packages/repl/src/language/zh-cn/texts/errors. A sentence that fails here is new, or was
 * changed: give its parts rows in the file that the test names. What was being done and what was found, on both sides of `: `, are rows of
 * their own; what stands in braces may have any name.
 */

/** Rooms of which every sentence has Chinese. */
const finished = ["repl", "sdk", "cloud", "host", "fleet", "guest", "image", "core", "simulator"] as const;

/** Names and words of formats, which are the same in Chinese. */
const names = new Set(
  (
    "root sudo dd ssh vhd raw stdin setup mount remove status gbit mbit zeros express bullmq ioredis pg schema shanghai " +
    "blackouts ext inode gzip zstd tar manifest"
  ).split(" "),
);

/** What is typed or was given stands as it is. */
const kept = [
  /`[^`]*`/g,
  /\{\w+\}/g,
  /--[a-z-]+/g,
  /\w+:\/\/\S*/g,
  /[\w.]+\(\)/g,
  /\w+=\w+/g,
  /\b[\w-]+(?:\.[\w-]+)+\b/g,
  /[/.@][\w./-]+/g,
];

/** Words of a translation that are still English. */
function englishWords(text: string): readonly string[] {
  const bare = kept.reduce((rest, pattern) => rest.replaceAll(pattern, "·"), text);
  return (bare.match(/(?<![\w.-])[a-z][a-z'-]+(?![\w.])/g) ?? []).filter((word) => !names.has(word));
}

/** Sentences that would be English, or half English, on a Chinese screen: where they are made, and what would be said. */
function missingOf(room: string): readonly string[] {
  return errorSentences(join(repositoryFolder, "packages", room)).flatMap(({ text, place }) => {
    const said = chinese.findText(text);
    if (said !== undefined && englishWords(said).length === 0) return [];
    return [`packages/${room}/${place}: ${text}${said === undefined ? "" : ` → ${said}`}`];
  });
}

describe("there is Chinese", () => {
  it.each(finished)(
    "for every sentence and hint of the errors that packages/%s makes (texts/errors/)",
    (room) => {
      expect(missingOf(room)).toEqual([]);
    },
  );

  it("and half a sentence does not pass for one", () => {
    expect(englishWords("读取 the password：无法读取 {path} 的 `sudo`")).toEqual(["the", "password"]);
  });
});

describe("the sentences of a room", () => {
  it("are found through the functions that make errors, with each of their choices", () => {
    const all = errorSentences(join(repositoryFolder, "packages/cloud")).map(({ text }) => text);
    expect(all.length).toBeGreaterThan(200);
    // Of a helper that is handed what was found; of a table; of a condition.
    expect(all).toContain("importing {name}: arm64 starts by UEFI only");
    expect(all).toContain("copying to {imageId} in {region}: the image is {status}");
    expect(all).toContain("using the profile (a name that cannot be shown) of {path}: its mode is not known");
  });
});
