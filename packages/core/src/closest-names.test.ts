import { describe, expect, it } from "vitest";
import { closestNames } from "./closest-names.ts";

const names = [
  "InvalidOSSBucket.NotMatched",
  "InvalidOSSBucket.NotFound",
  "InvalidOSSObject.NotFound",
  "CLOUD_ROLE_MISSING",
  "QuotaExceed.ShareImage",
  "QuotaExceed.ShareImageUser",
  "sshd",
];

describe("the closest names", () => {
  it("are found through a slip of the finger, in any case", () => {
    expect(closestNames("InvalidOSSBucket.NotMatch", names)).toEqual(["InvalidOSSBucket.NotMatched"]);
    expect(closestNames("invalidosbucket.notmatched", names)).toEqual(["InvalidOSSBucket.NotMatched"]);
    expect(closestNames("CLOUD_ROL_MISING", names)).toEqual(["CLOUD_ROLE_MISSING"]);
    expect(closestNames("ssdh", names)).toEqual(["sshd"]);
  });

  it("are those that begin so, when only the beginning was typed", () => {
    expect(closestNames("QuotaExceed.Share", names)).toEqual([
      "QuotaExceed.ShareImage",
      "QuotaExceed.ShareImageUser",
    ]);
  });

  it("are none for what is near nothing, empty or endless", () => {
    expect(closestNames("weather", names)).toEqual([]);
    expect(closestNames("", names)).toEqual([]);
    expect(closestNames("x".repeat(1_000_000), names)).toEqual([]);
  });
});
