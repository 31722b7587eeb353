import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Stage } from "@sampan/sdk";
import { afterEach, beforeEach } from "vitest";
import { writePlan } from "../plan-file.ts";
import { type Rehearsal, startRehearsal } from "../rehearsal.ts";
import { asResult, type SampanResult, startSampan } from "../sampan.ts";
import { makeFolder } from "../temporary-folder.ts";
import type { SshAccess } from "./ssh-access.ts";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";

/** What a test of a host that runs has for itself: a folder, a store, a network to the host. */
export interface LiveTest {
  readonly folder: string;
  readonly rehearsal: Rehearsal;
  readonly proxy: TcpProxy;
  /** Starts `sampan run` with a plan, and leaves it running. */
  start(plan: Stage<unknown>, env?: Readonly<Record<string, string>>): Promise<RunningSampan>;
  /** Goes on with a run to its end. */
  resume(runId: string, env?: Readonly<Record<string, string>>): Promise<SampanResult>;
}

/** A `sampan` that is running. */
export interface RunningSampan {
  /** Ends it as a crash would, without warning. */
  kill(): void;
  /** How it ended. */
  readonly ended: Promise<SampanResult>;
  /** Waits for something that is to happen while it runs; throws, with its last words, when it ends before. */
  before<T>(what: Promise<T>): Promise<T>;
}

/** Longest that one run of these tests takes, in milliseconds: machines are emulated, on processors that others use too. */
export const liveRunMs = 8 * 60_000;

/** Gives each test of a suite a {@link LiveTest}; to be called in its `describe`. */
export function eachLiveTest(bedOf: () => SshAccess): () => LiveTest {
  let current: LiveTest;
  beforeEach(async () => {
    const folder = await makeFolder();
    const rehearsal = await startRehearsal({ dataFolder: join(folder, "simulator") });
    const proxy = await startTcpProxy(bedOf().port);
    const start = (args: readonly string[], env: Readonly<Record<string, string>> = {}): RunningSampan => {
      const child = startSampan(args, {
        cwd: folder,
        env: { ...rehearsal.env, ...env },
        timeoutMs: liveRunMs,
      });
      const ended = child.then(asResult);
      // Who waits for something else hears of its end there.
      ended.catch(() => undefined);
      const tooSoon = async (): Promise<never> => {
        throw new Error(`sampan ended too soon\n${lastWords(await ended)}`);
      };
      return {
        kill: () => child.kill("SIGKILL"),
        ended,
        before: (what) => Promise.race([what, tooSoon()]),
      };
    };
    current = {
      folder,
      rehearsal,
      proxy,
      start: async (plan, env) => start(["run", await writePlan(folder, plan), "--json"], env),
      resume: (runId, env) => start(["resume", runId, "--json"], env).ended,
    };
  });
  afterEach(async () => {
    await current.proxy.stop();
    await current.rehearsal.stop();
    await rm(current.folder, { recursive: true, force: true });
  });
  return () => current;
}

/** The end of a run in its own words, for messages of failed tests. */
export function lastWords(done: SampanResult): string {
  return `${done.stderr.slice(-2000)}\n${done.stdout.slice(-3000)}`;
}
