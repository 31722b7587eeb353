import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/tools/longest-first.ts";
import { thoroughTests } from "./test/tools/thorough-tests.ts";

// Tests read sources through the "@sampan/source" export condition, so they need no build; what drives the
// `sampan` program itself (test/e2e) uses the built files.
// These hold for `require` too; "import" stands in none of them, since Vite knows by itself when it applies, and "module" names what only
// bundlers can read.
const conditions = ["@sampan/source", "node"];
const shared = { resolve: { conditions }, ssr: { resolve: { conditions } } };
/** What a test looks for again and again may take long on a machine that has other work: a second, the usual limit, says nothing. */
const patient = { poll: { timeout: 30_000 } };
const besideSources = ["packages/*/src/**/*.test.ts", "extension/src/**/*.test.ts"];

export default defineConfig({
  test: {
    // On CI the closing numbers are counted from the report (test/tools/print-summary.mjs).
    ...(process.env.CI ? { reporters: ["default", ["json", { outputFile: ".cache/vitest.json" }]] } : {}),
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        ...shared,
        test: {
          // The inner loop: all tests beside the sources but those of `thorough`.
          name: "unit",
          include: besideSources,
          exclude: [...thoroughTests],
          testTimeout: 60_000,
          // Some wait for timers and processes: on two processors a third worker halves the time.
          maxWorkers: Math.max(3, availableParallelism()),
          // Loading the sources anew for every file more than doubles the cost. So files share a process, and leave no global behind.
          isolate: false,
        },
      },
      {
        ...shared,
        test: {
          // Each file in a process of its own: what much work leaves in one makes the next file many times slower.
          name: "thorough",
          include: [...thoroughTests],
          testTimeout: 60_000,
          // Vitest leaves one processor free, which on two is half the machine.
          maxWorkers: "100%",
          sequence: { groupOrder: 1 },
        },
      },
      {
        ...shared,
        test: {
          name: "whole",
          expect: patient,
          include: ["test/**/*.test.ts", "examples/**/*.test.ts"],
          exclude: ["test/e2e/editor/**"],
          testTimeout: 120_000,
          hookTimeout: 600_000,
          // These start processes, servers and emulators; two at once is what a small machine bears.
          maxWorkers: 2,
          // After the tests beside the sources, which are quicker to say what is wrong.
          sequence: { groupOrder: 2 },
        },
      },
      {
        ...shared,
        test: {
          // A real editor in a browser (test/tools/install-workbench.mjs): it wants the machine for itself.
          name: "editor",
          expect: patient,
          include: ["test/e2e/editor/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 400_000,
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
