import { inspect } from "node:util";
import { isSampanError } from "@sampan/core";
import { virtualClock } from "@sampan/core/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findCredentials } from "./find-credentials.ts";

const canary = "c4n4ryS3cr3t";
const seedConfig = JSON.stringify({
  current: "default",
  profiles: [
    { name: "default", mode: "ChainableRamRoleArn", ram_role_arn: "acs:ram::1:role/r", source_profile: "b" },
    {
      name: "b",
      mode: "StsToken",
      access_key_id: "LTAIlonglonglong",
      access_key_secret: canary,
      sts_token: canary,
    },
    { name: "c", mode: "External", process_command: `print ${canary}` },
    { name: "d", mode: "CredentialsURI", credentials_uri: `http://a:${canary}@h/` },
    {
      name: "e",
      mode: "CloudSSO",
      access_token: canary,
      cloud_sso_sign_in_url: "https://h",
      cloud_sso_account_id: "1",
    },
  ],
});
const seedIni = `[default]\ntype = access_key\naccess_key_id = LTAIlonglonglong\naccess_key_secret = ${canary}\n[b]\ntype=sts\nsecurity_token=${canary}\n`;

/** A text with pieces cut out, doubled, replaced and put in. */
const mutated = (seed: string) =>
  fc
    .array(
      fc.tuple(
        fc.nat(seed.length),
        fc.nat(24),
        fc.oneof(
          fc.string({ maxLength: 6 }),
          fc.constantFrom("{", "}", '"', ",", "\n", "null", "[", "]", "=", "__proto__", "\\u0000"),
        ),
      ),
      { maxLength: 5 },
    )
    .map((edits) =>
      edits.reduce((text, [at, cut, put]) => text.slice(0, at) + put + text.slice(at + cut), seed),
    );

async function outcome(files: Record<string, string>, profile?: string) {
  const answers = [
    `{"Code":"No","Message":"${canary}"}`,
    `${canary}`,
    `{"Credentials":{"AccessKeyId":"${canary}"}}`,
  ];
  let turn = 0;
  const shown: unknown[] = [];
  try {
    const found = await findCredentials({
      profile,
      ports: {
        env: { ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true" },
        home: "/h",
        clock: virtualClock(),
        readFile: async (path) =>
          files[path] === undefined ? undefined : { text: files[path], readableByOthers: true },
        replaceFile: async () => {},
        runProgram: async () => canary,
        http: async () => ({ status: turn % 2 ? 200 : 403, text: answers[turn++ % answers.length] ?? "" }),
      },
    });
    const { provider, ...rest } = found;
    shown.push(rest, provider.describe());
    const key = await provider.get();
    // The id is no secret; what stands in its place may be anything.
    shown.push({ ...key, accessKeyId: "" });
  } catch (error) {
    if (!isSampanError(error)) throw error;
    shown.push(error, error.stack, error.cause, error.details, error.hint);
  }
  return inspect(shown, { depth: 9 }) + JSON.stringify(shown);
}

describe("broken files", () => {
  const names = fc.constantFrom(undefined, "default", "b", "c", "d", "e");

  it("of the command line give a key or a SampanError, and never a byte of a secret", async () => {
    await fc.assert(
      fc.asyncProperty(mutated(seedConfig), names, async (text, name) => {
        expect(await outcome({ "/h/.aliyun/config.json": text }, name)).not.toContain(canary);
      }),
      { numRuns: 1500 },
    );
  });

  it("of the libraries give a key or a SampanError, and never a byte of a secret", async () => {
    await fc.assert(
      fc.asyncProperty(mutated(seedIni), names, async (text, name) => {
        expect(await outcome({ "/h/.alibabacloud/credentials": text }, name)).not.toContain(canary);
      }),
      { numRuns: 1500 },
    );
  });

  it("of any JSON at all do so too", async () => {
    await fc.assert(
      fc.asyncProperty(fc.json({ maxDepth: 4 }), async (text) => {
        await outcome({
          "/h/.aliyun/config.json": `{"profiles":[${text},{"name":"default","mode":${text}}]}`,
        });
      }),
      { numRuns: 500 },
    );
  });
});
