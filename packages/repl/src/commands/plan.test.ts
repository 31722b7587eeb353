import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Json } from "@sampan/core";
import { type Forecast, Migration, type PolicyDocument, type Stage } from "@sampan/sdk";
import { type LoggedRequest, Simulator, type SimulatorOptions, simulatorAccounts } from "@sampan/simulator";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { unpackDemoDisk } from "../demo/demo-disk.ts";
import { demoPlan } from "../demo/demo-plan.ts";
import { speak } from "../language/speech.ts";
import { forecastText } from "../render/forecast-text.ts";
import { coloursFor } from "../terminal/colours.ts";
import { textWidth } from "../terminal/width.ts";
import { englishLeft } from "../testing/english-left.ts";
import { describedFields, fieldsOf, undescribed } from "../testing/page-fields.ts";
import { runProgram } from "../testing/run-program.ts";

/*
 * One file, though it is long: what a plan is told to do is held to what its run then does, in one world.
 */

let folder: string;
let simulator: Simulator | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-plan-"));
  await unpackDemoDisk(join(folder, "guest.qcow2"));
});
afterEach(async () => {
  await speak("en");
  await simulator?.stop();
  simulator = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function start(options: SimulatorOptions = {}): Promise<void> {
  simulator = await Simulator.start({ timeScale: 1000, switches: { importRole: "ready" }, ...options });
}

async function sampan(...argv: string[]) {
  const env = simulator === undefined ? {} : { SAMPAN_SIMULATOR: simulator.endpoint };
  return runProgram(argv, { env, cwd: folder });
}

async function write(plan: Stage<unknown>, name = "web.json"): Promise<void> {
  await writeFile(join(folder, name), JSON.stringify(plan.plan()));
}

function webPlan(options: { readonly image?: string; readonly key?: string; readonly bucket?: string } = {}) {
  return Migration.from("./guest.qcow2")
    .assess()
    .prepare()
    .capture()
    .toVhd()
    .upload(options.bucket ?? "web-images", {
      createBucket: true,
      ...(options.key === undefined ? {} : { key: options.key }),
    })
    .import({ name: options.image ?? "web-01" })
    .copyTo("cn-shanghai");
}

/** What differs from one run of a test to the next. */
function normalised(text: string): string {
  return (
    text
      .replaceAll(folder, "FOLDER")
      .replace(/\b\d{8}-\d{6}-[a-z0-9]{5}\b/g, "RUN-ID")
      .replace(/\bm-bp[0-9a-f]+\b/g, "m-bp…")
      .replace(
        /\d+(?:\.\d+)? (s|秒)( \[\d\])?/g,
        (_, unit: string, mark?: string) => `N ${unit}${mark ?? ""}`,
      )
      // How wide a column is depends on where the folder lies.
      .replace(/(\S) {3,}/g, "$1  ")
      .replace(/ +$/gm, "")
  );
}

const golden = (name: string) => `../../../../test/golden/plan-${name}.txt`;

/** Requests that change something, the cloud's own dry runs left out. */
function changing(requests: readonly LoggedRequest[]): readonly LoggedRequest[] {
  return requests.filter(
    ({ service, method, operation, parameters }) =>
      !(
        /^(Describe|List|Get|Head)/.test(operation) ||
        (service === "oss" && (method === "GET" || method === "HEAD")) ||
        parameters.DryRun === "true"
      ),
  );
}

describe("what a plan would do, in Chinese", () => {
  it("is told in Chinese but for names, new and where something is in the way", async () => {
    await start({ quotas: { images: 0 }, switches: { importRole: "missing" } });
    await write(webPlan());
    const refused = await sampan("plan", "web.json", "--lang", "zh-CN");
    await expect(normalised(refused.out)).toMatchFileSnapshot(golden("refused.zh-CN"));
    expect(refused.exitCode).toBe(5);
    await simulator?.stop();
    await start();
    await write(webPlan({ key: "web.vhd" }), "first.json");
    const fresh = await sampan("plan", "first.json", "--lang", "zh-CN");
    await expect(normalised(fresh.out)).toMatchFileSnapshot(golden("new.zh-CN"));
    expect((await sampan("run", "first.json")).exitCode).toBe(0);
    await write(webPlan({ key: "web.vhd" }).shareWith(simulatorAccounts[1].accountId));
    const taken = await sampan("plan", "web.json", "--lang", "zh-CN");
    await expect(normalised(taken.out)).toMatchFileSnapshot(golden("taken.zh-CN"));
    const done = await sampan("plan", "first.json", "--lang", "zh-CN", "--all");
    await expect(normalised(done.out)).toMatchFileSnapshot(golden("finished.zh-CN"));
    // What the cloud itself answered stays as it came.
    const ours = (text: string) => text.replace(/QuotaExceed\.Image: .*/, "");
    for (const { out } of [refused, fresh, taken, done]) expect(englishLeft(ours(out))).toEqual([]);
  });

  it("is English under --json", async () => {
    await start();
    await write(webPlan());
    expect((await sampan("plan", "web.json", "--json", "--lang", "zh-CN")).out).not.toMatch(
      /\p{Script=Han}/u,
    );
  });

  it("stays in the columns of its table, and becomes a list where that is too wide", async () => {
    await start();
    await write(webPlan());
    const { out } = await sampan("plan", "web.json", "--json");
    const forecast = { ...(JSON.parse(out) as Forecast), title: "web.qcow2" };
    await speak("zh-CN");
    for (const columns of [20, 80, 200]) {
      const text = forecastText(forecast, { all: true, borders: false, columns, colours: coloursFor(false) });
      const lines = text.split("\n");
      const head = lines.find((line) => line.startsWith("步骤"));
      expect([columns, head !== undefined]).toEqual([columns, columns === 200]);
      if (head === undefined) continue;
      for (const line of lines.slice(0, lines.indexOf("") + 1))
        expect(textWidth(line)).toBeLessThanOrEqual(columns);
      const column = textWidth(head.slice(0, head.indexOf("对象")));
      const row = lines.find((line) => line.startsWith("upload")) ?? "";
      expect(textWidth(row.slice(0, row.indexOf("OSS 对象")))).toBe(column);
      const note = lines.find((line) => line.includes("文件系统已用的部分")) ?? "";
      expect(textWidth(note.slice(0, note.indexOf("文件系统")))).toBe(column + 2);
    }
  });
});

describe("what a plan would do", () => {
  it("is told of a world in which nothing of it is there yet, and nothing is changed by asking", async () => {
    await start();
    await write(webPlan());
    const { exitCode, out } = await sampan("plan", "web.json");
    await expect(normalised(out)).toMatchFileSnapshot(golden("new"));
    expect(exitCode).toBe(0);
    expect((await readdir(folder)).sort()).toEqual(["guest.qcow2", "web.json"]);
    const requests = simulator?.requests.list() ?? [];
    expect(requests.length).toBeGreaterThan(4);
    expect(changing(requests)).toEqual([]);
  });

  it("is told of an object that exists and an image whose name is taken", async () => {
    await start();
    await write(webPlan({ key: "web.vhd" }), "first.json");
    expect((await sampan("run", "first.json")).exitCode).toBe(0);
    await write(webPlan({ key: "web.vhd" }).shareWith(simulatorAccounts[1].accountId));
    const { exitCode, out } = await sampan("plan", "web.json");
    await expect(normalised(out)).toMatchFileSnapshot(golden("taken"));
    expect(exitCode).toBe(5);
  });

  it("is told of a quota that is used up and a role that is missing", async () => {
    await start({ quotas: { images: 0 }, switches: { importRole: "missing" } });
    await write(webPlan());
    const { exitCode, out } = await sampan("plan", "web.json");
    await expect(normalised(out)).toMatchFileSnapshot(golden("refused"));
    expect(exitCode).toBe(5);
  });

  it("is told of a plan that was finished earlier, and of its source once that changed", async () => {
    await start();
    await write(webPlan());
    expect((await sampan("run", "web.json")).exitCode).toBe(0);
    const { exitCode, out } = await sampan("plan", "web.json", "--all");
    await expect(normalised(out)).toMatchFileSnapshot(golden("finished"));
    expect(exitCode).toBe(0);
    await utimes(join(folder, "guest.qcow2"), new Date(), new Date(1_700_000_000_000));
    const changed = await sampan("plan", "web.json", "--json");
    expect(changed.exitCode).toBe(5);
    expect((JSON.parse(changed.out) as Forecast).problems).toMatchObject([{ code: "HOST_SOURCE_CHANGED" }]);
    expect((await sampan("plan", "web.json", "--again")).out).toContain("CLOUD_IMAGE_NAME_TAKEN");
  });

  it("is told of a bucket in another region, and of regions that do not exist", async () => {
    await start();
    await write(
      Migration.from("./guest.qcow2")
        .assess()
        .capture()
        .toVhd()
        .upload("west", { createBucket: true, region: "cn-beijing" }),
      "first.json",
    );
    expect((await sampan("run", "first.json")).exitCode).toBe(0);
    await write(
      Migration.from("./guest.qcow2")
        .assess()
        .capture()
        .toVhd()
        .upload("west")
        .import({ region: "cn-hangzhou" })
        .copyTo("xx-nowhere-1" as never),
    );
    const { exitCode, out } = await sampan("plan", "web.json");
    await expect(normalised(out)).toMatchFileSnapshot(golden("region"));
    expect(exitCode).toBe(5);
  });

  it("is printed as JSON of which every field is described in the manual", async () => {
    await start();
    await write(webPlan());
    const fresh = JSON.parse((await sampan("plan", "web.json", "--json")).out) as Json;
    expect((await sampan("run", "web.json", "--through", "toVhd")).exitCode).toBe(0);
    const begun = JSON.parse((await sampan("plan", "web.json", "--json")).out) as Json;
    await write(webPlan({ bucket: "a".repeat(5) }).shareWith(simulatorAccounts[1].accountId), "other.json");
    await simulator?.stop();
    await start({ quotas: { images: 0 } });
    const refused = JSON.parse((await sampan("plan", "other.json", "--json")).out) as Json;
    const rules = {
      wholes: new Set(["policy", "steps[].time.basis", "steps[].acts[].bytes.basis"]),
      nullable: /^(?:account|run|steps\[\]\.time|steps\[\]\.acts\[\]\.bytes)$/,
    };
    const seen = new Set([fresh, begun, refused].flatMap((value) => fieldsOf(value, rules)));
    const described = describedFields("plan.md");
    expect(undescribed(seen, described)).toEqual([]);
    expect([...described].filter((field) => !seen.has(field))).toEqual([]);
  });

  it("leaves out the steps that an earlier run has done", async () => {
    await start();
    await write(webPlan());
    expect((await sampan("run", "web.json", "--through", "toVhd")).exitCode).toBe(0);
    const { out } = await sampan("plan", "web.json");
    expect(out).toContain("steps done already are not shown");
    expect(out).not.toMatch(/^assess/m);
    expect(out).toMatch(/^upload +create/m);
  });

  it("has the disk of the first example, which nobody has run yet", async () => {
    await start();
    await mkdir(join(folder, "examples"));
    const path = join(folder, "examples", "first.json");
    await writeFile(path, JSON.stringify(demoPlan().plan()));
    const { exitCode, out } = await sampan("plan", "examples/first.json", "--json");
    expect(exitCode, out).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ problems: [], totals: { readBytes: expect.any(Number) } });
  });

  it("calls an image after `HOST` while its name is not known, in every step", async () => {
    await write(
      Migration.from("ssh://root@web-01")
        .assess()
        .capture()
        .toVhd()
        .upload("web-images")
        .import()
        .copyTo("cn-shanghai")
        .shareWith("1234567890123456"),
    );
    const { steps } = JSON.parse((await sampan("plan", "web.json", "--offline", "--json")).out) as Forecast;
    const images = steps.flatMap(({ acts }) => acts.filter(({ kind }) => kind === "image"));
    expect(images.map(({ deed, name }) => [deed, name])).toEqual([
      ["create", "HOST"],
      ["create", "HOST"],
      ["change", "HOST"],
    ]);
  });

  it.each([
    ["winrm://Administrator@web-01", "host"],
    ["ssh://root@web-01", "host"],
    ["esxi://root@esxi-01/web-01", "host"],
    ["./guest.qcow2", "disk image"],
    ["ecs://cn-hangzhou/i-bp1example", "instance"],
  ])("knows without looking what kind of thing %s is", async (source, kind) => {
    await write(Migration.from(source).assess(), "one.json");
    const { steps } = JSON.parse((await sampan("plan", "one.json", "--offline", "--json")).out) as Forecast;
    expect(steps[0]?.acts[0]).toMatchObject({ deed: "read", kind });
  });

  it("needs no cloud offline, and none for a plan that calls none", async () => {
    await write(webPlan());
    const offline = await sampan("plan", "web.json", "--offline", "--json");
    expect(JSON.parse(offline.out)).toMatchObject({ v: 1, lookedAt: null, account: null, problems: [] });
    await write(Migration.from("./guest.qcow2").assess(), "assess.json");
    const local = JSON.parse(
      (await sampan("plan", "assess.json", "--json", "--cloud", "alibaba")).out,
    ) as Forecast;
    expect(local).toMatchObject({ account: null, permissions: [], problems: [] });
    const missing = await sampan("plan", "assess.json");
    expect(missing.exitCode).toBe(0);
    await rm(join(folder, "guest.qcow2"));
    expect((await sampan("plan", "assess.json")).out).toContain("would stop the run:");
  });
});

