import { describe, expect, it } from "vitest";
import { ProgressCounter } from "./progress.ts";
import type { UploadProgress } from "./upload-options.ts";

function counter(totalBytes: number) {
  const told: UploadProgress[] = [];
  return { progress: new ProgressCounter(totalBytes, (progress) => told.push(progress)), told };
}

describe("the progress of an upload", () => {
  it("tells what was sent apart from what the store kept or copied", () => {
    const { progress, told } = counter(300);
    progress.landed(1, 100, "kept");
    progress.begin(2);
    progress.sent(2, 40, 100);
    progress.landed(3, 100, "copied");
    progress.sent(2, 60, 100);
    progress.landed(2, 100, "sent");
    expect(told.map(({ doneBytes, sentBytes }) => [doneBytes, sentBytes])).toEqual([
      [100, 0],
      [140, 40],
      [240, 40],
      [300, 100],
    ]);
  });

  it("counts a part that is sent again once, and never goes back", () => {
    const { progress, told } = counter(300);
    progress.begin(1);
    progress.sent(1, 80, 100);
    progress.begin(1);
    progress.landed(2, 100, "kept");
    progress.sent(1, 100, 100);
    progress.landed(1, 100, "sent");
    progress.landed(3, 100, "copied");
    expect(told.map(({ doneBytes, sentBytes }) => [doneBytes, sentBytes])).toEqual([
      [80, 80],
      [100, 80],
      [200, 100],
      [300, 100],
    ]);
  });
});
