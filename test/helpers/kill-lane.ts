import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { JsonObject } from "@sampan/core";
import type { Plan } from "@sampan/sdk";
import { Simulator } from "@sampan/simulator";

const script = fileURLToPath(new URL("killable-run.mjs", import.meta.url));

/** How a process that ran a plan ended. */
export interface ProcessEnd {
  /** True when it was killed before it could say how the run ended. */
  readonly killed: boolean;
  readonly result?: JsonObject;
  readonly error?: { readonly code: string; readonly message: string };
}

/** When a process is killed. */
export type Kill =
  | { readonly atRecord: number }
  /** Once so many bytes went from it to the cloud; those after are lost. */
  | { readonly afterBytes: number };

/** Runs one plan again and again in processes that may be killed, each time against a cloud of its own. */
export class KillLane {
  readonly #folder: string;
  #next: Promise<ChildProcess>;
  #count = 0;

  constructor(folder: string) {
    this.#folder = folder;
    this.#next = ready();
  }

  /** Begins with an empty cloud and an empty home. */
  async begin(plan: Plan): Promise<KilledRun> {
    const home = join(this.#folder, `home-${this.#count++}`);
    const simulator = await Simulator.start({ switches: { importRole: "ready" }, machines: "none" });
    simulator.clock.freeze();
    return {
      home,
      simulator,
      start: (kill) => this.#start(simulator, home, plan, kill),
      stop: () => simulator.stop(),
    };
  }

  async stop(): Promise<void> {
    (await this.#next).kill("SIGKILL");
  }

  async #start(simulator: Simulator, home: string, plan: Plan, kill: Kill | undefined): Promise<ProcessEnd> {
    const child = await this.#next;
    this.#next = ready();
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
  /** Starts the plan, or goes on with it, until it ends or its process is killed. */
  start(kill?: Kill): Promise<ProcessEnd>;
  stop(): Promise<void>;
}

async function ready(): Promise<ChildProcess> {
  // The built packages, as users have them: not the conditions the tests themselves run under.
  const child = fork(script, { execArgv: [], stdio: ["ignore", "ignore", "inherit", "ipc"] });
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
