import type { Problem } from "@sampan/language-server/analysis";
import { joined, say } from "../language/speech.ts";
import { codeFrame, frameLines } from "../plan/code-frame.ts";
import type { Colours } from "../terminal/colours.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { type CheckedFile, countLevels, linePlaces } from "./check-file.ts";

/**
 * The problems of a file for people, each with the lines around it; empty for a file without any. Hints are not told. The first line
 * of a problem names file, line and column before all else: what terminals make a link of, and editors' tasks read.
 */
export function fileReport(file: CheckedFile, colours: Colours): readonly string[] {
  const told = file.problems.filter(({ level }) => level !== "hint");
  if (told.length === 0) return [];
  const places = linePlaces(file.text);
  const shown = frameLines(withoutSecrets(file));
  const lines: string[] = [];
  for (const problem of told) {
    const { line, column } = places(problem.range);
    const [fact = "", ...more] = problem.message.split("\n").map((text) => oneLine(text));
    lines.push(
      `${colours.bold(`${oneLine(file.title)}:${line}:${column}`)} ${paint(problem.level, colours)} ${fact} ${colours.dim(problem.code)}`,
      ...more.map((text) => `    ${text}`),
      ...codeFrame(shown, { line, column }).map((text) => `  ${text}`),
      ...problem.related.map((one) => {
        const at = places(one.range);
        return `    ${at.line}:${at.column} ${oneLine(one.message)}`;
      }),
      ...(problem.elsewhere ?? []).map(
        ({ title, start, message }) =>
          `    ${oneLine(title)}:${start.line + 1}:${start.character + 1} ${message}`,
      ),
      ...problem.fixes.map(({ title, safe }) => {
        const fix = { fix: colours.cyan(say("check.fix-word")), title: oneLine(title) };
        return `    ${say(safe ? "check.safe-fix" : "check.fix", fix)}`;
      }),
      "",
    );
  }
  return lines;
}

/** The text with stars for what was found to be a secret: a check that is kept as a log must not spread it. */
function withoutSecrets({ text, problems }: CheckedFile): string {
  const parts: string[] = [];
  let done = 0;
  for (const { code, range } of problems) {
    if (code !== "SMP130") continue;
    // Without its quotes.
    const [start, end] = [Math.max(done, range.start + 1), range.end - 1];
    parts.push(text.slice(done, start), text.slice(start, end).replace(/[^\r\n]/g, "*"));
    done = Math.max(start, end);
  }
  return parts.join("") + text.slice(done);
}

/** In English in every language: editors match the first line of a problem by this word. */
function paint(level: Problem["level"], colours: Colours): string {
  if (level === "error") return colours.red(level);
  return level === "warning" ? colours.yellow(level) : colours.blue(level);
}

/** One line about all files. */
export function summary(files: readonly CheckedFile[]): string {
  const counts = countLevels(files);
  const parts = [
    ...(counts.error > 0 ? [say("check.errors", { errors: counts.error })] : []),
    ...(counts.warning > 0 ? [say("check.warnings", { warnings: counts.warning })] : []),
    ...(counts.info > 0 ? [say("check.notes", { notes: counts.info })] : []),
  ];
  const plans = files.reduce((sum, { chains }) => sum + chains.length, 0);
  const fixed = files.reduce((sum, one) => sum + one.fixed, 0);
  const mendable = files
    .flatMap(({ problems }) => problems)
    .filter(({ fixes }) => fixes.some(({ safe }) => safe)).length;
  const problems = parts.length === 0 ? say("check.none") : joined(parts);
  return [
    say("check.summary", { problems, plans, files: files.length }),
    ...(fixed > 0 ? [say("check.changes", { changes: fixed })] : []),
    ...(mendable > 0 ? [say("check.mendable", { problems: mendable })] : []),
    ...(counts.hint > 0 ? [say("check.hints", { places: counts.hint })] : []),
  ].join(" · ");
}

/** The result of a check as one JSON value; `docs/check.md` describes it. */
export function checkJson(files: readonly CheckedFile[], exitCode: number): object {
  const counts = countLevels(files);
  return {
    type: "check",
    exitCode,
    files: files.map(({ title, text, chains, problems, fixed }) => {
      const places = linePlaces(text);
      return {
        path: title,
        fixed,
        plans: chains.map(({ id, name, exported, range }) => ({ id, name, exported, ...places(range) })),
        problems: problems.map(({ code, level, message, range, related, elsewhere = [], fixes, page }) => ({
          code,
          level,
          message,
          ...places(range),
          start: range.start,
          end: range.end,
          related: [
            ...related.map((one) => ({ message: one.message, ...places(one.range) })),
            ...elsewhere.map((one) => ({
              message: one.message,
              path: one.title,
              line: one.start.line + 1,
              column: one.start.character + 1,
              endLine: one.end.line + 1,
              endColumn: one.end.character + 1,
            })),
          ],
          fixes,
          page,
        })),
      };
    }),
    errors: counts.error,
    warnings: counts.warning,
    notes: counts.info,
    hints: counts.hint,
  };
}
