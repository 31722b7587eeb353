import { Migration } from "@sampan/sdk";
import { describe, expect, it } from "vitest";
import { rememberedCall } from "../testing/fake-output.ts";
import { confirmChange, confirmRealCloud, describeTouched, maskKey } from "./confirm.ts";

const plan = Migration.from("/exports/web-01.vmdk")
  .assess()
  .capture()
  .toVhd()
  .upload("web-images")
  .import({ name: "web-01" })
  .copyTo("cn-shanghai")
  .shareWith("1234567890123456")
  .plan();
const keys = {
  ALIBABA_CLOUD_ACCESS_KEY_ID: "LTAI5tExampleExample9f2c",
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: "canary",
  HOME: "/no/such/home",
};

describe("asking before a real account is changed", () => {
  it("asks nothing for a rehearsal", async () => {
    await expect(
      confirmRealCloud(rememberedCall().call, { kind: "simulator" }, [plan]),
    ).resolves.toBeUndefined();
  });

  it("asks nothing with --yes, and says which key is used", async () => {
    const { call, stderr } = rememberedCall({ options: { yes: true }, env: keys });
    await expect(confirmRealCloud(call, { kind: "alibaba" }, [plan])).resolves.toBeUndefined();
    expect(stderr.text).toContain("credentials: environment variables (key LTAI…9f2c)");
  });

  it("misses the credentials before anything else", async () => {
    const env = { HOME: "/no/such/home", ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true" };
    const { call } = rememberedCall({ env });
    await expect(confirmRealCloud(call, { kind: "alibaba" }, [plan])).rejects.toMatchObject({
      code: "CLOUD_CREDENTIALS_MISSING",
    });
  });

  it("names the flag where nobody can answer", async () => {
    const { call } = rememberedCall({ json: true, env: keys });
    await expect(confirmRealCloud(call, { kind: "alibaba" }, [plan])).rejects.toMatchObject({
      code: "COMMAND_CONFIRMATION_NEEDED",
      hint: expect.stringContaining("--yes") as string,
    });
  });

  it("asks of any other change too", async () => {
    const { call } = rememberedCall({ json: true, env: keys });
    await expect(confirmChange(call, { kind: "alibaba" }, ["create the role X"])).rejects.toMatchObject({
      code: "COMMAND_CONFIRMATION_NEEDED",
    });
    await expect(confirmChange(call, { kind: "simulator" }, ["create the role X"])).resolves.toBeUndefined();
  });

  it("names host, bucket, image and regions, and only a part of the key", () => {
    expect(describeTouched(plan)).toBe(
      "host /exports/web-01.vmdk · bucket web-images · image web-01 in the bucket's region · copies to cn-shanghai · shared with 1234567890123456",
    );
    expect(maskKey(keys.ALIBABA_CLOUD_ACCESS_KEY_ID)).toBe("LTAI…9f2c");
    expect(maskKey("short")).toBe("…");
  });
});
