import { SampanError } from "@sampan/core";
import { refused } from "@sampan/core/testing";
import { describe, expect, it } from "vitest";
import { seededBytes } from "../testing/random-bytes.ts";
import { Journal, partBytes, preparedUpload, target } from "../testing/upload-fixture.ts";
import { listLeftovers } from "./leftovers.ts";
import { uploadObject } from "./upload-object.ts";
import type { KeptUpload } from "./upload-options.ts";

const denied = () => new SampanError("CLOUD_PERMISSION_DENIED", "sending: AccessDenied", { hint: "Ask." });

describe("what an upload left behind", () => {
  it("is named by the error that ended it: the upload, its parts, what is billed", async () => {
    const { cloud, store, source, options } = await preparedUpload();
    cloud.fail("uploadPart", denied(), { skip: 3 });
    const kept: KeptUpload[] = [];
    const journal = new Journal();
    const given = {
      ...options,
      ...journal.hooks,
      parallel: 1,
      onKept: (left: KeptUpload) => kept.push(left),
    };
    const error = await refused(uploadObject(store, source, target, given));
    const { uploadId } = journal.checkpoint;
    expect(kept).toEqual([{ ...target, uploadId, parts: 3, bytes: 3 * partBytes }]);
    expect(error.details.keptUpload).toEqual(kept[0]);
    expect(error.hint).toContain(`Ask. 3 parts (307200 bytes) of oss://images/web-01.vhd stay at the store`);
    expect(error.hint).toContain(String(uploadId));
  });

  it("is told on cancel too, and is nothing when it was to be freed", async () => {
    for (const abortOnCancel of [false, true]) {
      const { cloud, store, source, options } = await preparedUpload();
      const cancel = new AbortController();
      const kept: KeptUpload[] = [];
      const error = await refused(
        uploadObject(store, source, target, {
          ...options,
          abortOnCancel,
          signal: cancel.signal,
          onPart: () => cancel.abort(),
          onKept: (left) => kept.push(left),
        }),
      );
      expect(error.code).toBe("CORE_CANCELLED");
      expect(kept.length).toBe(abortOnCancel ? 0 : 1);
      expect(cloud.world.uploads.size).toBe(abortOnCancel ? 0 : 1);
    }
  });

  it("is told when it was to be freed and could not be", async () => {
    const { cloud, store, source, options } = await preparedUpload();
    const cancel = new AbortController();
    cloud.fail("abortMultipartUpload", denied());
    const kept: KeptUpload[] = [];
    const given = { ...options, abortOnCancel: true, signal: cancel.signal, onPart: () => cancel.abort() };
    const ending = uploadObject(store, source, target, { ...given, onKept: (left) => kept.push(left) });
    expect((await refused(ending)).code).toBe("CORE_CANCELLED");
    expect(kept).toHaveLength(1);
  });

  it("is nothing when the upload itself is gone", async () => {
    const { cloud, store, source, options } = await preparedUpload();
    cloud.fail("uploadPart", new SampanError("CLOUD_UPLOAD_GONE", "sending: NoSuchUpload"));
    const error = await refused(uploadObject(store, source, target, options));
    expect(error.details.keptUpload).toBeUndefined();
  });

  it("is listed with what is billed: uploads of anyone, objects of runs", async () => {
    const { cloud, store, source, options } = await preparedUpload();
    const metadata = { "sampan-run": "r7", "sampan-disk": "0" };
    await uploadObject(store, source, { ...target, key: "sampan/a.vhd" }, { ...options, metadata });
    await uploadObject(store, source, { ...target, key: "sampan/theirs.vhd" }, options);
    await uploadObject(store, source, { ...target, key: "other/b.vhd" }, { ...options, metadata });
    const upload = await store.createMultipartUpload({ ...target, key: "sampan/c.vhd" });
    for (const number of [1, 2]) {
      await store.uploadPart(upload, number, seededBytes(1000 * number, 1), { timeoutMs: 1000 });
    }
    const gone = await store.createMultipartUpload({ ...target, key: "sampan/d.vhd" });
    const listParts = store.listParts.bind(store);
    store.listParts = async (address, signal) => {
      cloud.world.uploads.delete(gone.uploadId);
      return listParts(address, signal);
    };
    const found = await listLeftovers(store, { bucket: target.bucket, prefix: "sampan/" });
    expect(found.uploads).toMatchObject([{ ...upload, parts: 2, bytes: 3000 }]);
    expect(found.objects).toMatchObject([{ key: "sampan/a.vhd", sizeBytes: source.sizeBytes, runId: "r7" }]);
    const all = await listLeftovers(store, { bucket: target.bucket });
    expect(all.objects.map((object) => object.key)).toEqual(["other/b.vhd", "sampan/a.vhd"]);
  });
});
