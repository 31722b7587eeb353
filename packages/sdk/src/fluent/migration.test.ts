import { readdirSync } from "node:fs";
import { isSampanError } from "@sampan/core";
import { describe, expect, expectTypeOf, it } from "vitest";
import { catalogue, type StageName, type Verb, verbsOf } from "../catalogue.ts";
import { isStage, Migration, stageOf } from "./migration.ts";
import type { AssessmentResult, ImportResult } from "./results.ts";
import type { AssessedHost, SelectedInstance } from "./stages.ts";

const whole = () =>
  Migration.from("./web-01.vmdk")
    .assess()
    .prepare({ skip: ["firewall"] })
    .capture()
    .toVhd()
    .upload("web-images", { createBucket: true })
    .import({ name: "web-01", createRole: true })
    .copyTo("cn-shanghai", "ap-southeast-1");

function refusal(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return isSampanError(error) ? `${error.code}: ${error.message}` : error;
  }
  return "not refused";
}

describe("a plan", () => {
  it("is plain JSON with one step a verb", () => {
    const plan = whole().plan();
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    expect(plan.steps.map((step) => step.verb)).toEqual([
      "assess",
      "prepare",
      "capture",
      "toVhd",
      "upload",
      "import",
      "copyTo",
    ]);
    expect(plan.steps.at(-1)).toEqual({
      verb: "copyTo",
      options: { regions: ["cn-shanghai", "ap-southeast-1"] },
    });
  });

  it("takes options after a list of names", () => {
    const image = Migration.from("./a.raw").assess().capture().toRaw().upload("web-images").import();
    expect(
      image
        .copyTo("cn-shanghai", { name: "web-02", tags: { team: "web" } })
        .plan()
        .steps.at(-1),
    ).toEqual({
      verb: "copyTo",
      options: { regions: ["cn-shanghai"], name: "web-02", tags: { team: "web" } },
    });
    expect(refusal(() => image.copyTo({ name: "web-02" }))).toContain("PLAN_INVALID");
    expect(refusal(() => image.copyTo("cn-shanghai", { kmsKeyId: "key-1" }))).toContain("encrypted: true");
    expect(refusal(() => image.copyTo({ name: "a2" } as never, "cn-shanghai"))).toContain("PLAN_INVALID");
  });

  it("is frozen to the bottom, and a verb leaves the stage it was called on as it was", () => {
    const assessed = Migration.from("./disk.raw").assess();
    const before = JSON.stringify(assessed.plan());
    assessed.prepare().capture();
    expect(JSON.stringify(assessed.plan())).toBe(before);
    expect(Object.isFrozen(assessed)).toBe(true);
    expect(Object.isFrozen(assessed.plan().steps)).toBe(true);
  });

  it("is never a thenable, so that returning it from an async function starts nothing", async () => {
    const stage = await (async () => whole())();
    expect("then" in stage).toBe(false);
    expect(isStage(stage)).toBe(true);
  });

  it("opens no file and no socket, a thousand times over", () => {
    const open = () => readdirSync("/proc/self/fd").length;
    const resources = () => process.getActiveResourcesInfo().length;
    whole();
    const [files, active] = [open(), resources()];
    for (let count = 0; count < 1000; count++) whole();
    expect(open()).toBe(files);
    expect(resources()).toBe(active);
  });

  it("comes back from JSON as the stage it was", () => {
    const back = stageOf(JSON.parse(JSON.stringify(whole().plan())));
    expect(back.plan()).toEqual(whole().plan());
    expect("copyTo" in back).toBe(true);
    expect("capture" in back).toBe(false);
  });

  it("says what would be done, a line a step", () => {
    expect(whole().describe().split("\n")).toHaveLength(8);
  });
});

