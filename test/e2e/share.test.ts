import { Migration } from "@sampan/sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FastCloud, startFastCloud } from "../helpers/fast-run.ts";

const accounts = (count: number, first = 0) =>
  Array.from({ length: count }, (_, index) => String(2_000_000_000_000_000 + first + index));

describe("sharing the images of a plan", () => {
  let cloud: FastCloud;
  beforeEach(async () => {
    cloud = await startFastCloud();
  });
  afterEach(() => cloud.stop());

  const imported = () =>
    Migration.from("guest.qcow2")
      .assess()
      .capture()
      .toVhd()
      .upload("share-images", { createBucket: true })
      .import({ name: "web-01" });
  const shares = async () => {
    const seen: Record<string, readonly string[]> = {};
    const { images } = await cloud.connect();
    for (const { region, imageId } of (await cloud.simulator.state()).images) {
      seen[region] = [...(await images.listImageShares(region, imageId))].sort();
    }
    return seen;
  };

  it("shares image and copies in batches of ten, each in its region, and a later copy with nobody", async () => {
    const [first = "", ...others] = accounts(13);
    const plan = imported()
      .shareWith(first)
      .copyTo("cn-shanghai")
      .shareWith(...others)
      .copyTo("ap-southeast-1");
    const run = await cloud.run(plan);
    expect(run.error).toBeUndefined();
    const [image, copy] = run.result?.images ?? [];
    expect(run.result?.shares).toEqual([
      { region: "cn-hangzhou", imageId: image?.imageId, accounts: [first, ...others] },
      { region: "cn-shanghai", imageId: copy?.imageId, accounts: others },
    ]);
    expect(await shares()).toEqual({
      "cn-hangzhou": accounts(13),
      "cn-shanghai": others,
      "ap-southeast-1": [],
    });
    expect(cloud.simulator.requests.list("ModifyImageSharePermission")).toHaveLength(4);
    expect(run.of("stage.finished").at(-1)).toMatchObject({ stage: "share" });
  });

  it("says which accounts have the image and which cannot, and shares no more than is missing when resumed", async () => {
    const own = cloud.simulator.credentials.accountId;
    const plan = imported().shareWith(own, ...accounts(2));
    const run = await cloud.run(plan);
    expect(run.error).toMatchObject({
      code: "CLOUD_SHARE_REFUSED",
      details: {
        shared: accounts(2),
        refused: [{ account: own, code: "CLOUD_SHARE_REFUSED", vendorCode: "InvalidAccount.Forbbiden" }],
      },
    });
    expect(run.error?.hint).toContain("own account");
    expect(await shares()).toEqual({ "cn-hangzhou": accounts(2) });
    const before = cloud.simulator.requests.list("ModifyImageSharePermission").length;
    const again = await cloud.resume(run.runId);
    expect(again.error?.code).toBe("CLOUD_SHARE_REFUSED");
    expect(cloud.simulator.requests.list("ModifyImageSharePermission")).toHaveLength(before + 1);
  });

  it("refuses more than 50 accounts before it reads the disk", async () => {
    const plan = imported()
      .shareWith(...accounts(50))
      .shareWith(...accounts(1, 50));
    const run = await cloud.run(plan);
    expect(run.error).toMatchObject({ code: "CLOUD_QUOTA", details: { accounts: 51, limit: 50 } });
    expect(run.of("stage.failed")).toMatchObject([{ stage: "check" }]);
  });

  it("takes nothing for an account that is none", () => {
    expect(() => imported().shareWith("alice")).toThrow(/16 digits/);
    expect(() => imported().shareWith()).toThrow();
  });
});
