import { type JsonObject, type RunEvent, SampanError } from "@sampan/core";
import type { RunHandle } from "@sampan/sdk";
import { describe, expect, it } from "vitest";
import { eventsOf, runStartMs, started } from "../testing/events.ts";
import { rememberedCall } from "../testing/fake-output.ts";
import { followRun } from "./follow-run.ts";

/** A run that tells the given events and then ends; cancelling it is remembered. */
function fakeRun(events: readonly RunEvent[], outcome: Promise<JsonObject>, attached = false) {
  const reasons: (string | undefined)[] = [];
  outcome.catch(() => undefined);
  const handle = {
    id: "20261123-120000-abcde",
    attached,
    events: {
      subscribe(observer: { next(event: RunEvent): void; complete(): void }) {
        for (const event of events) observer.next(event);
        outcome.then(
          () => observer.complete(),
          () => observer.complete(),
        );
        return { unsubscribe() {} };
      },
    },
    result: outcome,
    cancel: (reason?: string) => void reasons.push(reason),
  };
  return { handle: handle as unknown as RunHandle<JsonObject>, reasons };
}

// Events of the future count as new, those of long ago as told by an earlier start.
const future = (events: readonly RunEvent[]): RunEvent[] =>
  events.map((event) => ({ ...event, at: new Date(Date.now() + 60_000).toISOString() }));

const image = { region: "cn-hangzhou", imageId: "m-1", name: "web-01", status: "Available", sizeBytes: 1024 };
const result = { complete: true, images: [image] };
const finished = eventsOf([
  [0, started],
  [1, { type: "run.finished", result, warnings: 0 }],
]);

describe("following a run", () => {
  it("prints every event as a line of JSON, the final one last", async () => {
    const { call, stdout } = rememberedCall({ json: true });
    const followed = await followRun(call, "/home", () => fakeRun(finished, Promise.resolve(result)).handle);
    expect(followed.error).toBeNull();
    expect(stdout.lines.map((line) => (JSON.parse(line) as RunEvent).type)).toEqual([
      "run.started",
      "run.finished",
    ]);
  });

  it("tells the run on stderr and puts the table on stdout, without escape codes", async () => {
    const { call, stdout, stderr } = rememberedCall();
    await followRun(call, "/home", () => fakeRun(future(finished), Promise.resolve(result)).handle);
    expect(stdout.text).toBe(
      "region       image  name    status     size\ncn-hangzhou  m-1    web-01  Available  1 KiB\n",
    );
    expect(stderr.lines[0]).toBe("rehearsal · /exports/web-01.vmdk · run 20261123-120000-abcde");
    expect(stderr.text).toMatch(/\ndone in .*\nrehearsal: .*\njournal: /);
    expect(stdout.text + stderr.text).not.toContain("\u001b");
  });

  it("says that nothing had to be done for a run finished before", async () => {
    expect(runStartMs).toBeLessThan(Number.MAX_SAFE_INTEGER);
    const past = finished.map((event) => ({ ...event, at: "2020-01-01T00:00:00.000Z" }));
    const { call, stderr } = rememberedCall();
    await followRun(call, "/home", () => fakeRun(past, Promise.resolve(result)).handle);
    expect(stderr.lines[0]).toContain("nothing had to be done");
  });

  it("says how to go on after a failure, with the home when it is elsewhere", async () => {
    const { call, stderr } = rememberedCall({ cwd: "/" });
    const error = new SampanError("CLOUD_UNREACHABLE", "sending part 3: the connection broke");
    const events = future(eventsOf([[0, started]]));
    const followed = await followRun(call, "/far/away", () => fakeRun(events, Promise.reject(error)).handle);
    expect(followed.error).toBe(error);
    expect(stderr.text).toContain('to go on: sampan resume 20261123-120000-abcde --home "/far/away"');
  });

  it("cancels at the first Ctrl+C and gives the signals back at the end", async () => {
    const before = process.listenerCount("SIGINT");
    let fail: (error: SampanError) => void = () => undefined;
    const outcome = new Promise<JsonObject>((_resolve, reject) => {
      fail = reject;
    });
    const { handle, reasons } = fakeRun(future(eventsOf([[0, started]])), outcome);
    const { call, stderr } = rememberedCall();
    const following = followRun(call, "/home", () => handle);
    process.emit("SIGINT", "SIGINT");
    expect(reasons).toEqual(["by Ctrl+C"]);
    fail(new SampanError("CORE_CANCELLED", "cancelled by Ctrl+C"));
    expect((await following).error?.code).toBe("CORE_CANCELLED");
    expect(stderr.text).toContain("stopping: what is in flight ends or is aborted");
    expect(process.listenerCount("SIGINT")).toBe(before);
  });

  it("leaves a run that was going on already as it is at Ctrl+C, and says how to come back and how to stop it", async () => {
    const before = process.listenerCount("SIGINT");
    const { handle, reasons } = fakeRun(future(eventsOf([[0, started]])), new Promise(() => undefined), true);
    const { call, stderr } = rememberedCall();
    const following = followRun(call, "/home", () => handle);
    process.emit("SIGINT", "SIGINT");
    const { error } = await following;
    expect(reasons).toEqual([]);
    expect(error).toMatchObject({
      code: "CORE_CANCELLED",
      message: "stopped following run 20261123-120000-abcde, which goes on",
    });
    expect(error?.hint).toContain("sampan cancel 20261123-120000-abcde");
    expect(stderr.lines[0]).toContain("is going on: Ctrl+C leaves it so");
    expect(process.listenerCount("SIGINT")).toBe(before);
  });
});
