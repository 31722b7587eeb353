import {
  type ErrorRecord,
  fromErrorRecord,
  type RunEvent,
  type RunEventBody,
  SampanError,
  toErrorRecord,
} from "@sampan/core";
import { afterEach, describe, expect, it } from "vitest";
import { speak } from "../language/speech.ts";
import { coloursFor } from "../terminal/colours.ts";
import { createOutput, type OutputStream } from "../terminal/output.ts";
import { textWidth } from "../terminal/width.ts";
import { eventsOf, finding, MiB, runStartMs, started } from "../testing/events.ts";
import { RememberingStream } from "../testing/fake-output.ts";
import { liveLines } from "./live-screen.ts";
import { errorLines, eventLine } from "./messages.ts";
import { createRunScreen } from "./run-screen.ts";
import { closingLines } from "./run-summary.ts";
import { emptyRunView, foldEvent } from "./run-view.ts";

/*
 * Whole runs as they look: what the renderers make of a stream of events, in files that people can read. Renderers are pure
 * functions of the stream and of the time, so the same stream gives the same file.
 */

type Story = readonly (readonly [second: number, body: RunEventBody])[];

const record = (error: SampanError): ErrorRecord => toErrorRecord(error);
const broken = record(
  new SampanError(
    "CLOUD_UNREACHABLE",
    "sending part 7 of oss://web-images/web-01.vhd: the connection broke",
    {
      retryable: true,
    },
  ),
);

function moved(
  stage: string,
  doneMiB: number,
  more: Partial<Extract<RunEventBody, { type: "stage.progress" }>>,
) {
  return {
    type: "stage.progress",
    stage,
    doneBytes: doneMiB * MiB,
    totalBytes: 4096 * MiB,
    ratePerSecond: 20 * MiB,
    note: null,
    ...more,
  } as const;
}

const begin = (stage: string, summary: string): RunEventBody => ({
  type: "stage.started",
  stage,
  summary,
  attempt: 1,
});
const done = (stage: string, tookMs: number): RunEventBody => ({
  type: "stage.finished",
  stage,
  output: {},
  tookMs,
});

/** A run that meets everything: findings, fix-ups, retries, a line that stands still, a slow one, a clock that is set back. */
const upToTheImport: Story = [
  [0, { ...started, stages: ["assess", "prepare", "upload", "import", "copy:cn-shanghai"] } as RunEventBody],
  [0, begin("assess", "judging the host by the rules of current")],
  [1, { type: "finding", stage: "assess", finding }],
  [
    1,
    {
      type: "finding",
      stage: "assess",
      finding: { ...finding, rule: "GUESTOS.Agent", fixup: null, accepted: "tested by hand" },
    },
  ],
  [2, done("assess", 2000)],
  [2, begin("prepare", "mending the guest on an overlay")],
  [
    5,
    {
      type: "patch",
      stage: "prepare",
      patch: {
        changes: [{ path: "/etc/selinux/config", kind: "modify", fixups: ["selinux"], link: null }],
        diff: "--- a\n+++ b\n",
        notes: [{ fixup: "network", text: "eth1 keeps its address: it is not the first interface" }],
      },
    },
  ],
  [6, done("prepare", 4000)],
  [6, begin("upload", "sending to bucket web-images in cn-hangzhou")],
  [10, moved("upload", 80, { etaMs: 200_800 })],
  [40, moved("upload", 680, { etaMs: 170_800 })],
  [41, { type: "stage.retrying", stage: "upload", attempt: 2, waitMs: 4000, error: broken }],
  [46, moved("upload", 684, { ratePerSecond: 3 * MiB, etaMs: 1_137_000 })],
  [106, { type: "stage.stalled", stage: "upload", sinceMs: 60_000, note: "no byte since 684 MiB" }],
  // Somebody sets the clock back by an hour.
  [-3480, moved("upload", 690, { ratePerSecond: 0, etaMs: null })],
  [-3400, moved("upload", 4096, { etaMs: 0 })],
  [
    -3399,
    { type: "log", stage: "upload", level: "warning", message: "the bucket has no lifecycle rule for parts" },
  ],
  [-3398, done("upload", 255_000)],
  [
    -3398,
    {
      type: "resource.created",
      stage: "upload",
      resource: {
        kind: "object",
        id: "oss://web-images/web-01.vhd",
        name: "web-01.vhd",
        region: "cn-hangzhou",
        billed: true,
      },
    },
  ],
  [-3398, begin("import", "importing image web-01 in cn-hangzhou")],
  [
    -3390,
    {
      type: "resource.created",
      stage: "import",
      resource: { kind: "image", id: "m-bp1", name: "web-01", region: "cn-hangzhou", billed: true },
    },
  ],
  [
    -3390,
    moved("import", 0, {
      totalBytes: 40960 * MiB,
      ratePerSecond: null,
      note: "queued: the cloud has not begun to import yet",
      etaMs: 720_000,
      etaRuns: 3,
    }),
  ],
  [
    -3300,
    moved("import", 16384, { totalBytes: 40960 * MiB, ratePerSecond: 200 * MiB, etaMs: 630_000, etaRuns: 3 }),
  ],
];

const late = record(
  new SampanError(
    "RUN_DEADLINE",
    "stopped waiting for /exports/web-01.vmdk after 30 min: what the cloud was asked to do goes on there",
    {
      hint: "`sampan resume 20261123-120000-abcde` goes on with it.",
    },
  ),
);
const failed = record(
  new SampanError("CLOUD_IMPORT_FAILED", "importing m-bp1 in cn-hangzhou: the file is no image", {
    details: { vendorCode: "OperationDenied.InvalidImageFile", requestId: "4F1C0A6B" },
  }),
);

