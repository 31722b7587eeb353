import { describe, expect, it } from "vitest";
import { markedPlan } from "../testing/marked-plan.ts";
import { cloudCatalogue } from "./cloud-catalogue.ts";
import { codeLenses } from "./code-lenses.ts";
import { documentLinks } from "./document-links.ts";
import { foldingRanges } from "./folding.ts";
import { hoverAt } from "./hover.ts";
import { inlayHints } from "./inlay-hints.ts";
import { type KnownNames, noNames } from "./known-names.ts";
import { planNames } from "./plan-names.ts";
import type { PlanRun } from "./plan-run.ts";
import { matchingSymbols, planSymbols } from "./workspace-symbols.ts";

const uri = "file:///plans/web-01.migration.ts";

const plan = `export default Migration.from("./disks/web 01.vmdk")
  .assess()
  .capture()
  .toVhd()
  .upload("web-images")
  .import();
`;

const running: PlanRun = {
  uri,
  chainId: "default",
  runId: "20261126-101500-abcde",
  status: "running",
  progress: {
    stage: "upload",
    doneBytes: 62 * 1024 ** 3,
    totalBytes: 100 * 1024 ** 3,
    ratePerSecond: 118 * 1024 ** 2,
    etaMs: 240_000,
  },
};

const names: KnownNames = {
  facts: {
    buckets: {
      complete: true,
      askedAtMs: Date.UTC(2026, 10, 26, 9, 30),
      items: [
        {
          name: "web-images",
          region: "cn-hangzhou",
          storageClass: "Standard",
          acl: "private",
          expiresAfterDays: 7,
        },
      ],
    },
  },
  profiles: [],
};

describe("names of plans", () => {
  const named = (marked: string) =>
    planNames(markedPlan(marked).document).map(({ id, title, start, plan }) => [id, title, start.line, plan]);

  it("say what `sampan run --plan` is given, for each plan that can be run", () => {
    const text =
      'export const one = Migration.from("ssh://root@a");\nconst spare = Migration.from("ssh://root@b");\n' +
      'export default ["c", "d"].map((host) => Migration.from("ssh://" + host).assess());\n';
    expect(named(text)).toEqual([
      ["default[0]", "c", 3, "1"],
      ["default[1]", "d", 3, "2"],
      ["one", "a", 1, "one"],
      ["spare", "b", 2, null],
    ]);
    expect(named('const p = Migration.from("ssh://a");\nexport default [p, p];')).toMatchObject([
      ["default[0]", "a", 1, "1"],
    ]);
  });
});

describe("lenses", () => {
  const lenses = (runs: readonly PlanRun[], marked = plan, steps = true) =>
    codeLenses(markedPlan(marked).document, { runs, language: "en", icons: false, steps });
  const titles = (...given: Parameters<typeof lenses>) =>
    lenses(...given).map(({ command }) => command?.title);

  it("stand over a chain and its steps, and say to the client which they are", () => {
    const found = lenses([]);
    expect(found.map(({ command, range }) => [range.start.line, command?.title])).toEqual([
      [1, "Run"],
      [1, "Plan"],
      [1, "Assess"],
      [1, "Pipeline"],
      [2, "Run to here"],
      [3, "Run to here"],
      [4, "Run to here"],
      [5, "Run to here"],
    ]);
    expect(found[0]?.command).toMatchObject({ command: "sampan.run", arguments: [uri, "default"] });
    expect(found[6]?.command).toMatchObject({ command: "sampan.runTo", arguments: [uri, "default", 2] });
  });

  it("say how far a run is while it goes on, and offer to stop it", () => {
    expect(titles([running])).toEqual(["Stop 62 % · 118 MiB/s · 4 min", "Pipeline"]);
    expect(lenses([running])[0]?.command?.arguments).toEqual([uri, "default", running.runId]);
  });

  it("say so while a run is being stopped, and offer no second stop", () => {
    const [stop] = lenses([{ ...running, stopping: true }]);
    expect(stop?.command).toEqual({ title: "Stopping…", command: "" });
  });

  it("offer first to resume what stopped on the way", () => {
    const stopped = {
      ...running,
      status: "cancelled" as const,
      stoppedAt: "upload",
      parts: { done: 41, total: 120 },
    };
    expect(titles([stopped]).slice(0, 2)).toEqual(["Resume from upload (41/120)", "Run"]);
  });

  it("are about the runs of their own chain alone", () => {
    expect(titles([{ ...running, chainId: "other" }])[0]).toBe("Run");
    expect(titles([{ ...running, uri: "file:///other.migration.ts" }])[0]).toBe("Run");
  });

  it("say why a plan cannot be run from here", () => {
    expect(titles([], 'const spare = Migration.from("a").assess();')).toEqual([
      "not exported: nothing runs this plan",
      "Pipeline",
    ]);
    expect(titles([], "export default Migration.from(process.env.HOST).assess();")).toContain(
      "host computed at run time",
    );
  });

  it("have none of their own for steps within a line, or when these are switched off", () => {
    expect(titles([], 'export default Migration.from("a").assess().capture();')).not.toContain("Run to here");
    expect(titles([], plan, false)).not.toContain("Run to here");
  });

  it("name the hosts where one text makes several plans", () => {
    const fleet =
      'export default ["web-01", "web-02"].map((host) => Migration.from("ssh://" + host).assess());';
    expect(titles([], fleet)).toEqual([
      "Run web-01",
      "Plan web-01",
      "Assess web-01",
      "Pipeline web-01",
      "Run web-02",
    ]);
  });

  it("speak Chinese", () => {
    const { document } = markedPlan(plan);
    const [first] = codeLenses(document, { runs: [running], language: "zh", icons: true, steps: true });
    expect(first?.command?.title).toBe("$(debug-stop) 停止 62 % · 118 MiB/s · 4 分钟");
  });
});

