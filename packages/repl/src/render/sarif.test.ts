import { rules } from "@sampan/guest";
import type { Log } from "sarif";
import { describe, expect, it } from "vitest";
import { finding } from "../testing/events.ts";
import { type AssessedImage, toSarif } from "./sarif.ts";

/** The log as it is written, with its one run. */
function logOf(...images: readonly AssessedImage[]) {
  const made = toSarif({ version: "0.1.0", profile: "current", rules, images, exitCode: 3 });
  const log = JSON.parse(JSON.stringify(made)) as Log;
  const [run] = log.runs;
  if (run?.artifacts === undefined || run.results === undefined) throw new Error("a log without its run");
  return { log, driver: run.tool.driver, artifacts: run.artifacts, results: run.results, run };
}

const image = (path: string, ...findings: AssessedImage["findings"]): AssessedImage => ({
  path,
  sizeBytes: 512,
  findings,
});

describe("findings as SARIF", () => {
  it("name the version, the tool, and every rule of the profile with its page", () => {
    const { log, driver, run, results } = logOf(image("a.vmdk"));
    expect([log.version, log.$schema]).toEqual(["2.1.0", "https://json.schemastore.org/sarif-2.1.0.json"]);
    expect(driver.name).toBe("sampan");
    expect(driver.rules?.map((rule) => rule.id)).toEqual(
      rules.filter((rule) => rule.profiles.current !== undefined).map((rule) => rule.id),
    );
    for (const rule of driver.rules ?? []) {
      expect(new URL(rule.helpUri ?? "").pathname).toContain(`/docs/rules/${rule.id}.md`);
      expect(rule.shortDescription?.text).not.toBe("");
    }
    expect(run.invocations).toEqual([{ executionSuccessful: true, exitCode: 3 }]);
    expect(results).toEqual([]);
  });

  it("place a file of the guest inside the artifact of its image, by line", () => {
    const { driver, artifacts, results } = logOf(
      image("disks/a b#1.vmdk", finding),
      image("data.vmdk", finding),
    );
    const [first, second] = results;
    expect(first).toMatchObject({ ruleId: "GUESTOS.Selinux", level: "warning" });
    expect(driver.rules?.[first?.ruleIndex ?? -1]?.id).toBe("GUESTOS.Selinux");
    const place = first?.locations?.[0]?.physicalLocation;
    expect(place?.region).toEqual({ startLine: 7 });
    const nested = artifacts[place?.artifactLocation?.index ?? -1];
    expect(nested).toEqual({ location: { uri: "/etc/selinux/config" }, parentIndex: 0 });
    expect(artifacts[0]?.location?.uri).toBe("disks/a%20b%231.vmdk");
    const other = second?.locations?.[0]?.physicalLocation?.artifactLocation?.index;
    expect(artifacts[other ?? -1]?.parentIndex).toBe(1);
  });

  it("give every result a message, a level and an artifact that is listed", () => {
    const evidence = [
      { kind: "disk", offset: 1048576, text: "partition 1" },
      { kind: "fact", name: "HKLM\\SYSTEM\\x", text: "Start: 4" },
      { kind: "file", path: "C:/x y", line: null, text: "" },
    ] as const;
    const told = { ...finding, severity: "info", evidence } as const;
    const bare = { ...finding, severity: "blocker", evidence: [] } as const;
    const { artifacts, results } = logOf(image("/abs/a.raw", told, bare));
    for (const result of results) {
      expect(result.message.text).toMatch(/\w/);
      expect(result.locations).toHaveLength(1);
      for (const { physicalLocation } of [...(result.locations ?? []), ...(result.relatedLocations ?? [])]) {
        const { uri, index } = physicalLocation?.artifactLocation ?? {};
        expect(artifacts[index ?? -1]?.location?.uri).toBe(uri);
        expect(uri).not.toMatch(/[\s#\\]/);
      }
    }
    expect(results.map((result) => result.level)).toEqual(["note", "error"]);
    expect(results[0]?.locations?.[0]?.logicalLocations).toEqual([
      { fullyQualifiedName: "byte 1048576", kind: "resource" },
    ]);
    expect(artifacts[0]?.location?.uri).toBe("file:///abs/a.raw");
  });

  it("suppress what was accepted, with the reason", () => {
    const { results } = logOf(image("a.raw", { ...finding, accepted: "tested by hand" }));
    expect(results[0]?.suppressions).toEqual([
      { kind: "external", status: "accepted", justification: "tested by hand" },
    ]);
  });
});
