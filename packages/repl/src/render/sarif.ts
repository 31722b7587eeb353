import { pathToFileURL } from "node:url";
import type { Evidence, Finding, Severity } from "@sampan/core";
import type { ProfileName, Rule } from "@sampan/guest";
import type { Artifact, ArtifactLocation, Location, Log, ReportingDescriptor, Result } from "sarif";

/*
 * SARIF 2.1.0 (OASIS, 27 March 2020): what editors and code hosts read findings from.
 */

/** A disk that was assessed, and what was found on it. */
export interface AssessedImage {
  /** Relative to the working folder, or absolute. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly findings: readonly Finding[];
}

/** What a log is made from. */
export interface SarifInput {
  readonly version: string;
  readonly profile: ProfileName;
  readonly rules: readonly Rule[];
  readonly images: readonly AssessedImage[];
  readonly exitCode: number;
}

const manual = "https://github.com/sampan-migration/sampan/blob/main/packages/guest/docs/rules";
const levels: Readonly<Record<Severity, "error" | "warning" | "note">> = {
  blocker: "error",
  warning: "warning",
  info: "note",
};

/**
 * Findings as a SARIF 2.1.0 log with one run.
 *
 * Disk images are artifacts, files inside a guest are artifacts nested in them, so that a viewer shows
 * `web-01.vmdk` and `/etc/fstab` line 3; registry keys, facts and places on the disk are logical locations. An accepted
 * finding is a suppressed result with the reason as its justification.
 */
export function toSarif({ version, profile, rules, images, exitCode }: SarifInput): Log {
  const chosen = rules.filter((rule) => rule.profiles[profile] !== undefined);
  const artifacts = new Artifacts(images);
  const results = images.flatMap(({ findings }, image) =>
    findings.map((finding) => result(finding, image, chosen, artifacts)),
  );
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "sampan",
            semanticVersion: version,
            informationUri: "https://github.com/sampan-migration/sampan",
            rules: chosen.map((rule) => descriptor(rule, profile)),
          },
        },
        automationDetails: { id: `sampan/assess/${profile}/` },
        invocations: [{ executionSuccessful: true, exitCode }],
        columnKind: "utf16CodeUnits",
        artifacts: artifacts.list,
        results,
      },
    ],
  };
}

function descriptor(rule: Rule, profile: ProfileName): ReportingDescriptor {
  const membership = rule.profiles[profile];
  return {
    id: rule.id,
    shortDescription: { text: rule.requirement },
    fullDescription: { text: rule.why },
    help: { text: rule.mend, markdown: rule.mend },
    helpUri: `${manual}/${rule.id}.md`,
    defaultConfiguration: { level: levels[membership?.severity ?? "warning"] },
    properties: {
      source: membership?.source.title,
      sourceDate: membership?.source.date,
      ...(membership?.source.url == null ? {} : { sourceUri: membership.source.url }),
    },
  };
}

function result(finding: Finding, image: number, rules: readonly Rule[], artifacts: Artifacts): Result {
  const [first, ...others] = finding.evidence.map((evidence) => location(evidence, image, artifacts));
  return {
    ruleId: finding.rule,
    ruleIndex: rules.findIndex((rule) => rule.id === finding.rule),
    level: levels[finding.severity],
    message: { text: `${finding.message} ${finding.hint}`.trim() },
    locations: [first ?? { physicalLocation: { artifactLocation: artifacts.image(image) } }],
    ...(others.length === 0 ? {} : { relatedLocations: others }),
    ...(finding.accepted === null
      ? {}
      : { suppressions: [{ kind: "external", status: "accepted", justification: finding.accepted }] }),
    properties: { severity: finding.severity, ...(finding.fixup === null ? {} : { fixup: finding.fixup }) },
  };
}

function location(evidence: Evidence, image: number, artifacts: Artifacts): Location {
  if (evidence.kind === "file") {
    return {
      physicalLocation: {
        artifactLocation: artifacts.inside(image, evidence.path),
        ...(evidence.line === null ? {} : { region: { startLine: evidence.line } }),
      },
      message: { text: evidence.text },
    };
  }
  const name = evidence.kind === "disk" ? `byte ${evidence.offset}` : evidence.name;
  return {
    physicalLocation: { artifactLocation: artifacts.image(image) },
    logicalLocations: [
      { fullyQualifiedName: name, kind: evidence.kind === "disk" ? "resource" : "property" },
    ],
    message: { text: evidence.text },
  };
}

/** The artifacts of a log: the images first, then each file inside one that a finding names. */
class Artifacts {
  readonly list: Artifact[] = [];
  readonly #inside = new Map<string, number>();

  constructor(images: readonly AssessedImage[]) {
    for (const { path, sizeBytes } of images) {
      this.list.push({
        location: { uri: uriOf(path) },
        length: sizeBytes,
        roles: ["analysisTarget"],
      });
    }
  }

  image(index: number): ArtifactLocation {
    return { ...this.list[index]?.location, index };
  }

  /** A file of the guest on an image; its URI is its path in the container, which begins with a slash. */
  inside(image: number, path: string): ArtifactLocation {
    const uri = encodePath(path.startsWith("/") ? path : `/${path}`);
    const key = `${image} ${uri}`;
    let index = this.#inside.get(key);
    if (index === undefined) {
      index = this.list.length;
      this.#inside.set(key, index);
      this.list.push({ location: { uri }, parentIndex: image });
    }
    return { uri, index };
  }
}

/** A path relative to the working folder stays relative: a log is often read on another machine. */
export function uriOf(path: string): string {
  return path.startsWith("/") || /^[A-Za-z]:[\\/]/.test(path)
    ? pathToFileURL(path).href
    : encodePath(path.replaceAll("\\", "/"));
}

function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}
