import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { JsonObject } from "@sampan/core";
import type { Plan } from "@sampan/sdk";
import { Simulator } from "@sampan/simulator";

const loader = fileURLToPath(new URL("load-bundle.mjs", import.meta.url));

/** How a process that ran a plan ended. */
export interface ProcessEnd {
  /** True when it was killed before it could say how the run ended. */
  readonly killed: boolean;
  readonly result?: JsonObject;
  readonly error?: { readonly code: string; readonly message: string };
}

/** When a process is killed. */
export type Kill =
  /** Once this record is on disk, or the first after it. */
  | { readonly atRecord: number }
  /** Once so many bytes went from it to the cloud; those after are lost. */
  | { readonly afterBytes: number };

/** A plan, or what makes one of things that it makes in its cloud. */
export type PlanInCloud = Plan | ((simulator: Simulator) => Promise<Plan>);

/** Runs one plan again and again in processes that may be killed, each time against a cloud of its own. */
export class KillLane {
  readonly #folder: string;
  readonly #bundle: string;
  #next: Promise<ChildProcess>;
  #count = 0;

  /** Homes are made in `folder`; processes run `bundle`. */
  constructor(folder: string, bundle: string) {
    this.#folder = folder;
    this.#bundle = bundle;
    this.#next = ready(bundle);
  }

  /** Begins with an empty home and an empty cloud, in which the plan may have something made first. */
  async begin(given: PlanInCloud): Promise<KilledRun> {
    const home = join(this.#folder, `home-${this.#count++}`);
    const simulator = await Simulator.start({ switches: { importRole: "ready" }, machines: "none" });
    simulator.clock.freeze();
    const plan = typeof given === "function" ? await given(simulator) : given;
    return {
      home,
      simulator,
      start: (kill, keepCompiled) => this.#start(simulator, home, plan, kill, keepCompiled),
      stop: () => simulator.stop(),
    };
  }

  /** Runs a plan to its end, so that the processes after it find what they need compiled. */
  async warmUp(plan: PlanInCloud): Promise<void> {
    const run = await this.begin(plan);
    try {
      await run.start(undefined, true);
    } finally {
      await run.stop();
    }
  }

  async stop(): Promise<void> {
    (await this.#next).kill("SIGKILL");
  }

  async #start(
    simulator: Simulator,
    home: string,
    plan: Plan,
    kill: Kill | undefined,
    keepCompiled = false,
  ): Promise<ProcessEnd> {
    const child = await this.#next;
    this.#next = ready(this.#bundle);
    const meter =
      kill !== undefined && "afterBytes" in kill
        ? await startMeter(simulator.port, kill.afterBytes, () => child.kill("SIGKILL"))
        : undefined;
    let said: Omit<ProcessEnd, "killed"> | undefined;
    child.on("message", (message) => {
      said = message as Omit<ProcessEnd, "killed">;
    });
    child.send({
      home,
      plan,
      runId: "r1",
      endpoint: simulator.endpoint,
      startMs: simulator.clock.now(),
      keepCompiled,
      ...(meter === undefined ? {} : { through: `http://localhost:${meter.port}` }),
      ...(kill !== undefined && "atRecord" in kill ? { killAt: kill.atRecord } : {}),
    });
    const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
    await meter?.close();
    if (said === undefined && signal !== "SIGKILL")
      throw new Error(`the run's process ended with ${code ?? signal}`);
    return { killed: said === undefined, ...said };
  }
}

/** A plan, its home and its cloud. */
export interface KilledRun {
  readonly home: string;
  readonly simulator: Simulator;
  /** Starts the plan, or goes on with it, until it ends or its process is killed; `keepCompiled` keeps the code it compiled. */
  start(kill?: Kill, keepCompiled?: boolean): Promise<ProcessEnd>;
  stop(): Promise<void>;
}

async function ready(bundle: string): Promise<ChildProcess> {
  const child = fork(loader, [bundle], { execArgv: [], stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const gone = once(child, "exit").then(() => Promise.reject(new Error("the run's process did not start")));
  await Promise.race([once(child, "message"), gone]);
  gone.catch(() => undefined);
  return child;
}

/** A way to the cloud that counts what goes there and calls once there was enough of it. */
async function startMeter(
  port: number,
  afterBytes: number,
  onEnough: () => void,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  let left = afterBytes;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const cloud = connect(port, "127.0.0.1");
    for (const socket of [client, cloud]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => sockets.delete(socket));
    }
    client.on("data", (bytes) => {
      if (left <= 0) return;
      cloud.write(bytes.subarray(0, left));
      left -= bytes.length;
      if (left <= 0) onEnough();
    });
    client.on("close", () => cloud.destroy());
    cloud.on("close", () => client.destroy());
    cloud.pipe(client);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as { readonly port: number }).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
