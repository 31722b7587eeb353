import { type Problem, planRules, type TextRange } from "@sampan/language-server/analysis";
import type { Log, PhysicalLocation, Result } from "sarif";
import { uriOf } from "../render/sarif.ts";
import { type CheckedFile, type LinePlace, linePlaces } from "./check-file.ts";

const manual = "https://github.com/sampan-migration/sampan/blob/main/packages/language-server/docs/rules.md";
const levels = { error: "error", warning: "warning", info: "note", hint: "none" } as const;

/** Problems of plan files as a SARIF 2.1.0 log with one run; hints, which are no problems, are left out. */
export function checkSarif(files: readonly CheckedFile[], version: string, exitCode: number): Log {
  const results = files.flatMap((file, artifact) => {
    const places = linePlaces(file.text);
    return file.problems
      .filter(({ level }) => level !== "hint")
      .map((problem) => resultOf(problem, file, artifact, places));
  });
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
            rules: planRules.map(({ code, title, why, mend, level, tier }) => ({
              id: code,
              shortDescription: { text: `${title}.` },
              fullDescription: { text: why },
              help: { text: mend, markdown: mend },
              helpUri: `${manual}#${code.toLowerCase()}`,
              defaultConfiguration: { level: levels[level] },
              properties: { knownFrom: tier },
            })),
          },
        },
        automationDetails: { id: "sampan/check/" },
        invocations: [{ executionSuccessful: true, exitCode }],
        columnKind: "utf16CodeUnits",
        artifacts: files.map(({ title }) => ({ location: { uri: uriOf(title) }, roles: ["analysisTarget"] })),
        results,
      },
    ],
  };
}

function resultOf(
  problem: Problem,
  file: CheckedFile,
  artifact: number,
  places: (range: TextRange) => LinePlace,
): Result {
  const at = (range: TextRange): PhysicalLocation => {
    const { line, column, endLine, endColumn } = places(range);
    return {
      artifactLocation: { uri: uriOf(file.title), index: artifact },
      region: { startLine: line, startColumn: column, endLine, endColumn },
    };
  };
  const uri = uriOf(file.title);
  const related = [
    ...problem.related.map(({ message, range }) => ({
      message: { text: message },
      physicalLocation: at(range),
    })),
    ...(problem.elsewhere ?? []).map(({ title, start, end, message }) => ({
      message: { text: message },
      physicalLocation: {
        artifactLocation: { uri: uriOf(title) },
        region: {
          startLine: start.line + 1,
          startColumn: start.character + 1,
          endLine: end.line + 1,
          endColumn: end.character + 1,
        },
      },
    })),
  ];
  return {
    ruleId: problem.code,
    ruleIndex: planRules.findIndex(({ code }) => code === problem.code),
    level: levels[problem.level],
    message: { text: problem.message },
    locations: [{ physicalLocation: at(problem.range) }],
    ...(related.length > 0 && {
      relatedLocations: related.map((one, id) => ({ id, ...one })),
    }),
    ...(problem.fixes.length > 0 && {
      fixes: problem.fixes.map(({ title, edits }) => ({
        description: { text: title },
        artifactChanges: [
          {
            artifactLocation: { uri, index: artifact },
            replacements: edits.map(({ range, newText }) => ({
              deletedRegion: at(range).region ?? {},
              insertedContent: { text: newText },
            })),
          },
        ],
      })),
    }),
  };
}
