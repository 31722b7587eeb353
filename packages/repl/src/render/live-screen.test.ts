import type { RunEventBody } from "@sampan/core";
import { afterEach, describe, expect, it } from "vitest";
import { speak } from "../language/speech.ts";
import { coloursFor } from "../terminal/colours.ts";
import { textWidth } from "../terminal/width.ts";
import { eventsOf, MiB, progress, runStartMs, started } from "../testing/events.ts";
import { liveLines, type ScreenStyle } from "./live-screen.ts";
import { emptyRunView, foldEvent, type RunView } from "./run-view.ts";

function viewOf(bodies: readonly (readonly [number, RunEventBody])[]): RunView {
  return eventsOf(bodies).reduce(foldEvent, emptyRunView);
}

function style(given: Partial<ScreenStyle> = {}): ScreenStyle {
  return {
    columns: 80,
    unicode: true,
    colours: coloursFor(false),
    nowMs: runStartMs + 20_000,
    stopping: false,
    ...given,
  };
}

const uploading: readonly (readonly [number, RunEventBody])[] = [
  [0, started],
  [0, { type: "stage.started", stage: "assess", summary: "judging the host", attempt: 1 }],
  [2, { type: "stage.finished", stage: "assess", output: {}, tookMs: 2000 }],
  [2, { type: "stage.started", stage: "upload", summary: "sending to bucket web", attempt: 1 }],
  [10, progress(40, 100)],
];

afterEach(() => speak("en"));

describe("the live screen", () => {
  it("draws the pipeline in one line and a bar for the stage under way", () => {
    expect(liveLines(viewOf(uploading), style())).toEqual([
      "",
      "rehearsal · /exports/web-01.vmdk · run 20261123-120000-abcde",
      "✓ assess  ▸ upload 40 %  · import",
      "upload   ██████████░░░░░░░░░░░░░░  40 %  40 MiB of 100 MiB  10 MiB/s  6.0 s left",
      "  sending to bucket web",
    ]);
  });

  it("draws with ASCII where Unicode is not safe", () => {
    const lines = liveLines(viewOf(uploading), style({ unicode: false }));
    expect(lines[2]).toBe("+ assess  > upload 40 %  . import");
    expect(lines[3]).toBe("upload   ##########--------------  40 %  40 MiB of 100 MiB  10 MiB/s  6.0 s left");
  });

  it("is never wider than the screen, and keeps the current stage in sight", () => {
    for (let columns = 10; columns <= 200; columns++) {
      const lines = liveLines(viewOf(uploading), style({ columns, stopping: true }));
      for (const line of lines) expect(textWidth(line), `${columns}: ${line}`).toBeLessThanOrEqual(columns);
      if (columns >= 24) expect(lines[2]).toContain("upload");
    }
  });

  it("shows a stage without a total by its time, one that stands still by how long, a retry by when", () => {
    const importing: readonly (readonly [number, RunEventBody])[] = [
      [0, started],
      [5, { type: "stage.started", stage: "import", summary: "importing the image", attempt: 1 }],
    ];
    expect(liveLines(viewOf(importing), style()).slice(-2)).toEqual([
      "import   15 s",
      "  importing the image",
    ]);
    const stalled = viewOf([
      ...importing,
      [15, { type: "stage.stalled", stage: "import", sinceMs: 5000, note: "waiting for task t-1" }],
    ]);
    expect(liveLines(stalled, style()).at(-1)).toBe("  no progress for 10 s: waiting for task t-1");
    const error = {
      type: "error" as const,
      code: "CLOUD_THROTTLED" as const,
      message: "asked to slow down",
      hint: "",
      retryable: true,
      details: {},
      causes: [],
    };
    const retrying = viewOf([
      ...uploading,
      [18, { type: "stage.retrying", stage: "upload", attempt: 3, waitMs: 8000, error }],
    ]);
    expect(liveLines(retrying, style()).at(-1)).toBe(
      "  trying again in 6.0 s (attempt 3): asked to slow down",
    );
  });

  it("tells what was read of the source and what was sent where both differ and there is room", async () => {
    const travelled = (readBytes: number, sentBytes: number) =>
      viewOf([
        ...uploading.slice(0, -1),
        [10, { ...progress(40, 100), readBytes, sentBytes } as RunEventBody],
      ]);
    const view = travelled(80 * 1024 * MiB, 23.4 * 1024 * MiB);
    const note = (columns: number, shown = view) => liveLines(shown, style({ columns })).at(-1);
    expect(note(79)).toBe("  read 80 GiB, sent 23.4 GiB · sending to bucket web");
    expect(note(78)).toBe("  sending to bucket web");
    expect(note(80, travelled(40 * MiB, 40 * MiB))).toBe("  sending to bucket web");
    await speak("zh-CN");
    expect(note(80)).toContain("  已读取 80 GiB，已发送 23.4 GiB · ");
    for (const language of ["en", "zh-CN"] as const) {
      await speak(language);
      for (let columns = 10; columns <= 120; columns++) {
        for (const line of liveLines(view, style({ columns })))
          expect(textWidth(line), `${columns}: ${line}`).toBeLessThanOrEqual(columns);
      }
    }
  });

  it("says that it is stopping", () => {
    expect(liveLines(viewOf(uploading), style({ stopping: true })).at(-1)).toBe(
      "stopping: what is in flight ends or is aborted; Ctrl+C again leaves at once",
    );
  });

  it("names the cloud when it is real", () => {
    const real = { ...started, cloud: { name: "alibaba", rehearsal: false, endpoint: null } } as RunEventBody;
    expect(liveLines(viewOf([[0, real]]), style())[1]).toContain("cloud alibaba");
  });

  it("never passes on control characters of the host or the cloud", () => {
    const hostile = viewOf([
      [0, { ...started, title: "web\u001b]0;owned\u0007" } as RunEventBody],
      [1, { type: "stage.started", stage: "upload\u001b[2J", summary: "a\u009bb", attempt: 1 }],
    ]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: looking for control characters is the purpose.
    expect(liveLines(hostile, style()).join("\n")).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });
});

describe("folding events", () => {
  it("keeps finished stages over a resume and starts the others again", () => {
    const view = viewOf([...uploading, [30, { ...started, attempt: 2 } as RunEventBody]]);
    expect(view.stages.map((stage) => [stage.key, stage.state])).toEqual([
      ["assess", "finished"],
      ["upload", "waiting"],
      ["import", "waiting"],
    ]);
  });

  it("leaves out event types it does not know", () => {
    const view = viewOf(uploading);
    const unknown = { ...eventsOf([[40, started]])[0], type: "stage.teleported" } as never;
    expect(foldEvent(view, unknown).stages).toEqual(view.stages);
  });
});