describe("the policy of a plan", () => {
  const [owner, stranger] = simulatorAccounts;

  /** Starts a simulator in which the rehearsal's key is that of a user who may do this. */
  async function startAs(policy: PolicyDocument): Promise<void> {
    const { accessKeyId, accessKeySecret } = owner;
    const users = [{ userName: "mover", accessKeyId, accessKeySecret, policies: [policy as never] }];
    const keys = { accessKeyId: "OwnersOwnKey", accessKeySecret: "owners-own-secret" };
    await simulator?.stop();
    await start({ accounts: [{ ...owner, ...keys, users }, stranger] });
  }

  it("lets the plan be looked at and run, and without one of its actions it is refused", async () => {
    await start();
    await write(webPlan().shareWith(stranger.accountId));
    const policy = JSON.parse((await sampan("plan", "web.json", "--policy")).out) as PolicyDocument;
    await startAs(policy);
    const looked = await sampan("plan", "web.json");
    expect(looked.out).toContain("nothing was found that would stop the run");
    const done = await sampan("run", "web.json");
    expect(done.err).not.toContain("CLOUD_PERMISSION_DENIED");
    expect(done.exitCode).toBe(0);

    for (const action of ["oss:PutObject", "ecs:ModifyImageSharePermission"]) {
      const less = {
        ...policy,
        Statement: policy.Statement.map((one) => ({
          ...one,
          Action: one.Action.filter((name) => name !== action),
        })),
      };
      await startAs(less);
      const refused = await sampan("run", "web.json", "--again");
      expect(refused.err, action).toContain("CLOUD_PERMISSION_DENIED");
    }
  });
});

