import { structuredPatch } from "diff";
import type { OriginalContent, StagedChange, StagedContent } from "./staged-files.ts";

/** Writes changes of text files as one unified diff with paths below `a/` and `b/`; links are not part of it. */
export function unifiedDiff(changes: readonly StagedChange[]): string {
  return changes
    .filter(({ before, after }) => before.kind !== "link" && after.kind !== "link")
    .map(({ path, before, after }) => {
      const from = before.kind === "absent" ? "/dev/null" : `a${path}`;
      const to = after.kind === "absent" ? "/dev/null" : `b${path}`;
      const { hunks } = structuredPatch(from, to, textOf(before), textOf(after), undefined, undefined, {
        context: 3,
      });
      const lines = hunks.flatMap((hunk) => [
        `@@ -${span(hunk.oldStart, hunk.oldLines)} +${span(hunk.newStart, hunk.newLines)} @@`,
        ...hunk.lines,
      ]);
      return `${[`--- ${from}`, `+++ ${to}`, ...lines].join("\n")}\n`;
    })
    .join("");
}

function span(start: number, count: number): string {
  // Of no lines, the format names the line before.
  if (count === 0) return `${start - 1},0`;
  return count === 1 ? `${start}` : `${start},${count}`;
}

function textOf(content: OriginalContent | StagedContent): string {
  return content.kind === "file" ? new TextDecoder("utf-8", { ignoreBOM: true }).decode(content.bytes) : "";
}
