import { inspect } from "node:util";
import { isSampanError } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { credentialsFromEnvironment } from "./environment.ts";

const missing = (env: Record<string, string>) => {
  try {
    credentialsFromEnvironment(env);
  } catch (error) {
    if (isSampanError(error, "CLOUD_CREDENTIALS_MISSING")) return error;
    throw error;
  }
  throw new Error("should have been refused");
};

describe("credentials from the environment", () => {
  it("are the vendor's variables, with the token of a temporary key", () => {
    const found = credentialsFromEnvironment({
      ALIBABA_CLOUD_ACCESS_KEY_ID: " LTAI ",
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: "s3cret",
      ALIBABA_CLOUD_SECURITY_TOKEN: "t0ken",
    });
    expect(found.accessKeyId).toBe("LTAI");
    expect(found.accessKeySecret.reveal()).toBe("s3cret");
    expect(found.securityToken?.reveal()).toBe("t0ken");
    expect(inspect(found) + JSON.stringify(found)).not.toMatch(/s3cret|t0ken/);
  });

  it("are also found under the names of older tools, without mixing two keys", () => {
    const found = credentialsFromEnvironment({
      ALIBABA_CLOUD_ACCESS_KEY_ID: "",
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: "of another key",
      ALICLOUD_ACCESS_KEY_ID: "LTAI-old",
      ALICLOUD_ACCESS_KEY_SECRET: "old",
      SECURITY_TOKEN: "plain",
    });
    expect(found.accessKeyId).toBe("LTAI-old");
    expect(found.accessKeySecret.reveal()).toBe("old");
    expect(found.securityToken?.reveal()).toBe("plain");
  });

  it("are refused when a variable is missing, which is named", () => {
    expect(missing({}).message).toContain("ALIBABA_CLOUD_ACCESS_KEY_ID");
    const half = missing({ ALIBABACLOUD_ACCESS_KEY_ID: "LTAI", ALIBABA_CLOUD_ACCESS_KEY_SECRET: "s3cret" });
    expect(half.message).toContain("ALIBABACLOUD_ACCESS_KEY_SECRET is not");
    expect(inspect(half)).not.toContain("s3cret");
  });
});