describe("a plan that was written for later", () => {
  it("is run on the world it was written for, and refused on another, whatever --yes says", async () => {
    await start();
    await write(webPlan());
    expect((await sampan("plan", "web.json", "--out", "plan.json")).exitCode).toBe(0);
    expect((await sampan("run", "plan.json", "--through", "capture")).exitCode).toBe(0);
    await utimes(join(folder, "guest.qcow2"), new Date(), new Date(1_700_000_000_000));
    const refused = await sampan("run", "plan.json", "--yes", "--again");
    expect(refused.exitCode).toBe(5);
    expect(refused.err).toMatch(
      /PLAN_WORLD_CHANGED: .*disk guest\.qcow2, files\[0\]\.modifiedMs: .* → 2023-11-14/,
    );
    expect(refused.err).toContain("--changed-world accept");
    const accepted = await sampan("run", "plan.json", "--again", "--changed-world", "accept");
    expect(accepted.err).toContain("accepted: ");
    expect(accepted.exitCode).toBe(0);
    // What its own run has made is no change, also where the run is gone on with.
    await write(webPlan({ image: "web-02" }), "two.json");
    expect((await sampan("plan", "two.json", "--out", "plan2.json")).exitCode).toBe(0);
    expect((await sampan("run", "plan2.json")).exitCode).toBe(0);
    expect((await sampan("run", "plan2.json")).err).toContain("nothing had to be done");
    const elsewhere = await sampan(
      "plan",
      "two.json",
      "--out",
      "plan3.json",
      "--cloud",
      "simulator",
      "--profile",
      "other",
    );
    expect(elsewhere.exitCode).toBe(0);
    expect((await sampan("run", "plan3.json")).err).toMatch(
      /PLAN_WORLD_CHANGED: .*cloud, which: .*profile other → /,
    );
  });

  it("is refused where the name of its image is taken meanwhile", async () => {
    await start();
    await write(webPlan());
    await write(webPlan({ bucket: "other-images" }), "other.json");
    expect((await sampan("plan", "web.json", "--out", "plan.json")).exitCode).toBe(0);
    expect((await sampan("run", "other.json")).exitCode).toBe(0);
    const refused = await sampan("run", "plan.json", "--json");
    expect(JSON.parse(refused.out)).toMatchObject({
      code: "PLAN_WORLD_CHANGED",
      details: {
        changes: [
          { thing: "image name web-01 in cn-hangzhou", field: "taken by", from: null },
          { thing: "image name web-01 in cn-shanghai", field: "taken by", from: null },
        ],
      },
    });
  });

  it.each<readonly [string, (text: string) => string, RegExp]>([
    [
      "an option",
      (text) => text.replace('"web-01"', '"web-02"'),
      /edited since it was written: the plan in it is another/,
    ],
    [
      "the world",
      (text) => text.replace(/"dataBytes": \d+/, '"dataBytes": 1'),
      /edited since it was written/,
    ],
    [
      "the digest",
      (text) => text.replace(/"digest": "\w{4}/, '"digest": "0000'),
      /edited since it was written/,
    ],
    ["a field that is gone", (text) => text.replace(/"lookedAt": "[^"]*",/, ""), /plans\.0\.world\.lookedAt/],
    ["a later version", (text) => text.replace('"v": 1', '"v": 2'), /its version is 2/],
  ])("is refused after an edit of %s", async (_what, edit, message) => {
    await write(webPlan());
    await sampan("plan", "web.json", "--out", "plan.json");
    const path = join(folder, "plan.json");
    const before = await readFile(path, "utf8");
    const after = edit(before);
    expect(after).not.toBe(before);
    await writeFile(path, after);
    const refused = await sampan("run", "plan.json", "--yes", "--changed-world", "accept");
    expect(refused.exitCode).toBe(2);
    expect(refused.err).toContain("PLAN_FILE_CHANGED");
    expect(refused.err).toMatch(message);
  });
});
