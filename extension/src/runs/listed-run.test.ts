import { describe, expect, it } from "vitest";
import { guessPlace, type ListedRun, viewOfListed } from "./listed-run.ts";
import { emptyRunView } from "./run-view.ts";

const plan = {
  uri: "file:///ws/a.migration.ts",
  path: "/ws/a.migration.ts",
  sources: [
    { chain: 0, source: "./web.vmdk" },
    { chain: 1, id: "default[2]", source: "ssh://root@b" },
  ],
};

describe("a run that this window did not start", () => {
  it("belongs to the chain of the same folder and host", () => {
    expect(guessPlace({ home: "/ws/.sampan", title: "/ws/web.vmdk" }, [plan])).toEqual({
      uri: plan.uri,
      chain: 0,
    });
    expect(guessPlace({ home: "/ws/.sampan", title: "ssh://root@b" }, [plan])).toEqual({
      uri: plan.uri,
      chain: 1,
      id: "default[2]",
    });
  });

  it("belongs to none where the folder is another, or two chains fit", () => {
    expect(guessPlace({ home: "/other/.sampan", title: "ssh://root@b" }, [plan])).toBeNull();
    expect(guessPlace({ home: "/ws/.sampan", title: "ssh://root@b" }, [plan, plan])).toBeNull();
    expect(
      guessPlace({ home: "/ws/.sampan", title: "x" }, [{ ...plan, sources: [{ chain: 0, source: null }] }]),
    ).toBeNull();
  });

  it("is seen as far as the list tells, before its events are read, and by its events where none came since", () => {
    const listed: ListedRun = {
      home: "/ws/.sampan",
      runId: "r",
      title: "t",
      state: "cancelled",
      cloud: null,
      stages: [
        { stage: "select", state: "finished", tookMs: 4 },
        { stage: "upload", state: "waiting", tookMs: null },
      ],
      startedAt: "",
      updatedAt: "2026-11-01T10:00:00.000Z",
      result: null,
      error: null,
    };
    expect(viewOfListed(listed)).toMatchObject({
      end: { kind: "cancelled" },
      stages: [
        { key: "select", state: "finished", tookMs: 4 },
        { key: "upload", state: "waiting" },
      ],
    });
    const atMs = Date.parse(listed.updatedAt);
    const read = { ...emptyRunView, startedAtMs: atMs - 5000, lastAtMs: atMs };
    expect(viewOfListed(listed, read)).toBe(read);
    expect(viewOfListed(listed, { ...read, lastAtMs: atMs - 1 }).end).toEqual({
      kind: "cancelled",
      reason: "",
    });
  });
});
