import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { FleetWorkerOptions } from "@sampan/fleet/engine";
import { environment } from "./sampan.ts";

const program = fileURLToPath(new URL("fleet-worker.mjs", import.meta.url));

/** What of the options of a worker is plain JSON. */
export type WorkerSetting = Pick<
  FleetWorkerOptions,
  "sites" | "any" | "name" | "concurrency" | "leaseMs" | "stalledEveryMs"
> & { readonly store: { readonly url: string; readonly prefix?: string } };

/** A worker of a fleet in a process of its own. */
export interface FleetProcess {
  readonly pid: number;
  /** Ends it as a power cut does. */
  kill(): Promise<void>;
  /** Makes it stand still, as a machine does whose disk or hypervisor hangs. */
  freeze(): void;
  wake(): void;
  /** Tells it to give its work back and end. */
  end(): Promise<void>;
  /** Paths of the disks it opened so far, as it told of them itself: each once, however often it did. */
  opened(): ReadonlySet<string>;
  /** What it wrote to stderr. */
  said(): string;
}

/** Starts a worker and waits until it works; it runs the built program. */
export async function startFleetProcess(setting: WorkerSetting): Promise<FleetProcess> {
  const child = fork(program, [JSON.stringify(setting)], { silent: true, execArgv: [], env: environment() });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (part: string) => {
      said = (said + part).slice(-20_000);
    });
  const opened = new Set<string>();
  const ready = new Promise<boolean>((resolve) => {
    child.on("message", (told: "ready" | { readonly opened: string }) => {
      // It may have taken work up by the time it says that it works.
      if (told === "ready") resolve(true);
      else opened.add(told.opened);
    });
    child.once("exit", () => resolve(false));
  });
  if (!(await ready)) throw new Error(`the worker did not start: ${said}`);
  const { pid } = child;
  if (pid === undefined) throw new Error("a process without a number");
  return {
    pid,
    kill: () => ended(child, "SIGKILL"),
    freeze: () => void child.kill("SIGSTOP"),
    wake: () => void child.kill("SIGCONT"),
    end: () => ended(child, "SIGTERM"),
    opened: () => opened,
    said: () => said,
  };
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill(signal);
  await gone;
}