const stories: Readonly<Record<string, Story>> = {
  finished: [
    ...upToTheImport,
    [-2700, done("import", 698_000)],
    [-2700, begin("copy:cn-shanghai", "copying web-01 to cn-shanghai")],
    [-2690, moved("copy:cn-shanghai", 100, { note: "Creating", etaMs: 90_000, etaRuns: 1 })],
    [-2600, done("copy:cn-shanghai", 100_000)],
    [
      -2600,
      {
        type: "run.finished",
        result: {
          complete: true,
          images: [
            {
              region: "cn-hangzhou",
              imageId: "m-bp1",
              name: "web-01",
              status: "Available",
              sizeBytes: 42949672960,
            },
          ],
        },
        warnings: 1,
      },
    ],
  ],
  failed: [
    ...upToTheImport,
    [
      -2700,
      { type: "stage.stalled", stage: "import", sinceMs: 600_000, note: "no change since: Creating 40" },
    ],
    [-2600, { type: "stage.failed", stage: "import", error: failed }],
    [-2600, { type: "run.failed", error: failed }],
  ],
  cancelled: [...upToTheImport.slice(0, 13), [42, { type: "run.cancelled", reason: "cancelled by Ctrl+C" }]],
  deadline: [...upToTheImport, [-2600, { type: "run.failed", error: late }]],
};

const endOf = (events: readonly RunEvent[]) => {
  const view = events.reduce(foldEvent, emptyRunView);
  const lines = [...closingLines(view)];
  const end = view.end;
  if (end?.kind === "failed")
    lines.push(...errorLines(toErrorRecord(fromErrorRecord(end.error)), coloursFor(false)));
  if (end?.kind === "cancelled") lines.push(end.reason);
  return lines;
};

/** Every frame that differs from the one before, with the lines said above it. */
function frames(story: Story, columns: number): string {
  const events = eventsOf(story);
  let view = emptyRunView;
  let last = "";
  const out: string[] = [];
  for (const event of events) {
    view = foldEvent(view, event);
    const said = eventLine(event, view, coloursFor(false));
    if (said !== null) out.push(`> ${said}`);
    // Drawn a second after, as the timer does.
    const nowMs = Date.parse(event.at) + 1000;
    const lines = liveLines(view, {
      columns,
      unicode: true,
      colours: coloursFor(false),
      nowMs,
      stopping: view.end?.kind === "cancelled",
    });
    for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(columns);
    const frame = lines.join("\n");
    if (frame !== last) out.push(`[${(Date.parse(event.at) - runStartMs) / 1000} s]${frame}`);
    last = frame;
  }
  return `${[...out, "[end]", ...endOf(events)].join("\n")}\n`;
}

/** What a screen writes to streams that are no terminal. */
function written(
  story: Story,
  given: {
    readonly json?: boolean;
    readonly quiet?: boolean;
    readonly tty?: boolean;
    readonly env?: Record<string, string>;
  },
) {
  const stdout = new RememberingStream();
  const stderr = new RememberingStream(given.tty === true ? { columns: 100 } : undefined);
  const output = createOutput({
    stdout: stdout as OutputStream,
    stderr: stderr as OutputStream,
    env: given.env ?? {},
    json: given.json ?? false,
    quiet: given.quiet ?? false,
  });
  const screen = createRunScreen(output, { sinceMs: runStartMs, now: () => runStartMs });
  for (const event of eventsOf(story)) screen.show(event);
  screen.end();
  return { out: stdout.text, err: stderr.text };
}

const file = (name: string) => `./golden/${name}.txt`;

afterEach(() => speak("en"));

describe.each(Object.entries(stories))("a run that is %s", (name, story) => {
  it("looks so on a wide terminal and on a narrow one", async () => {
    await expect(frames(story, 100)).toMatchFileSnapshot(file(`${name}-100`));
    await expect(frames(story, 40)).toMatchFileSnapshot(file(`${name}-40`));
  });

  it("looks so without a terminal", async () => {
    const { out, err } = written(story, {});
    expect(out).toBe("");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: looking for control characters is the purpose.
    expect(err).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    await expect(`${err}[end]\n${endOf(eventsOf(story)).join("\n")}\n`).toMatchFileSnapshot(
      file(`${name}-plain`),
    );
  });

  it("looks so in Chinese", async () => {
    await speak("zh-CN");
    await expect(frames(story, 100)).toMatchFileSnapshot(file(`${name}-100.zh-CN`));
    for (const columns of [20, 40, 200]) frames(story, columns);
    const { out, err } = written(story, {});
    expect(out).toBe("");
    await expect(`${err}[end]\n${endOf(eventsOf(story)).join("\n")}\n`).toMatchFileSnapshot(
      file(`${name}-plain.zh-CN`),
    );
  });

  it("says nothing when quiet, every event under --json, and no colour with NO_COLOR", async () => {
    expect(written(story, { quiet: true })).toEqual({ out: "", err: "" });
    const { out, err } = written(story, { json: true });
    expect(err).toBe("");
    expect(
      out
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(eventsOf(story));
    await expect(out).toMatchFileSnapshot(`./golden/${name}.ndjson`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: looking for colour codes is the purpose.
    const colour = /\u001b\[[0-9;]*m/;
    expect(written(story, { tty: true, env: { NO_COLOR: "1" } }).err).not.toMatch(colour);
    expect(written(story, { tty: true }).err).toMatch(colour);
  });
});