describe("hints", () => {
  const hints = (marked: string, runs: readonly PlanRun[] = [], known = noNames) => {
    const { document } = markedPlan(marked);
    const whole = { start: 0, end: document.text.text.length };
    return inlayHints(document, whole, {
      runs,
      language: "en",
      regionOfBucket: (bucket) => known.facts.buckets?.items.find(({ name }) => name === bucket)?.region,
    }).map(({ label, position }) => [position.line, label]);
  };

  it("name the object and the image as the run will", () => {
    expect(hints(plan)).toEqual([
      [5, "→ sampan/web-01/<run>-disk0.vhd"],
      [6, "→ web-01"],
    ]);
  });

  it("are silent where the plan says it, and where only the machine can", () => {
    expect(
      hints(
        'export default Migration.from("a.vmdk").assess().capture().toVhd().upload("b", { key: "k" }).import({ name: "n" });',
      ),
    ).toEqual([]);
    expect(
      hints('export default Migration.from("ssh://web-01").assess().capture().toVhd().upload("b").import();'),
    ).toEqual([]);
  });

  it("tell the region that the bucket decides", () => {
    expect(hints(plan, [], names)[1]).toEqual([6, "→ web-01 · cn-hangzhou"]);
  });

  it("tell what the last run read and how long it took", () => {
    const done: PlanRun = {
      uri,
      chainId: "default",
      runId: "20261126-101500-abcde",
      status: "finished",
      hostName: "web-01.example",
      stages: [{ verb: "capture", tookMs: 95_000, bytes: 23.4 * 1024 ** 3 }],
    };
    expect(hints(plan, [done])).toEqual([
      [3, "23.4 GiB · 2 min"],
      [5, "→ sampan/web-01.example/<run>-disk0.vhd"],
      [6, "→ web-01.example"],
    ]);
  });
});

