import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Migration } from "@sampan/sdk";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { lookingRunner } from "../run/homes.ts";
import { rememberedCall } from "../testing/fake-output.ts";
import type { DetachedJob, DetachedReport } from "./detached-job.ts";
import { startDetached } from "./start-detached.ts";
import { workDetached } from "./work-detached.ts";

/** What is sent to the child finds nobody, as with one that has ended. */
function unheard<Child extends ChildProcess>(child: Child): Child {
  child.send = (_message: unknown, ...rest: unknown[]) => {
    const told = rest.at(-1) as (error: Error) => void;
    setImmediate(() => told(new Error("write EPIPE")));
    return false;
  };
  return child;
}

/** A child that goes on, and what was done to it. */
function fakeChild() {
  const done: string[] = [];
  const child = Object.assign(new EventEmitter(), {
    connected: true,
    disconnect() {
      done.push("disconnect");
      child.connected = false;
    },
    unref: () => void done.push("unref"),
    kill: () => done.push("kill") > 0,
  });
  return { child: unheard(child as unknown as ChildProcess), done };
}

let folder: string;
let home: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-detached-"));
  home = join(folder, ".sampan");
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

describe("starting a detached runner", () => {
  it("that ends without a word is told with its last words, and leaves no log behind", async () => {
    const { call, stdout } = rememberedCall({ cwd: folder, env: { NODE_OPTIONS: "--no-such-option" } });
    const starting = startDetached(call, { command: "run", home, plans: [] });
    await expect(starting).rejects.toMatchObject({
      code: "RUN_DETACH_FAILED",
      message: "starting a detached runner: it ended with exit code 9 before its run had started",
      details: { log: [expect.stringContaining("--no-such-option")] },
    });
    expect([stdout.text, await readdir(home)]).toEqual(["", []]);
  });

  it("that has ended before it could be given its job is told with its last words all the same", async () => {
    const { call } = rememberedCall({ cwd: folder, env: { NODE_OPTIONS: "--no-such-option" } });
    const starting = startDetached(call, { command: "run", home, plans: [] }, (...given) =>
      unheard(spawn(...given)),
    );
    await expect(starting).rejects.toMatchObject({
      code: "RUN_DETACH_FAILED",
      message: "starting a detached runner: it ended with exit code 9 before its run had started",
      details: { log: [expect.stringContaining("--no-such-option")] },
    });
  });

  it("that goes on and cannot be given its job is let go of, so that it ends and nobody waits for it", async () => {
    const { call } = rememberedCall({ cwd: folder });
    const { child, done } = fakeChild();
    const started: unknown[] = [];
    const starting = startDetached(call, { command: "run", home, plans: [] }, (file, _args, options) => {
      started.push([file, options.detached]);
      return child;
    });
    await expect(starting).rejects.toMatchObject({
      code: "RUN_DETACH_FAILED",
      message: "starting a detached runner: it does not listen",
    });
    expect(started).toEqual([[process.execPath, true]]);
    // A runner without a job has nothing but this channel to live for.
    expect(done).toEqual(["disconnect", "unref"]);
    expect(await readdir(home)).toEqual([]);
  });
});

describe("a detached runner", () => {
  // Nobody answers there; before it is tried, the password is needed.
  const plan = Migration.from("winrm://administrator@127.0.0.1:1").assess().plan();
  const title = "winrm://administrator@127.0.0.1:1";

  /** Does the job of one plan in this process and gives what it told, and the code of the error the run ended with. */
  async function work(passwords: DetachedJob["passwords"]) {
    // What it says of the run is for its log.
    const said: string[] = [];
    vi.spyOn(process.stderr, "write").mockImplementation((text) => {
      said.push(String(text));
      return true;
    });
    const log = join(folder, "starting.log");
    await writeFile(log, "");
    const file = {
      path: join(folder, "plan.json"),
      folder,
      plans: [{ ...plan, source: { ...plan.source, passwordFrom: "ask" as const } } as typeof plan],
    };
    const told: DetachedReport[] = [];
    const job: DetachedJob = {
      command: "run",
      args: [file.path],
      options: { home },
      cwd: folder,
      files: [file],
      passwords,
      log,
    };
    const exitCode = await workDetached(job, async (report) => void told.push(report));
    const [status] = await lookingRunner(home).list();
    return { exitCode, told, status, said: said.join(""), log };
  }

  it("tells once that its run has started, and puts its log into the run's folder", async () => {
    const { told, status, log, said, exitCode } = await work([[title, "geheim"]]);
    const path = join(status?.folder ?? "", "runner-1.log");
    expect(told).toEqual([
      { kind: "started", runId: status?.runId, attached: false, folder: status?.folder, log: path },
    ]);
    expect([existsSync(log), existsSync(path)]).toEqual([false, true]);
    expect(said).toContain(`error ${status?.error?.code}`);
    expect(exitCode).not.toBe(0);
  });

  it("uses the passwords that were asked for by who started it, and none otherwise", async () => {
    expect((await work([[title, "geheim"]])).said).not.toContain("HOST_PASSWORD_MISSING");
    const others = await work([["another host", "geheim"]]);
    expect(others.told).toMatchObject([{ kind: "failed", error: { code: "HOST_PASSWORD_MISSING" } }]);
    const none = await work([]);
    expect(none.status?.error?.code).toBe("HOST_PASSWORD_MISSING");
    for (const { said } of [others, none]) expect(said).toContain("error HOST_PASSWORD_MISSING");
  });
});
