import { once } from "node:events";
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunEvent } from "@sampan/core";
import fc from "fast-check";
import { Subject } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { askControl, liveEvents } from "./control-client.ts";
import {
  type ControlLimits,
  type ControlReply,
  controlLine,
  parseReply,
  parseRequest,
} from "./control-protocol.ts";
import { type ControlServer, serveControl } from "./control-server.ts";
import { LineReader } from "./line-reader.ts";

let folder: string;
let server: ControlServer | undefined;
let log: FakeLog;
let reasons: string[];
const sockets: Socket[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sampan-control-"));
  log = new FakeLog();
  reasons = [];
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The log of a run: what is recorded, and what happens. */
class FakeLog {
  readonly recorded: RunEvent[] = [];
  readonly events = new Subject<RunEvent>();
  #seq = 0;

  tell(body: object): RunEvent {
    const base = { v: 1, runId: "r1", seq: ++this.#seq, at: "2026-11-23T09:00:00.000Z" };
    const event = { ...base, ...body } as unknown as RunEvent;
    if (event.type !== "stage.progress") this.recorded.push(event);
    this.events.next(event);
    return event;
  }

  said(text: string): RunEvent {
    return this.tell({ type: "log", stage: null, level: "info", message: text });
  }

  progress(doneBytes: number): RunEvent {
    const none = { totalBytes: null, ratePerSecond: null, note: null };
    return this.tell({ type: "stage.progress", stage: "upload", doneBytes, ...none });
  }
}

async function serve(limits: Partial<ControlLimits> = {}): Promise<ControlServer> {
  server = await serveControl({ folder, runId: "r1", log, limits, cancel: (why) => void reasons.push(why) });
  if (server === undefined) throw new Error("no control socket");
  return server;
}

/** A connection that remembers what it was told. */
async function connection(path: string) {
  const socket = connect(path);
  sockets.push(socket);
  const reader = new LineReader(1 << 24);
  const told: ControlReply[] = [];
  socket.on("data", (piece) => {
    for (const line of reader.push(piece) ?? []) {
      const reply = parseReply(line);
      if (reply === undefined) throw new Error(`no reply: ${line}`);
      told.push(reply);
    }
  });
  socket.on("error", () => undefined);
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  await once(socket, "connect");
  return { socket, told, closed, kinds: () => told.map(({ kind }) => kind) };
}

describe("a control socket", () => {
  it("is the user's alone, lies in the run's folder, and is gone when the run has ended", async () => {
    const { path, close } = await serve();
    expect(path).toBe(join(folder, "control.sock"));
    expect(lstatSync(path).mode & 0o777).toBe(0o600);
    close();
    expect(existsSync(path)).toBe(false);
    expect(await askControl(folder, { kind: "ping" })).toBeUndefined();
  });

  it("answers who asks whether it is there, how the run stands, and to stop", async () => {
    await serve();
    log.tell({
      type: "run.started",
      plan: "p",
      title: "web-01",
      stages: ["upload", "import"],
      cloud: { name: "simulator", rehearsal: true, endpoint: null },
      folder,
      attempt: 2,
    });
    log.tell({ type: "stage.started", stage: "upload", summary: "", attempt: 1 });
    log.progress(7);
    expect(await askControl(folder, { kind: "ping" })).toMatchObject({ kind: "pong" });
    expect(await askControl(folder, { kind: "status" })).toMatchObject({
      status: {
        runId: "r1",
        title: "web-01",
        attempt: 2,
        stages: [
          { stage: "upload", state: "running" },
          { stage: "import", state: "waiting" },
        ],
        progress: [{ stage: "upload", doneBytes: 7 }],
        cancelling: null,
      },
    });
    expect(await askControl(folder, { kind: "cancel", reason: "by a colleague" })).toMatchObject({
      kind: "cancelling",
    });
    expect(reasons).toEqual(["by a colleague"]);
    expect(await askControl(folder, { kind: "status" })).toMatchObject({
      status: { cancelling: "by a colleague" },
    });
  });

  it("gives what was recorded after a number, then what happens, progress included, and says the end", async () => {
    const running = await serve();
    const [first, second] = [log.said("one"), log.said("two")];
    const seen: RunEvent[] = [];
    const reading = (async () => {
      for await (const event of liveEvents(folder, first.seq)) seen.push(event);
    })();
    await vi.waitFor(() => expect(seen).toEqual([second]));
    const later = [log.progress(1), log.said("three")];
    await vi.waitFor(() => expect(seen).toEqual([second, ...later]));
    running.close();
    await reading;
  });

  it("tells who comes late how far the stages are that go on, and nothing of those that have ended", async () => {
    await serve();
    const past = log.progress(5);
    log.said("after it");
    const late = await connection(join(folder, "control.sock"));
    late.socket.write(controlLine({ id: 1, kind: "follow", after: log.recorded.length + 1 }));
    await vi.waitFor(() => expect(late.told.at(-1)).toMatchObject({ event: past }));
    log.tell({ type: "stage.finished", stage: "upload", output: null, tookMs: 1 });
    expect(await askControl(folder, { kind: "status" })).toMatchObject({ status: { progress: [] } });
  });

  it("listens elsewhere, and says where, when the path of the run's folder is too long for a socket", async () => {
    folder = join(folder, "a-folder-with-a-long-name-".repeat(4));
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { path } = await serve();
    expect(path.startsWith(folder)).toBe(false);
    expect(lstatSync(path).mode & 0o777).toBe(0o600);
    expect(lstatSync(join(path, "..")).mode & 0o077).toBe(0);
    expect(await askControl(folder, { kind: "ping" })).toMatchObject({ kind: "pong" });
    server?.close();
    expect([existsSync(path), existsSync(join(folder, "control.path"))]).toEqual([false, false]);
  });

  it("takes the place of one whose runner is gone", async () => {
    const path = join(folder, "control.sock");
    const dead = createServer();
    dead.listen(path);
    await once(dead, "listening");
    // Closing would take the file away: a runner that is killed leaves it.
    const kept = `${path}.kept`;
    linkSync(path, kept);
    dead.close();
    renameSync(kept, path);
    expect(await askControl(folder, { kind: "ping" })).toBeUndefined();
    await serve();
    expect(await askControl(folder, { kind: "ping" })).toMatchObject({ kind: "pong" });
  });

  it("of a runner that is stopped is given up, so that the journal can be read instead", async () => {
    const stopped = createServer();
    stopped.listen(join(folder, "control.sock"));
    await once(stopped, "listening");
    const events: RunEvent[] = [];
    const reading = (async () => {
      for await (const event of liveEvents(folder, 0)) events.push(event);
    })();
    expect(await askControl(folder, { kind: "ping" })).toBeUndefined();
    await reading;
    expect(events).toEqual([]);
    stopped.close();
  });

  it("believes no pointer to anything but a socket that a runner could have made", async () => {
    const other = createServer((socket) => socket.end("hello\n"));
    const path = join(folder, "somebody.sock");
    other.listen(path);
    await once(other, "listening");
    writeFileSync(join(folder, "control.path"), path);
    expect(await askControl(folder, { kind: "ping" })).toBeUndefined();
    other.close();
  });
});

describe("a control socket under hostile hands", () => {
  it("answers whatever bytes it gets by refusals or closing, and goes on for others", async () => {
    const { path } = await serve();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(fc.uint8Array({ maxLength: 300 }), hostileLine)), async (pieces) => {
        const one = await connection(path);
        for (const piece of pieces) one.socket.write(piece);
        one.socket.end();
        await one.closed;
        for (const { kind } of one.told)
          expect(["hello", "refused", "pong", "status", "cancelling"]).toContain(kind);
        expect(await askControl(folder, { kind: "ping" })).toMatchObject({ kind: "pong" });
      }),
      { numRuns: 60 },
    );
  });

  it("reads a line as a request only when it is one", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), hostileLine), (line) => {
        const asked = parseRequest(line);
        if (asked.kind === "refused") expect(asked.problem).toMatch(/^(malformed|version)$/);
        else expect(parseRequest(JSON.stringify(asked))).toEqual(asked);
      }),
    );
  });

  it("cuts lines the same however they arrive, and keeps none longer than allowed", () => {
    const lines = fc.array(fc.string({ maxLength: 40 }).map((line) => line.replaceAll("\n", " ")));
    fc.assert(
      fc.property(lines, fc.integer({ min: 1, max: 17 }), (texts, step) => {
        const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(""));
        const reader = new LineReader(400);
        const found: string[] = [];
        for (let at = 0; at < bytes.length; at += step) {
          found.push(...(reader.push(bytes.subarray(at, at + step)) ?? ["too long"]));
        }
        expect(found).toEqual(texts);
      }),
    );
    expect(new LineReader(3).push(Buffer.from("1234"))).toBeUndefined();
  });

  it("refuses a line that does not end, and closes", async () => {
    const { path } = await serve({ lineBytes: 1000 });
    const one = await connection(path);
    one.socket.write("x".repeat(5000));
    await one.closed;
    expect(one.told.at(-1)).toMatchObject({ kind: "refused", problem: "line-too-long" });
  });

  it("closes who goes on sending what is no request, and tells requests of another version from others", async () => {
    const { path } = await serve({ faults: 3 });
    const one = await connection(path);
    one.socket.write('{"v":2,"id":4,"kind":"ping"}\n{"v":1,"id":5,"kind":"dance"}\nthree\n');
    await one.closed;
    expect(one.told.slice(1)).toMatchObject([
      { kind: "refused", id: 4, problem: "version" },
      { kind: "refused", id: 5, problem: "malformed" },
      { kind: "refused", id: null, problem: "malformed" },
    ]);
  });

  it("takes only so many at a time, and lets go of those that say nothing", async () => {
    const { path } = await serve({ clients: 2, idleMs: 300 });
    const [first, follower] = [await connection(path), await connection(path)];
    follower.socket.write(controlLine({ id: 1, kind: "follow", after: 0 }));
    const third = await connection(path);
    await third.closed;
    expect(third.told).toMatchObject([{ kind: "refused", problem: "too-many-clients" }]);
    await first.closed;
    log.said("for who stayed");
    await vi.waitFor(() => expect(follower.kinds()).toEqual(["hello", "event"]));
  });

  it("lets go of a reader that takes nothing, so that another finds a place", async () => {
    const { path } = await serve({ clients: 1, stuckMs: 300 });
    const stuck = await connection(path);
    stuck.socket.write(controlLine({ id: 1, kind: "follow", after: 0 }));
    await vi.waitFor(() => expect(stuck.kinds()).toEqual(["hello"]));
    stuck.socket.pause();
    const text = "x".repeat(64 * 1024);
    for (let count = 0; count < 100; count++) log.said(text);
    expect(await askControl(folder, { kind: "ping" })).toMatchObject({ problem: "too-many-clients" });
    await vi.waitFor(
      async () => expect(await askControl(folder, { kind: "ping" })).toMatchObject({ kind: "pong" }),
      { timeout: 10_000 },
    );
  });

  it("sends a reader that was slow everything recorded in order, and of the progress it missed the last", async () => {
    const { path } = await serve();
    const slow = await connection(path);
    slow.socket.write(controlLine({ id: 1, kind: "follow", after: 0 }));
    await vi.waitFor(() => expect(slow.kinds()).toEqual(["hello"]));
    slow.socket.pause();
    const text = "x".repeat(64 * 1024);
    for (let count = 0; count < 100; count++) {
      log.said(text);
      log.progress(count);
    }
    slow.socket.resume();
    await vi.waitFor(() => expect(slow.told.at(-1)).toMatchObject({ event: { doneBytes: 99 } }));
    const events = slow.told.filter((reply) => reply.kind === "event").map(({ event }) => event);
    expect(events.filter(({ type }) => type === "log")).toEqual(log.recorded);
    expect(events.filter(({ type }) => type === "stage.progress").length).toBeLessThan(100);
  });

  it("lets who asks without reading wait, and answers all in the end", async () => {
    const { path } = await serve();
    const one = await connection(path);
    one.socket.pause();
    const asked = 20_000;
    for (let id = 0; id < asked; id++) one.socket.write(controlLine({ id, kind: "status" }));
    expect(await askControl(folder, { kind: "ping" })).toMatchObject({ kind: "pong" });
    one.socket.resume();
    await vi.waitFor(() => expect(one.told.length).toBe(asked + 1), { timeout: 15_000 });
  });
});

const hostileLine = fc
  .record(
    {
      v: fc.constantFrom<unknown>(1, 1, 1, 2, "1"),
      id: fc.oneof<fc.Arbitrary<unknown>[]>(fc.nat(), fc.jsonValue()),
      kind: fc.constantFrom<unknown>("ping", "status", "cancel", "hello", "__proto__", 7),
      reason: fc.oneof<fc.Arbitrary<unknown>[]>(fc.string({ maxLength: 600 }), fc.jsonValue()),
    },
    { requiredKeys: [] },
  )
  .map((value) => `${JSON.stringify(value)}\n`);
