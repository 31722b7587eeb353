#!/usr/bin/env node
// Prints `N passed, N failed, N skipped` from vitest's JSON report and fails unless something ran and nothing failed.
import { readFileSync } from "node:fs";

const report = JSON.parse(readFileSync(process.argv[2], "utf8"));
const files = report.testResults;
// A file that broke before its first test counts as one failure, or it would not be seen in the numbers at all.
const brokenFiles = files.filter(
  (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
);
const passed = report.numPassedTests;
const failed = report.numFailedTests + brokenFiles.length;
const skipped = report.numPendingTests + (report.numTodoTests ?? 0);
for (const file of brokenFiles) console.log(`broken: ${file.name}`);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
