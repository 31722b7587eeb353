import { describe, expect, it } from "vitest";
import type { OssRequest } from "../request.ts";
import { v1Signature, v1StringToSign } from "./v1.ts";
import { parseV4Scope, v4Signature, v4Texts } from "./v4.ts";

// Recorded from ali-oss 6.23.0 on the wire: access key LTAItestAK, bucket mig-bucket.
const secret = "testSecretKey";
const bucket = "mig-bucket";

function recorded(
  method: string,
  key: string,
  headers: Record<string, string>,
  query: OssRequest["query"] = [],
): { readonly request: OssRequest; readonly reading: OssRequest["readings"][number] } {
  const reading = { bucket, key, style: "host" } as const;
  const request: OssRequest = {
    method,
    headers,
    query,
    host: "",
    path: `/${key}`,
    readings: [reading],
    hostRegion: null,
    isPublicCloudName: false,
    isPathStyleOnCloudName: false,
  };
  return { request, reading };
}

const putHeaders = {
  "content-type": "application/x-virtualbox-vhd",
  "content-md5": "XUFAKrxLKna5cZ2REBfFkg==",
  "x-oss-object-acl": "private",
  "x-oss-meta-sha256": "abc",
};

describe("V1 signatures", () => {
  it.each([
    [
      "an upload being begun",
      recorded(
        "POST",
        "images/d.vhd",
        {
          "x-oss-date": "Sun, 22 Nov 2026 13:31:44 GMT",
          "content-type": "application/octet-stream",
          "x-oss-storage-class": "Standard",
          "x-oss-meta-job": "j1",
        },
        [["uploads", ""]],
      ),
      "kGbxGBqpgy5ywGz8BTJIlvLkOmI=",
    ],
    [
      "a key with a blank, a plus and an umlaut",
      recorded("PUT", "images/a b+ü.vhd", { ...putHeaders, "x-oss-date": "Sun, 22 Nov 2026 13:31:44 GMT" }),
      "z7u5izk9vwCN1erTCw0V/O8be5o=",
    ],
    [
      "a security token",
      recorded("PUT", "images/a.vhd", {
        "x-oss-date": "Sun, 22 Nov 2026 13:31:46 GMT",
        "x-oss-security-token": "CAIStoken==",
        "content-type": putHeaders["content-type"],
        "content-md5": putHeaders["content-md5"],
      }),
      "/0bVWQsa5LtlJxGAMdDwhq4yRbo=",
    ],
  ])("are those recorded for %s", (_title, { request, reading }, expected) => {
    const text = v1StringToSign(request, reading, request.headers["x-oss-date"] ?? "");
    expect(v1Signature(secret, text)).toBe(expected);
  });
});

describe("V4 signatures", () => {
  const scope = parseV4Scope("LTAItestAK/20261122/cn-hangzhou/oss/aliyun_v4_request");
  const date = "20261122T133144Z";
  const signed = { "x-oss-date": date, "x-oss-content-sha256": "UNSIGNED-PAYLOAD" };

  it.each([
    [
      "a put",
      recorded("PUT", "images/a b+ü.vhd", { ...putHeaders, ...signed }),
      "44354d9ad8d4b7bcf210140808be0f29086475c3a29a3b223b8904b5e8f97ad3",
    ],
    [
      "a list of parts",
      recorded("GET", "images/d.vhd", { ...signed, "content-type": "application/x-virtualbox-vhd" }, [
        ["max-parts", "1000"],
        ["part-number-marker", "0"],
        ["uploadId", "0004B999EF5A239BB9138C6227D69F95"],
      ]),
      "b9e9f5106ba44d1ee822b99cdc00accb8e8cb54dac6d036583ccfc2476b16fb7",
    ],
  ])("are those recorded for %s", (_title, { request, reading }, expected) => {
    if (!scope) throw new Error("the scope was not understood");
    const texts = [...v4Texts(request, reading, { scope, date, additionalHeaders: [] })];
    expect(texts.map((text) => v4Signature(secret, scope, text.stringToSign))).toEqual([expected]);
  });

  it("may leave an empty parameter's equals sign out, put it, or leave the parameter out", () => {
    if (!scope) throw new Error("the scope was not understood");
    const { request, reading } = recorded("GET", "", signed, [
      ["prefix", ""],
      ["uploads", ""],
    ]);
    const texts = [...v4Texts(request, reading, { scope, date, additionalHeaders: [] })];
    const queries = texts.map((text) => text.canonicalRequest.split("\n")[2]);
    expect(queries).toEqual(["prefix&uploads", "prefix=&uploads", "uploads"]);
  });

  it("refuse a scope that is not one of OSS", () => {
    expect(parseV4Scope("AK/20261122/cn-hangzhou/ecs/aliyun_v4_request")).toBeUndefined();
    expect(parseV4Scope("AK/2026/cn-hangzhou/oss/aliyun_v4_request")).toBeUndefined();
  });
});
