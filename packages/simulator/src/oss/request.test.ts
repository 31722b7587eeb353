import type { IncomingMessage } from "node:http";
import { expect, it } from "vitest";
import { type OssRequest, parseOssRequest } from "./request.ts";

function parse(host: string, url: string): OssRequest {
  const request = { method: "GET", url, headers: { host } } as unknown as IncomingMessage;
  return parseOssRequest(request, new Set(["localhost"]), new Set(["cn-hangzhou", "cn-shanghai"]));
}

const cloud = "oss-cn-hangzhou.aliyuncs.com";

it.each<[string, string, (string | null)[][]]>([
  ["localhost:8080", "/", [[null, null]]],
  ["localhost:8080", "/images", [["images", null]]],
  ["localhost:8080", "/images/?acl=", [["images", null]]],
  ["127.0.0.1:8080", "/images/a/b", [["images", "a/b"]]],
  ["[::1]:8080", "/images/a/b", [["images", "a/b"]]],
  ["images.localhost:8080", "/a/b", [["images", "a/b"]]],
  [`images.${cloud}`, "/a/b", [["images", "a/b"]]],
  [`images.${cloud}`, "/", [["images", null]]],
  ["images.oss-cn-hangzhou-internal.aliyuncs.com", "/a", [["images", "a"]]],
  ["images.cn-hangzhou.aliyuncs.com", "/a", [["images", "a"]]],
  [`.${cloud}`, "/?prefix=", [[null, null]]],
  [cloud, "/", [[null, null]]],
  // The signature decides which of the two is meant.
  [
    "images.example.com",
    "/a",
    [
      ["images", "a"],
      ["a", null],
    ],
  ],
  [
    "example.com",
    "/",
    [
      ["example", null],
      [null, null],
    ],
  ],
  [
    `images.${cloud}`,
    "/images/a",
    [
      ["images", "a"],
      ["images", "images/a"],
    ],
  ],
])("reads Host %s and path %s", (host, url, expected) => {
  expect(parse(host, url).readings.map((reading) => [reading.bucket, reading.key])).toEqual(expected);
});

it("decodes a key once and normalises nothing of it", () => {
  const key = (url: string) => parse("localhost", url).readings[0]?.key;
  expect(key("/b/a%20b%2B%C3%BC.vhd")).toBe("a b+ü.vhd");
  expect(key("/b/100%2525/x")).toBe("100%25/x");
  expect(key("/b/a/../b//c/./d")).toBe("a/../b//c/./d");
  expect(key("/b/plus+plus")).toBe("plus+plus");
  expect(() => parse("localhost", "/b/%ff%fe")).toThrow(expect.objectContaining({ code: "InvalidURI" }));
});

it("knows the region of a cloud name, and that the inner network is not public", () => {
  expect(parse(`b.${cloud}`, "/")).toMatchObject({ hostRegion: "cn-hangzhou", isPublicCloudName: true });
  expect(parse("b.oss-cn-shanghai-internal.aliyuncs.com", "/")).toMatchObject({
    hostRegion: "cn-shanghai",
    isPublicCloudName: false,
  });
  expect(parse("localhost:1", "/b/k")).toMatchObject({ hostRegion: null, isPublicCloudName: false });
});
