import type { Json } from "@sampan/core";
import { expect, it } from "vitest";
import { landedOf } from "./upload-record.ts";

const part = (disk: number, uploadId: string, number: number, sizeBytes: number): Json => ({
  ...{ disk, uploadId },
  part: { number, sizeBytes, etag: "e", crc64: "1" },
});

it("counts what landed of the upload that is gone on with, each part once, and nothing of one that was given up", () => {
  const checkpoint = {
    state: [{ state: { uploadId: "second" }, object: null }] as unknown as Json,
    items: [
      part(0, "first", 1, 100),
      part(0, "first", 2, 100),
      part(0, "second", 1, 30),
      part(0, "second", 1, 40),
      part(1, "second", 7, 500),
    ],
  };
  expect(landedOf(checkpoint, 0)).toEqual({ parts: 1, bytes: 40 });
  expect(landedOf(checkpoint, 1)).toEqual({ parts: 0, bytes: 0 });
  expect(landedOf({ state: null, items: [] }, 0)).toEqual({ parts: 0, bytes: 0 });
});
