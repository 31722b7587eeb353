import { rules } from "@sampan/guest";
import { describe, expect, it } from "vitest";
import { finding } from "../testing/events.ts";
import { type AssessedImage, toSarif } from "./sarif.ts";

/** What SARIF 2.1.0 calls a location, as far as it is used here. */
interface SarifLocation {
  readonly physicalLocation: {
    readonly artifactLocation: { readonly uri: string; readonly index: number };
    readonly region?: { readonly startLine: number };
  };
  readonly logicalLocations?: readonly { readonly fullyQualifiedName: string; readonly kind: string }[];
}
interface SarifLog {
  readonly version: string;
  readonly $schema: string;
  readonly runs: readonly [
    {
      readonly tool: {
        readonly driver: {
          readonly name: string;
          readonly rules: readonly {
            readonly id: string;
            readonly helpUri: string;
            readonly shortDescription: { text: string };
          }[];
        };
      };
      readonly artifacts: readonly {
        readonly location: { readonly uri: string };
        readonly parentIndex?: number;
        readonly roles?: string[];
      }[];
      readonly invocations: readonly { readonly executionSuccessful: boolean; readonly exitCode: number }[];
      readonly results: readonly {
        readonly ruleId: string;
        readonly ruleIndex: number;
        readonly level: string;
        readonly message: { readonly text: string };
        readonly locations: readonly SarifLocation[];
        readonly relatedLocations?: readonly SarifLocation[];
        readonly suppressions?: readonly { readonly kind: string; readonly justification: string }[];
      }[];
    },
  ];
}

function logOf(...images: readonly AssessedImage[]): SarifLog {
  const log = toSarif({ version: "0.1.0", profile: "current", rules, images, exitCode: 3 });
  return JSON.parse(JSON.stringify(log)) as SarifLog;
}

const image = (path: string, ...findings: AssessedImage["findings"]): AssessedImage => ({
  path,
  sizeBytes: 512,
  findings,
});

describe("findings as SARIF", () => {
  it("name the version, the tool, and every rule of the profile with its page", () => {
    const { version, $schema, runs } = logOf(image("a.vmdk"));
    expect([version, $schema]).toEqual(["2.1.0", "https://json.schemastore.org/sarif-2.1.0.json"]);
    const { driver } = runs[0].tool;
    expect(driver.name).toBe("sampan");
    expect(driver.rules.map((rule) => rule.id)).toEqual(
      rules.filter((rule) => rule.profiles.current !== undefined).map((rule) => rule.id),
    );
    for (const rule of driver.rules) {
      expect(new URL(rule.helpUri).pathname).toContain(`/docs/rules/${rule.id}.md`);
      expect(rule.shortDescription.text).not.toBe("");
    }
    expect(runs[0].invocations).toEqual([{ executionSuccessful: true, exitCode: 3 }]);
    expect(runs[0].results).toEqual([]);
  });

  it("place a file of the guest inside the artifact of its image, by line", () => {
    const [run] = logOf(image("disks/a b#1.vmdk", finding), image("data.vmdk", finding)).runs;
    const [first, second] = run.results;
    expect(first).toMatchObject({ ruleId: "GUESTOS.Selinux", level: "warning" });
    expect(run.tool.driver.rules[first?.ruleIndex ?? -1]?.id).toBe("GUESTOS.Selinux");
    const place = first?.locations[0]?.physicalLocation;
    expect(place?.region).toEqual({ startLine: 7 });
    const nested = run.artifacts[place?.artifactLocation.index ?? -1];
    expect(nested).toEqual({ location: { uri: "/etc/selinux/config" }, parentIndex: 0 });
    expect(run.artifacts[0]?.location.uri).toBe("disks/a%20b%231.vmdk");
    const other = run.artifacts[second?.locations[0]?.physicalLocation.artifactLocation.index ?? -1];
    expect(other?.parentIndex).toBe(1);
  });

  it("give every result a message, a level and an artifact that is listed", () => {
    const evidence = [
      { kind: "disk", offset: 1048576, text: "partition 1" },
      { kind: "fact", name: "HKLM\\SYSTEM\\x", text: "Start: 4" },
      { kind: "file", path: "C:/x y", line: null, text: "" },
    ] as const;
    const [run] = logOf(
      image(
        "/abs/a.raw",
        { ...finding, severity: "info", evidence },
        { ...finding, severity: "blocker", evidence: [] },
      ),
    ).runs;
    for (const result of run.results) {
      expect(["error", "warning", "note"]).toContain(result.level);
      expect(result.message.text).toMatch(/\w/);
      expect(result.locations).toHaveLength(1);
      for (const { physicalLocation } of [...result.locations, ...(result.relatedLocations ?? [])]) {
        const { uri, index } = physicalLocation.artifactLocation;
        expect(run.artifacts[index]?.location.uri).toBe(uri);
        expect(uri).not.toMatch(/[\s#\\]/);
      }
    }
    expect(run.results.map((result) => result.level)).toEqual(["note", "error"]);
    expect(run.results[0]?.locations[0]?.logicalLocations?.[0]).toEqual({
      fullyQualifiedName: "byte 1048576",
      kind: "resource",
    });
    expect(run.artifacts[0]?.location.uri).toBe("file:///abs/a.raw");
  });

  it("suppress what was accepted, with the reason", () => {
    const [run] = logOf(image("a.raw", { ...finding, accepted: "tested by hand" })).runs;
    expect(run.results[0]?.suppressions).toEqual([
      { kind: "external", status: "accepted", justification: "tested by hand" },
    ]);
  });
});
