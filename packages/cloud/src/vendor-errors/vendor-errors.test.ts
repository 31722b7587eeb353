import { errorCodes } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { refusal } from "../vendor-failure.ts";
import { documented } from "./documented-codes.ts";
import { vendorErrorEntry, vendorErrors } from "./index.ts";
import { vendorErrorsPage } from "./vendor-errors-page.ts";

describe("the catalogue of vendor codes", () => {
  it("leads every code to one of ours, with a meaning in a whole sentence", () => {
    for (const entry of vendorErrors) {
      const where = `${entry.service} ${entry.vendorCode}`;
      if (entry.code !== "refused") expect(Object.hasOwn(errorCodes, entry.code), where).toBe(true);
      expect(entry.meaning, where).toMatch(/^[A-Z].{8,}\.$/);
      expect(entry.httpStatus, where).toBeGreaterThanOrEqual(400);
    }
  });

  it("has a code at most once for each service", () => {
    const keys = vendorErrors.map((entry) => `${entry.service} ${entry.vendorCode.toLowerCase()}`);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  it.each(Object.entries(documented))("has every code the vendor lists for %s", (_where, list) => {
    const missing = list.filter(([service, code]) => vendorErrorEntry(code, service) === undefined);
    expect(missing).toEqual([]);
  });

  it("says what to do for each code, in words of its own or in those of Sampan's code", () => {
    for (const entry of vendorErrors) {
      const cure = entry.hint ?? (entry.code === "refused" ? entry.meaning : errorCodes[entry.code].cure);
      expect(cure, entry.vendorCode).toMatch(/\w.*[.!)]$/);
    }
  });

  it("has a page of the manual", async () => {
    await expect(vendorErrorsPage()).toMatchFileSnapshot("../../docs/vendor-errors.md");
  });

  it("explains a code in any case, and no code that it does not hold", () => {
    expect(vendorErrorEntry("invalidossbucket.notmatched")?.code).toBe("CLOUD_BUCKET_REGION");
    expect(vendorErrorEntry("NoSuchThing")).toBeUndefined();
    expect(vendorErrorEntry("constructor")).toBeUndefined();
  });

  it("tells services apart that use one code, and lets RAM answer with the common codes", () => {
    expect(vendorErrorEntry("SignatureDoesNotMatch", "oss")?.httpStatus).toBe(403);
    expect(vendorErrorEntry("SignatureDoesNotMatch", "ecs")?.httpStatus).toBe(400);
    expect(vendorErrorEntry("Throttling.User", "ram")?.code).toBe("CLOUD_THROTTLED");
    expect(vendorErrorEntry("NoSuchBucket", "ecs")).toBeUndefined();
  });

  it("knows both spellings of the missing role", () => {
    for (const code of ["NoSetRoletoECSServiceAcount", "NoSetRoletoECSServiceAccount"]) {
      expect(vendorErrorEntry(code)).toMatchObject({ code: "CLOUD_ROLE_MISSING", retryable: false });
    }
  });

  it("marks what may pass as worth another attempt", () => {
    for (const code of [
      "InternalError",
      "ServiceUnavailable",
      "Throttling",
      "OperationDenied.ImageCopying",
    ]) {
      expect(vendorErrorEntry(code)?.retryable, code).toBe(true);
    }
    for (const code of ["AccessDenied", "QuotaExceed.Image", "NoSuchUpload", "InvalidOSSBucket.NotFound"]) {
      expect(vendorErrorEntry(code)?.retryable, code).toBe(false);
    }
  });

  it("names a refusal by the call it was met in", () => {
    const met = (action: string) => {
      const call = { service: "ecs" as const, action, doing: "doing", endpoint: null, secrets: [] };
      const answer = {
        vendorCode: "InvalidImageName.Malformed",
        httpStatus: 400,
        requestId: "R",
        message: "bad\nname",
      };
      return refusal(call, answer);
    };
    expect(met("ImportImage").code).toBe("CLOUD_IMPORT_REFUSED");
    expect(met("CopyImage").code).toBe("CLOUD_COPY_REFUSED");
    expect(met("DescribeImages").code).toBe("CLOUD_FAILED");
    expect(met("ImportImage").message).toContain("(bad name)");
  });

  it("judges a code it does not hold by the status", () => {
    const met = (vendorCode: string | undefined, httpStatus: number) =>
      refusal(
        { service: "ecs", action: "X", doing: "doing", endpoint: null, secrets: [] },
        { vendorCode, httpStatus, requestId: undefined, message: undefined },
      );
    expect(met("New.Thing", 400)).toMatchObject({ code: "CLOUD_FAILED", retryable: false });
    expect(met("New.Thing", 502)).toMatchObject({ code: "CLOUD_FAILED", retryable: true });
    expect(met("Throttling.New", 400).code).toBe("CLOUD_THROTTLED");
    expect(met(undefined, 503)).toMatchObject({ code: "CLOUD_THROTTLED", retryable: true });
  });
});
