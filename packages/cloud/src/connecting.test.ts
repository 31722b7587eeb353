import { isSampanError, Secret } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { connectAlibabaCloud } from "./alibaba-cloud.ts";
import type { AlibabaCloudOptions } from "./alibaba-cloud-options.ts";
import { ecsHost } from "./ecs/ecs-client.ts";
import { ossHost } from "./oss/ali-oss.ts";
import { trustsEcs, withEcsTrust } from "./ram/trust-document.ts";
import { assertRegionId, regionOfOssLocation } from "./regions.ts";

const credentials = { accessKeyId: "LTAI", accessKeySecret: new Secret("secret") };
const codeOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return isSampanError(error) ? error.code : String(error);
  }
  return undefined;
};

describe("connecting", () => {
  it("says what it connects to", () => {
    const identity = (endpoints?: AlibabaCloudOptions["endpoints"]) =>
      connectAlibabaCloud({ credentials, ...(endpoints === undefined ? {} : { endpoints }) }).identity;
    expect(identity()).toEqual({ name: "alibaba", rehearsal: false, endpoint: null });
    const endpoint = "http://localhost:4000";
    expect(identity({ simulator: endpoint })).toEqual({ name: "simulator", rehearsal: true, endpoint });
  });

  it("refuses a malformed endpoint or region, without repeating the endpoint, which may hold a password", () => {
    for (const simulator of ["http://user:pass@host", "ftp://host", "http://host/path", "not a host"]) {
      expect(
        codeOf(() => connectAlibabaCloud({ credentials, endpoints: { simulator } })),
        simulator,
      ).toBe("CORE_ARGUMENT");
    }
    expect(codeOf(() => connectAlibabaCloud({ credentials, region: "oss-cn-hangzhou" }))).toBe(
      "CLOUD_REGION_UNKNOWN",
    );
    const cloud = connectAlibabaCloud({ credentials });
    expect(codeOf(() => cloud.objects("nowhere at all"))).toBe("CLOUD_REGION_UNKNOWN");
  });

  it("closes every store it gave out", async () => {
    const cloud = connectAlibabaCloud({ credentials });
    cloud.objects("cn-hangzhou");
    await cloud.close();
    await cloud.close();
  });
});

describe("regions", () => {
  it.each([
    "cn-hangzhou",
    "ap-southeast-1",
    "me-central-1",
    "cn-wulanchabu",
    "cn-shanghai-finance-1",
    "us-east-1",
  ])("%s is a region id", (region) => assertRegionId(region));

  it.each([
    "oss-cn-hangzhou",
    "CN-HANGZHOU",
    "cn",
    "cn_hangzhou",
    "",
    "cn-hangzhou.evil.com",
    "cn-hangzhou/",
  ])("%s is none", (region) => expect(codeOf(() => assertRegionId(region))).toBe("CLOUD_REGION_UNKNOWN"));

  it("are read out of a bucket's location or endpoint", () => {
    expect(regionOfOssLocation("oss-cn-hangzhou")).toBe("cn-hangzhou");
    expect(regionOfOssLocation("oss-cn-beijing-internal.aliyuncs.com")).toBe("cn-beijing");
  });

  it("have public and internal hosts", () => {
    const oss = { region: "cn-hangzhou", bucketInPath: false };
    expect(ossHost({ ...oss, internal: false })).toBe("oss-cn-hangzhou.aliyuncs.com");
    expect(ossHost({ ...oss, internal: true })).toBe("oss-cn-hangzhou-internal.aliyuncs.com");
    expect(ecsHost("cn-hangzhou", { protocol: "https", internal: true })).toBe(
      "ecs-vpc.cn-hangzhou.aliyuncs.com",
    );
  });
});

describe("a trust document", () => {
  it("trusts ECS in every form the vendor writes it", () => {
    const statement = {
      Effect: "Allow",
      Action: "sts:AssumeRole",
      Principal: { Service: "ecs.aliyuncs.com" },
    };
    expect(trustsEcs(JSON.stringify({ Statement: statement }))).toBe(true);
    expect(trustsEcs(JSON.stringify({ Statement: [{ ...statement, Action: ["sts:AssumeRole"] }] }))).toBe(
      true,
    );
    expect(trustsEcs(JSON.stringify({ Statement: [{ ...statement, Effect: "Deny" }] }))).toBe(false);
    expect(trustsEcs(JSON.stringify({ Statement: [{ ...statement, Principal: { RAM: "*" } }] }))).toBe(false);
    for (const broken of ["", "{", "null", "[]", '{"Statement":"x"}', '{"Statement":[null,1]}']) {
      expect(trustsEcs(broken), broken).toBe(false);
    }
  });

  it("keeps whom it trusted when ECS is added", () => {
    const other = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { RAM: ["acs:ram::1:root"] } };
    const extended = withEcsTrust(JSON.stringify({ Version: "1", Statement: [other] }));
    expect(trustsEcs(extended)).toBe(true);
    expect(JSON.parse(extended).Statement[0]).toEqual(other);
    expect(trustsEcs(withEcsTrust("{"))).toBe(true);
  });
});
