import { readFileSync } from "node:fs";
import { isSampanError } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { profileVariables } from "./environment.ts";
import { findCredentials } from "./find-credentials.ts";

const page = readFileSync(new URL("../../docs/credentials.md", import.meta.url), "utf8");
const rows = [...page.matchAll(/^\| (\d) \| (.+) \| (.+) \|$/gm)].map(
  ([, number, place = "", holds = ""]) => ({
    number: Number(number),
    place,
    holds,
  }),
);

/** Where is looked when no place holds anything, in order. */
async function places(env: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
  const error: unknown = await findCredentials({
    ports: {
      env,
      home: "/nowhere",
      readFile: async () => undefined,
      http: async () => {
        throw new Error("nobody answers");
      },
    },
  }).catch((thrown: unknown) => thrown);
  if (!isSampanError(error, "CLOUD_CREDENTIALS_MISSING")) throw error;
  return (error.details.lookedIn as readonly { readonly source: string }[]).map(({ source }) => source);
}

describe("the page of credentials", () => {
  it("lists the places in the order in which they are looked in", async () => {
    const bare = (text: string) => text.replaceAll("`", "").toLowerCase();
    const searched = rows.slice(2).map(({ place }) => bare(place));
    const found = await places();
    expect(searched.length).toBe(found.length);
    const words: Readonly<Record<string, string>> = {
      "OIDC variables": "oidc",
      "ECS instance role": "the role of the ecs instance",
    };
    for (const [index, source] of found.entries())
      expect(searched[index], source).toContain(bare(words[source] ?? source));
    expect(rows.map(({ number }) => number)).toEqual(rows.map((_, index) => index + 1));
  });

  it("names the variables that ask for a profile", () => {
    const asked = rows[1]?.holds ?? "";
    for (const name of profileVariables) expect(asked).toContain(`\`${name}\``);
  });
});
