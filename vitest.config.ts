import { defineConfig } from "vitest/config";

// Tests read sources through the "@sampan/source" export condition, so they need no build; what drives the
// `sampan` program itself (test/e2e) uses the built files.
// These hold for `require` too; "import" stands in none of them, since Vite knows by itself when it applies, and "module" names what only
// bundlers can read.
const conditions = ["@sampan/source", "node"];
const shared = { resolve: { conditions }, ssr: { resolve: { conditions } } };

export default defineConfig({
  test: {
    // On CI the closing numbers are counted from the report (test/tools/print-summary.mjs).
    ...(process.env.CI ? { reporters: ["default", ["json", { outputFile: ".cache/vitest.json" }]] } : {}),
    projects: [
      {
        ...shared,
        test: {
          name: "unit",
          include: ["packages/*/src/**/*.test.ts", "extension/src/**/*.test.ts"],
          testTimeout: 60_000,
          // Vitest leaves one processor free, which on two is half the machine.
          maxWorkers: "100%",
        },
      },
      {
        ...shared,
        test: {
          name: "whole",
          include: ["test/**/*.test.ts", "examples/**/*.test.ts"],
          exclude: ["test/e2e/editor/**"],
          testTimeout: 120_000,
          hookTimeout: 600_000,
          // These start processes, servers and emulators; two at once is what a small machine bears.
          maxWorkers: 2,
          // After the unit tests, which are quick to say what is wrong.
          sequence: { groupOrder: 1 },
        },
      },
      {
        ...shared,
        test: {
          // A real editor in a browser (test/tools/install-workbench.mjs): it wants the machine for itself.
          name: "editor",
          include: ["test/e2e/editor/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 400_000,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