describe("verbs at run time", () => {
  const stages: Record<StageName, object> = {
    SelectedHost: Migration.from("d"),
    AssessedHost: Migration.from("d").assess(),
    CapturedDisks: Migration.from("d").assess().capture(),
    EncodedImages: Migration.from("d").assess().capture().toRaw(),
    UploadedImages: Migration.from("d").assess().capture().toQcow2().upload("bucket"),
    ImportedImage: Migration.from("d").assess().capture().toVhd().upload("bucket").import(),
    InstanceSnapshots: Migration.from("ecs://cn-hangzhou/i-1").snapshot(),
    LaunchedInstance: Migration.from("ecs://cn-hangzhou/i-1").createImage().launch(),
  };

  it.each(Object.keys(stages) as StageName[])("of %s are those of the catalogue and no others", (name) => {
    const all = Object.keys(catalogue) as Verb[];
    expect(all.filter((verb) => verb in stages[name])).toEqual(verbsOf(name));
    expect(stages[name].constructor.name).toBe(name);
  });

  it.each([
    [
      "a bucket name with capitals",
      () => Migration.from("d").assess().capture().toVhd().upload("Web"),
      "bucket",
    ],
    ["an option that does not exist", () => Migration.from("d").assess({ profil: "x" } as never), "profil"],
    ["a region that is none", () => whole().copyTo("Shanghai"), "regions.0"],
    ["no region at all", () => whole().copyTo(), "regions"],
    [
      "an image name with spaces",
      () => Migration.from("d").assess().capture().toVhd().upload("bucket").import({ name: "web 01" }),
      "name",
    ],
    ["an acceptance without a reason", () => Migration.from("d").assess({ accept: { X: "" } }), "accept.X"],
    ["options that are no object", () => Migration.from("d").assess("current" as never), "assess()"],
  ])("refuse %s at once, naming it", (_what, work, named) => {
    expect(refusal(work)).toContain("PLAN_INVALID");
    expect(refusal(work)).toContain(named);
  });

  it("refuse a second prepare, whose options would be lost", () => {
    expect(refusal(() => Migration.from("d").assess().prepare().prepare())).toContain("already called");
  });

  it("read an instance of ECS, and refuse what names none", () => {
    const source = { kind: "ecs", region: "cn-hangzhou", instanceId: "i-bp1abc" };
    expect(Migration.from("ecs://cn-hangzhou/i-bp1abc").plan().source).toEqual(source);
    expect(Migration.from("ecs://cn-hangzhou/i-bp1abc").describe()).toContain(
      "from ecs://cn-hangzhou/i-bp1abc",
    );
    for (const wrong of ["ecs://cn-hangzhou", "ecs://cn-hangzhou/i-1/x"] as const) {
      expect(refusal(() => Migration.from(wrong))).toContain("HOST_SOURCE_INVALID");
    }
    expect(refusal(() => Migration.from("ecs://Hangzhou/i-bp1abc"))).toContain("PLAN_INVALID");
    expect(refusal(() => Migration.from("ecs://cn-hangzhou/web-01"))).toContain("PLAN_INVALID");
  });

  it("refuse the verbs of another kind of host by a clear message", () => {
    // As plain JavaScript would call them.
    const file = Migration.from("d.raw") as unknown as SelectedInstance;
    expect(refusal(() => file.snapshot())).toContain(
      "snapshot is for an ECS instance, and the host is a disk image",
    );
    const instance = Migration.from("ecs://cn-hangzhou/i-1").assess() as unknown as AssessedHost;
    expect(refusal(() => instance.capture())).toContain(
      "capture is for a disk image and other hosts whose disks are read, and the host is an ECS instance",
    );
    const windows = Migration.from("winrm://admin@files-01").assess();
    expect(refusal(() => windows.capture())).toContain("the disks of a live Windows host are not read");
    expect(refusal(() => windows.prepare())).toContain("the host is a live Windows host");
  });

  it("refuse to hold a moment of a disk that lies still", () => {
    const file = Migration.from("d.raw").assess();
    expect(refusal(() => file.capture({ consistency: "freeze" }))).toContain(
      "consistency is for hosts that run",
    );
    const live = Migration.from("ssh://root@web-01")
      .assess()
      .capture({ consistency: "freeze", leaseMs: 60_000 });
    expect(live.plan().steps.at(-1)?.options).toEqual({ consistency: "freeze", leaseMs: 60_000 });
  });

  it("refuse JSON whose verbs stand in an illegal order", () => {
    const plan = { ...whole().plan(), steps: [{ verb: "upload", options: { bucket: "web-images" } }] };
    expect(refusal(() => stageOf(plan))).toContain("upload cannot follow SelectedHost");
  });
});

describe("verbs in types", () => {
  it("compile only in a legal order", () => {
    // The functions are checked by the compiler and never called.
    const illegal = [
      // @ts-expect-error -- capture needs an assessment
      () => Migration.from("d").capture(),
      // @ts-expect-error -- a host that was only named has nothing to upload
      () => Migration.from("d").upload("bucket"),
      // @ts-expect-error -- assess comes once
      () => Migration.from("d").assess().assess(),
      // @ts-expect-error -- prepare comes before capture
      () => Migration.from("d").assess().capture().prepare(),
      // @ts-expect-error -- upload needs an image format
      () => Migration.from("d").assess().capture().upload("bucket"),
      // @ts-expect-error -- a disk has one target format
      () => Migration.from("d").assess().capture().toVhd().toRaw(),
      // @ts-expect-error -- import needs an object
      () => Migration.from("d").assess().capture().toVhd().import(),
      // @ts-expect-error -- copyTo needs an image
      () => Migration.from("d").assess().capture().toVhd().upload("bucket").copyTo("cn-shanghai"),
      // @ts-expect-error -- an image is imported once
      () => Migration.from("d").assess().capture().toVhd().upload("bucket").import().import(),
      // @ts-expect-error -- a bucket must be named
      () => Migration.from("d").assess().capture().toVhd().upload(),
      // @ts-expect-error -- a disk image has no snapshots in the cloud
      () => Migration.from("d").snapshot(),
      // @ts-expect-error -- the disks of an instance are not read
      () => Migration.from("ecs://cn-hangzhou/i-1").assess().capture(),
      // @ts-expect-error -- an instance is verified once it is launched
      () => Migration.from("ecs://cn-hangzhou/i-1").createImage().verify(),
      // @ts-expect-error -- what is launched is copied no more
      () => Migration.from("ecs://cn-hangzhou/i-1").createImage().launch().copyTo("cn-shanghai"),
      // @ts-expect-error -- a plan cannot be awaited as a promise is
      () => Migration.from("d").assess().then(),
    ];
    expect(illegal).toHaveLength(15);
  });

  it("give each stage its own kind of result", () => {
    expectTypeOf(Migration.from("d").assess().run).returns.resolves.toEqualTypeOf<AssessmentResult>();
    expectTypeOf(whole().run).returns.resolves.toEqualTypeOf<ImportResult>();
  });
});
