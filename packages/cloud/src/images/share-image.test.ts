import { GiB, SampanError } from "@sampan/core";
import { refused } from "@sampan/core/testing";
import { describe, expect, it } from "vitest";
import { memoryCloud } from "../testing/memory-cloud.ts";
import { keyOf } from "../testing/memory-object-store.ts";
import { type ShareRequest, shareImage } from "./share-image.ts";
import { waitForImage } from "./wait-for-image.ts";

const region = "cn-hangzhou";
const accounts = (count: number, first = 0) =>
  Array.from({ length: count }, (_, index) => String(2_000_000_000_000_000 + first + index));

async function prepared() {
  const cloud = memoryCloud();
  const disk = { bucket: "images", key: "web-01.vhd" };
  await cloud.objects(region).createBucket(disk.bucket);
  const info = { ...disk, sizeBytes: 3, etag: '"E"', crc64: null, metadata: {}, storageClass: "Standard" };
  cloud.world.objects.set(keyOf(disk), { info, bytes: new Uint8Array(3) });
  const { imageId, taskId } = await cloud.images.importImage(region, {
    name: "web-01",
    disks: [{ ...disk, format: "VHD", sizeBytes: 40 * GiB }],
    osType: "linux",
    architecture: "x86_64",
    bootMode: "BIOS",
    clientToken: "import",
  });
  await waitForImage(cloud.images, { region, imageId, taskId }, { clock: cloud.clock });
  const share = (wanted: readonly string[]) => {
    const request: ShareRequest = { region, imageId, accounts: wanted };
    return shareImage(cloud, request, { clock: cloud.clock, random: () => 0.5 });
  };
  const sharings = () => cloud.world.calls.filter((call) => call === "shareImage").length;
  return { cloud, imageId, share, sharings };
}

describe("sharing an image", () => {
  it("goes in batches of ten and tells from the cloud who has it", async () => {
    const { cloud, imageId, share, sharings } = await prepared();
    const wanted = accounts(23);
    expect(await share([...wanted, ...wanted])).toEqual({ region, imageId, accounts: wanted, already: [] });
    expect(sharings()).toBe(3);
    expect(await cloud.images.listImageShares(region, imageId)).toEqual(wanted);
  });

  it("leaves alone those that have it already", async () => {
    const { share, sharings } = await prepared();
    await share(accounts(3));
    expect(await share(accounts(4))).toMatchObject({ accounts: accounts(4), already: accounts(3) });
    expect(sharings()).toBe(2);
    expect(await share(accounts(4))).toMatchObject({ already: accounts(4) });
    expect(sharings()).toBe(2);
  });

  it("counts to 50 before it changes anything", async () => {
    const { share, sharings } = await prepared();
    await share(accounts(40));
    const error = await refused(share(accounts(11, 100)));
    expect(error).toMatchObject({ code: "CLOUD_QUOTA", details: { before: 40, asked: 11, limit: 50 } });
    expect(sharings()).toBe(4);
    expect((await share(accounts(10, 100))).accounts).toHaveLength(10);
  });

  it("shares with the others when one is the own account, one is of the other site and one does not exist", async () => {
    const { cloud, imageId, share } = await prepared();
    const [foreign = ""] = accounts(1, 500);
    cloud.pace.refusedAccounts.set(foreign, "InvalidImageId.BidMismatch");
    const wanted = ["1000000000000001", ...accounts(2), foreign, "12345"];
    const error = await refused(share(wanted));
    expect(error.code).toBe("CLOUD_SHARE_REFUSED");
    expect(error.message).toContain("1000000000000001 (InvalidAccount.Forbbiden)");
    expect(error.message).toContain(`${foreign} (InvalidImageId.BidMismatch)`);
    expect(error.hint).toContain("own account");
    expect(error.details.shared).toEqual(accounts(2));
    expect(error.details.refused).toMatchObject([
      { account: "1000000000000001", vendorCode: "InvalidAccount.Forbbiden" },
      { account: foreign, vendorCode: "InvalidImageId.BidMismatch" },
      { account: "12345", vendorCode: "InvalidAccount.NotFound" },
    ]);
    expect(await cloud.images.listImageShares(region, imageId)).toEqual(accounts(2));
  });

  it("says so when the cloud took an account and does not show it", async () => {
    const { cloud, share } = await prepared();
    const list = cloud.images.listImageShares.bind(cloud.images);
    cloud.images.listImageShares = async (...args) => (await list(...args)).slice(0, 1);
    const error = await refused(share(accounts(2)));
    expect(error).toMatchObject({ code: "CLOUD_SHARE_REFUSED", details: { shared: accounts(1) } });
    expect(error.message).toContain(`${accounts(1, 1)[0]} (accepted, but it does not show)`);
  });

  it("survives throttling and an answer that was lost", async () => {
    const { cloud, share } = await prepared();
    const passing = (code: "CLOUD_THROTTLED" | "CLOUD_UNREACHABLE") =>
      new SampanError(code, "for now", { retryable: true });
    cloud.fail("listImageShares", passing("CLOUD_THROTTLED"), { times: 2 });
    cloud.fail("shareImage", passing("CLOUD_UNREACHABLE"), { answerLost: true });
    expect((await share(accounts(2))).accounts).toEqual(accounts(2));
  });

  it("asks one by one only when the refusal concerns an account", async () => {
    const { cloud, share, sharings } = await prepared();
    cloud.fail(
      "shareImage",
      new SampanError("CLOUD_SHARE_REFUSED", "…", {
        details: { vendorCode: "OperationDenied.InvalidImageStatus" },
      }),
    );
    expect((await refused(share(accounts(5)))).details.refused).toHaveLength(5);
    expect(sharings()).toBe(1);
  });
});
