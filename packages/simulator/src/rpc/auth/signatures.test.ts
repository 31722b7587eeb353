import { expect, it } from "vitest";
import { acs3Signature, acs3StringToSign, parseAcs3 } from "./acs3.ts";
import { NonceTable } from "./authenticate.ts";
import { classicSignature, classicStringToSign } from "./classic.ts";

it("verifies the ACS3 request recorded from the published client", () => {
  const authorization =
    "ACS3-HMAC-SHA256 Credential=LTAItestAK,SignedHeaders=host;x-acs-action;x-acs-content-sha256;" +
    "x-acs-credentials-provider;x-acs-date;x-acs-signature-nonce;x-acs-version," +
    "Signature=3bdb5e1d7a390fe637efc5ffff0795244bbcd38ba1da40e8114aaa37ff838825";
  const given = parseAcs3(authorization);
  const request = {
    method: "POST",
    path: "/",
    query: [["RegionId", "cn-hangzhou"]] as const,
    headers: {
      host: "127.0.0.1:42187",
      "x-acs-version": "2014-05-26",
      "x-acs-action": "ImportImage",
      "x-acs-date": "2026-11-22T13:36:31Z",
      "x-acs-signature-nonce": "c75c1b8632ffa4ced8ee928ea2f61c9110a73f8b97f38ecc52a4dbf47d74e300",
      "x-acs-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "x-acs-credentials-provider": "static_ak",
    },
    body: new Uint8Array(0),
  };
  const text = acs3StringToSign(request, given?.signedHeaders ?? []);
  expect(given?.accessKeyId).toBe("LTAItestAK");
  expect(acs3Signature("testSecretKey", text)).toBe(given?.signature);
});

it("computes the classic signature of the vendor's documented example", () => {
  // Vendor page "Request signature" (RPC, ECS), with key id testid and secret testsecret.
  const parameters = [
    ["Timestamp", "2016-02-23T12:46:24Z"],
    ["Format", "XML"],
    ["AccessKeyId", "testid"],
    ["Action", "DescribeRegions"],
    ["SignatureMethod", "HMAC-SHA1"],
    ["SignatureNonce", "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf"],
    ["Version", "2014-05-26"],
    ["SignatureVersion", "1.0"],
    ["Signature", "ignored"],
  ] as const;
  const text = classicStringToSign("GET", parameters);
  expect(classicSignature("testsecret", text)).toBe("OLeaidS1JvxuMvnyHOwuJ+uX5qY=");
});

it("lets a key use a nonce once, and forgets it when no date could be that old", () => {
  const nonces = new NonceTable();
  expect(nonces.use("a", "n", 0)).toBe(true);
  expect(nonces.use("a", "n", 1000)).toBe(false);
  expect(nonces.use("b", "n", 1000)).toBe(true);
  expect(nonces.use("a", "n", 31 * 60_000)).toBe(true);
});
