import { readFileSync } from "node:fs";
import { GiB, MiB } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { choosePartBytes } from "./part-size.ts";
import { firstContact, usualRetries } from "./retry-classes.ts";

const page = readFileSync(new URL("../../docs/upload.md", import.meta.url), "utf8");
const [, retries = ""] = /\n## What is tried again\n([\s\S]*?)\n## /.exec(page) ?? [];

describe("the page of uploads", () => {
  it("has a row for each class of failure, with its attempts and its longest wait", () => {
    const told = [...retries.matchAll(/^\| ([a-z]+) \| [^|]* \| (\d+)[^|]* \| (\d+) s \|/gm)].map(
      ([, name, attempts, seconds]) => [name, Number(attempts), Number(seconds) * 1000],
    );
    expect(told).toEqual(
      Object.entries(usualRetries).map(([name, { attempts, capMs }]) => [name, attempts, capMs]),
    );
    expect(retries).toContain(`${firstContact.attempts} while the store has never answered`);
  });

  it("tells the sizes of parts that are chosen", () => {
    const features = { minPartBytes: 102_400, maxPartBytes: 5 * GiB, maxParts: 10_000, crc64: true };
    const inMiB = (sizeBytes: number, rate?: number) => choosePartBytes(sizeBytes, features, rate) / MiB;
    const [usual, large, slow] = [inMiB(32 * GiB), inMiB(32 * GiB + 1), inMiB(GiB, 1)];
    expect(page).toContain(
      `${usual} MiB, ${large} MiB for images above 32 GiB; where a connection moves less than that in ten seconds, what it\nmoves, at least ${slow} MiB.`,
    );
  });
});
