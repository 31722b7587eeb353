import { SampanError, Secret } from "@sampan/core";
import { Simulator } from "@sampan/simulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectAlibabaCloud } from "../alibaba-cloud.ts";
import { memoryCloud } from "../testing/index.ts";
import { probePermissions } from "./probe-permissions.ts";

const region = "cn-hangzhou";
const denied = () =>
  new SampanError("CLOUD_PERMISSION_DENIED", "refused", { details: { vendorCode: "Forbidden.RAM" } });

async function verdicts(cloud: Parameters<typeof probePermissions>[0], bucket?: string) {
  const answers = await probePermissions(cloud, { region, bucket, accountId: "2000000000000002" });
  return Object.fromEntries(answers.map(({ action, verdict }) => [action, verdict]));
}

describe("asking for permissions", () => {
  it("calls only what was answered so allowed or denied, and asks nothing that would change something", async () => {
    const cloud = memoryCloud();
    await cloud.objects(region).createBucket("web-images");
    cloud.fail("listTasks", denied());
    cloud.fail(
      "listMultipartUploads",
      new SampanError("CLOUD_FAILED", "odd", { details: { vendorCode: "Odd" } }),
    );
    cloud.world.calls.splice(0);
    expect(await verdicts(cloud, "web-images")).toEqual({
      "ecs:DescribeRegions": "allowed",
      "ecs:DescribeImages": "allowed",
      "ecs:DescribeTasks": "denied",
      "ecs:CopyImage": "unknown",
      "ecs:ModifyImageSharePermission": "unknown",
      "oss:GetBucketInfo": "allowed",
      "oss:ListObjects": "allowed",
      "oss:ListMultipartUploads": "unknown",
      "oss:PutObject": "allowed",
      "oss:ListParts": "allowed",
      "oss:AbortMultipartUpload": "allowed",
      "oss:GetObject": "unknown",
      "ecs:ImportImage": "unknown",
      "ram:GetRole": "allowed",
      "ram:ListPoliciesForRole": "allowed",
      "ecs:CancelTask": "unknown",
      "ecs:CancelCopyImage": "unknown",
      "ecs:DeleteImage": "unknown",
      "ecs:RunInstances": "unknown",
      "oss:DeleteObject": "unknown",
    });
    expect(cloud.world.calls).not.toContain("importImage");
    expect(await cloud.objects(region).listMultipartUploads("web-images", "")).toEqual([]);
  });

  it("says of a bucket that was not named that it was not asked", async () => {
    const answers = await probePermissions(memoryCloud({ role: "missing" }), { region });
    expect(answers.filter(({ action }) => action.startsWith("oss:"))).toEqual([]);
    expect(answers.find(({ action }) => action === "ecs:ImportImage")?.evidence).toContain(
      "no bucket was named",
    );
    expect(answers.find(({ action }) => action === "ram:ListPoliciesForRole")?.verdict).toBe("unknown");
  });

  it("is no answer about permissions when the key itself is refused", async () => {
    const cloud = memoryCloud();
    cloud.fail("listRegions", new SampanError("CLOUD_CREDENTIALS_REFUSED", "no such key"));
    await expect(probePermissions(cloud, { region })).rejects.toMatchObject({
      code: "CLOUD_CREDENTIALS_REFUSED",
    });
  });
});

describe("asking a simulator for permissions", () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await Simulator.start({ switches: { importRole: "ready" } });
  });
  afterAll(() => simulator.stop());

  it("uses dry runs where there is an image and a disk to ask about, and leaves nothing behind", async () => {
    const { endpoint, credentials } = simulator;
    const { accessKeyId, accessKeySecret } = credentials;
    const cloud = connectAlibabaCloud({
      credentials: { accessKeyId, accessKeySecret: new Secret(accessKeySecret) },
      endpoints: { simulator: endpoint },
    });
    const store = cloud.objects(region);
    await store.createBucket("web-images");
    const object = { bucket: "web-images", key: "disk.raw" };
    const upload = await store.createMultipartUpload(object);
    const part = await store.uploadPart(upload, 1, new Uint8Array(1024 * 1024), { timeoutMs: 10_000 });
    await store.completeMultipartUpload(upload, [part]);
    expect(await verdicts(cloud, "web-images")).toMatchObject({
      "oss:GetObject": "allowed",
      "oss:PutObject": "allowed",
      "oss:AbortMultipartUpload": "allowed",
      "ecs:ImportImage": "allowed",
      "ram:ListPoliciesForRole": "allowed",
      "ecs:CopyImage": "unknown",
    });
    expect(await cloud.images.listImages(region, {})).toEqual([]);
    expect(await store.listMultipartUploads("web-images", "")).toEqual([]);
    expect((await store.listObjects("web-images", "")).map(({ key }) => key)).toEqual(["disk.raw"]);

    const control = (effect: object, operation: string) =>
      fetch(new URL("/_sampan/faults", endpoint), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ match: { operation }, effect, times: null }),
      });
    await control({ kind: "answer", status: 403, code: "NoPermission" }, "ListPoliciesForRole");
    await control({ kind: "answer", status: 403, code: "AccessDenied" }, "InitiateMultipartUpload");
    await control({ kind: "answer", status: 403, code: "Forbidden.RAM" }, "ImportImage");
    expect(await verdicts(cloud, "web-images")).toMatchObject({
      "ram:GetRole": "allowed",
      "ram:ListPoliciesForRole": "denied",
      "oss:PutObject": "denied",
      "oss:ListParts": "unknown",
      "ecs:ImportImage": "denied",
    });
    await cloud.close();
  });
});
