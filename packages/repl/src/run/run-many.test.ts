import { cancelledError, type JsonObject, type RunEvent, SampanError } from "@sampan/core";
import { Migration, type RunHandle } from "@sampan/sdk";
import { describe, expect, it } from "vitest";
import { eventsOf, started } from "../testing/events.ts";
import { rememberedCall } from "../testing/fake-output.ts";
import { type HomedJob, runMany } from "./run-many.ts";

/** A plan whose run tells that it started and then ends so; `undefined`: when it is cancelled. */
function job(host: string, runId: string, outcome?: JsonObject | SampanError): HomedJob {
  return {
    plan: Migration.from(host).plan(),
    home: "/far/away",
    start(signal) {
      const events = eventsOf([[0, started]]).map(
        (event): RunEvent => ({
          ...event,
          runId,
          at: new Date(Date.now() + 60_000).toISOString(),
        }),
      );
      const result = new Promise<JsonObject>((resolve, reject) => {
        if (outcome instanceof Error) reject(outcome);
        else if (outcome !== undefined) resolve(outcome);
        else signal.addEventListener("abort", () => reject(cancelledError(signal.reason)));
      });
      result.catch(() => undefined);
      const handle = {
        id: runId,
        events: {
          subscribe(observer: { next(event: RunEvent): void; complete(): void }) {
            for (const event of events) observer.next(event);
            result.then(observer.complete, observer.complete);
          },
        },
        result,
      };
      return handle as unknown as RunHandle<JsonObject>;
    },
  };
}

const image = { region: "cn-hangzhou", imageId: "m-1" };
const unreachable = new SampanError("CLOUD_UNREACHABLE", "sending part 3");

describe("running several plans", () => {
  it("begins each line with its host, goes on after a failure, and ends with a table", async () => {
    const { call, stdout, stderr } = rememberedCall({ cwd: "/" });
    const jobs = [job("/a/web.vmdk", "run-1", unreachable), job("/a/db.vmdk", "run-2", { images: [image] })];
    expect(await runMany(call, jobs, 1)).toBe(1);
    expect(stderr.lines).toContain("web.vmdk  error CLOUD_UNREACHABLE: sending part 3");
    expect(stderr.lines).toContain('web.vmdk  to go on: sampan resume run-1 --home "/far/away"');
    expect(stderr.text).toMatch(/^db\.vmdk {2}done in /m);
    expect(stderr.text.match(/rehearsal: a simulator/g)).toHaveLength(1);
    expect(stdout.lines[1]).toMatch(/^\/a\/web\.vmdk +failed +CLOUD_UNREACHABLE \(exit 1\) .* run-1$/);
    expect(stdout.lines[2]).toMatch(/^\/a\/db\.vmdk +done +m-1 \(cn-hangzhou\) .* run-2$/);
    expect(stdout.text + stderr.text).not.toContain("\u001b");
  });

  it("cancels all at the first Ctrl+C, starts no more, and gives the signals back", async () => {
    const before = process.listenerCount("SIGINT");
    const { call, stdout, stderr } = rememberedCall();
    const jobs = ["a.vmdk", "b.vmdk", "c.vmdk"].map((host, index) => job(host, `run-${index}`));
    const running = runMany(call, jobs, 2);
    process.emit("SIGINT", "SIGINT");
    expect(await running).toBe(130);
    expect(stderr.text).toContain("stopping: what is in flight ends or is aborted");
    expect(stderr.text).toMatch(/^a\.vmdk {2}to go on: sampan resume run-0/m);
    const states = stdout.lines.slice(1).map((line) => line.split(/ {2,}/)[1]);
    expect(states).toEqual(["cancelled", "cancelled", "not started"]);
    expect(process.listenerCount("SIGINT")).toBe(before);
  });

  it("prints the events of all and one closing value under --json, and nothing else", async () => {
    const { call, stdout, stderr } = rememberedCall({ json: true });
    const jobs = [job("a.vmdk", "run-1", { complete: true }), job("b.vmdk", "run-2", unreachable)];
    expect(await runMany(call, jobs, undefined)).toBe(1);
    const values = stdout.lines.map((line) => JSON.parse(line) as JsonObject);
    expect(values.slice(0, -1).map(({ type, runId }) => [type, runId])).toEqual([
      ["run.started", "run-1"],
      ["run.started", "run-2"],
    ]);
    expect(values.at(-1)).toMatchObject({
      type: "runs.ended",
      exitCode: 1,
      runs: [
        { title: "a.vmdk", state: "finished", runId: "run-1", error: null },
        { title: "b.vmdk", state: "failed", runId: "run-2", error: { code: "CLOUD_UNREACHABLE" } },
      ],
    });
    expect(stderr.text).toBe("");
  });
});
