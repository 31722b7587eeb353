import { relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * The files of `test` that take more than a minute by themselves, the longest first. One that begins when the others are done keeps one processor
 * busy and the other idle to its end.
 */
export const longTests: readonly string[] = [
  "test/e2e/kill-matrix.test.ts",
  "test/e2e/live-capture.test.ts",
  "test/e2e/command-tour.test.ts",
  "test/e2e/mended-guests.test.ts",
  "test/e2e/terminal.test.ts",
  "test/e2e/debian-disk.test.ts",
  "test/e2e/cloud-faults.test.ts",
  "test/e2e/live-faults.test.ts",
  "test/e2e/fleet-faults.test.ts",
];

/**
 * Starts each project with its long files. Vitest does so by itself where it ran before and knows how long they took; a clean clone does not, and
 * goes by their size.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const index = longTests.indexOf(relative(this.ctx.config.root, moduleId).replaceAll("\\", "/"));
      return index === -1 ? longTests.length : index;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}
