import { readdirSync, readFileSync } from "node:fs";
import { errorCodes } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { foreignFormatNames } from "./foreign-formats.ts";
import { formatReaders } from "./registry.ts";

const folder = new URL("../../docs/formats/", import.meta.url);
const pages = readdirSync(folder).map((name) => ({
  name,
  text: readFileSync(new URL(name, folder), "utf8"),
}));

/** Formats that share a page with another one. */
const sharedPages: Readonly<Record<string, string>> = {
  qcow: "qcow2",
  ovf: "ova",
  gzip: "compressed",
  zstd: "compressed",
  xz: "compressed",
};

describe("the page of every format", () => {
  it("is there, and is in the index", () => {
    const index = readFileSync(new URL("../formats.md", folder), "utf8");
    const wanted = new Set(formatReaders.map(({ format }) => `${sharedPages[format] ?? format}.md`));
    expect(pages.map(({ name }) => name).sort()).toEqual([...wanted].sort());
    for (const { name } of pages) expect(index).toContain(`(formats/${name})`);
  });

  it("comes with a list of the formats that are known by name only", () => {
    const index = readFileSync(new URL("../formats.md", folder), "utf8");
    const [, list = ""] = /\n## Known by name only\n\n([\s\S]*?) are refused with/.exec(index) ?? [];
    const told = list
      .replace(/\([^)]*\)/g, "")
      .split(/, | and /)
      .map((name) => name.trim());
    // A family may have several marks, such as those of EWF and of Apple's DMG.
    for (const name of told) expect(foreignFormatNames.join("\n"), name).toContain(name.replace(/s$/, ""));
    for (const name of foreignFormatNames)
      expect(
        told.some((one) => name.includes(one.replace(/s$/, ""))),
        name,
      ).toBe(true);
  });

  it.each(pages)(
    "$name says what is read, refused, written, its limits, and how it was tested",
    ({ text }) => {
      expect([...text.matchAll(/^## (.*)$/gm)].map((match) => match[1])).toEqual([
        "Read",
        "Refused",
        "Written",
        "Limits",
        "Tested",
      ]);
      const codes = [...text.matchAll(/`(IMAGE_[A-Z_]+)`/g)].map((match) => match[1] ?? "");
      expect(codes.filter((code) => !Object.hasOwn(errorCodes, code))).toEqual([]);
    },
  );
});