describe("hovers", () => {
  const hover = (marked: string, known = names, run?: PlanRun) => {
    const { document, place } = markedPlan(marked);
    if (place === undefined) return undefined;
    const found = hoverAt(document.text, place, {
      language: "en",
      catalogue: cloudCatalogue,
      names: known,
      run,
      nowMs: Date.UTC(2026, 10, 26, 12, 5),
      markdown: true,
    });
    return (found?.contents as { value: string } | undefined)?.value;
  };
  const upTo = 'Migration.from("a").assess().capture().toVhd()';

  it("tell of a verb its limits, with their source and date, and its page", () => {
    const text = hover(`${upTo}.upl|oad("b")`);
    expect(text).toContain("**upload(bucket, options?)**");
    expect(text).toContain("At most 10,000 parts");
    expect(text).toContain("as of 2025-11");
    expect(text).toContain("reference/verbs.md#upload)");
  });

  it("tell how long the verb took the last time, and how fast", () => {
    const run = { ...running, stages: [{ verb: "upload", tookMs: 100_000, bytes: 118 * 1024 ** 2 * 100 }] };
    expect(hover(`${upTo}.upl|oad("b")`, names, run)).toContain("The last run took 2 min. (118 MiB/s)");
  });

  it("tell of an option what it does, its values and bounds", () => {
    expect(hover(`${upTo}.upload("b", { paral|lel: 4 })`)).toMatch(/Most parts in flight.*≥ 1, ≤ 64/s);
    expect(hover('Migration.from("a").assess().capture({ consist|ency: "freeze" })')).toContain('`"freeze"`');
  });

  it("tell of a region both names, its endpoint, the time there and our buckets in it", () => {
    const text = hover(`${upTo}.upload("b").import({ region: "cn-hang|zhou" })`);
    expect(text).toContain("**cn-hangzhou** China (Hangzhou) 华东1（杭州）");
    expect(text).toContain("`oss-cn-hangzhou.aliyuncs.com` · local time 20:05");
    expect(text).toContain("Bucket: `web-images`");
    expect(text).toContain("as of 2026-11");
  });

  it("tell of a bucket what was seen of it, and when", () => {
    const text = hover(`${upTo}.upload("web-im|ages")`);
    expect(text).toContain("Region: `cn-hangzhou`");
    expect(text).toContain("a lifecycle rule removes objects after 7 days");
    expect(text).toContain("as the account was seen 2026-11-26 09:30 UTC");
  });

  it("say nothing of names they know nothing of", () => {
    expect(hover(`${upTo}.upload("web-im|ages")`, noNames)).toBeUndefined();
    expect(hover("const x = 1|;")).toBeUndefined();
  });
});

describe("links", () => {
  const links = (marked: string, commands = true) => {
    const { document } = markedPlan(marked);
    return documentLinks(document, { language: "en", runs: [running], facts: names.facts, commands }).map(
      ({ range, target }) => {
        const { start, end } = document.text.partOf(range);
        return [document.text.text.slice(start, end), target];
      },
    );
  };

  it("lead to the console for buckets, instances and images", () => {
    expect(links(plan)).toEqual([
      ["web-images", "https://oss.console.aliyun.com/bucket/oss-cn-hangzhou/web-images/object"],
    ]);
    expect(links('export default Migration.from("ecs://cn-hangzhou/i-bp1x").assess();')).toEqual([
      [
        "ecs://cn-hangzhou/i-bp1x",
        "https://ecs.console.aliyun.com/server/i-bp1x/detail?regionId=cn-hangzhou",
      ],
    ]);
    expect(links("// made m-bp1gbwvlscskabcdefgh\n")).toEqual([
      ["m-bp1gbwvlscskabcdefgh", "https://ecs.console.aliyun.com/image"],
    ]);
  });

  it("lead to the view of a known run, where the client opens commands", () => {
    expect(links(`// see ${running.runId}\n`)).toEqual([
      [running.runId, "command:sampan.showRun?%5B%2220261126-101500-abcde%22%5D"],
    ]);
    expect(links(`// see ${running.runId}\n`, false)).toEqual([]);
    expect(links("// see 20261126-101500-zzzzz\n")).toEqual([]);
  });
});

it("folds each chain of several lines", () => {
  expect(foldingRanges(markedPlan(plan).document)).toEqual([{ startLine: 1, endLine: 6, kind: "region" }]);
  expect(foldingRanges(markedPlan('export default Migration.from("a").assess();').document)).toEqual([]);
});

it("finds plans by host and by name", () => {
  const { document } = markedPlan(
    'export const shop = Migration.from("ssh://root@web-01:2222").assess();\nexport default Migration.from("./db.vmdk").assess();',
  );
  const found = (query: string) => matchingSymbols(planSymbols(document), query).map(({ name }) => name);
  expect(found("")).toEqual(["db.vmdk", "web-01"]);
  expect(found("wb1")).toEqual(["web-01"]);
  expect(found("SHOP")).toEqual(["web-01"]);
  expect(found("nothing")).toEqual([]);
});
