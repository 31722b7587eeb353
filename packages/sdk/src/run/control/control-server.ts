import { chmodSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { dirname } from "node:path";
import type { RunEvent } from "@sampan/core";
import { foldRun, type RunRecord } from "../fold-run.ts";
import {
  type ControlAddress,
  controlAddresses,
  makePrivateFolder,
  tryRemoveControl,
  writePointerTo,
} from "./control-address.ts";
import { type ControlAnswers, ControlConnection } from "./control-connection.ts";
import {
  type ControlLimits,
  type ControlProgress,
  type ControlReply,
  type ControlRequest,
  type ControlStatus,
  controlLimits,
  controlLine,
  refusal,
} from "./control-protocol.ts";

type Progress = Extract<RunEvent, { type: "stage.progress" }>;

/** What a control socket is served from. */
export interface ControlOptions {
  /** The run's folder. */
  readonly folder: string;
  readonly runId: string;
  readonly log: {
    readonly recorded: readonly RunEvent[];
    readonly events: { subscribe(next: (event: RunEvent) => void): { unsubscribe(): void } };
  };
  /** Cancels the run, at once. */
  readonly cancel: (reason: string) => void;
  readonly addresses?: readonly ControlAddress[];
  readonly limits?: Partial<ControlLimits>;
}

/** A control socket that others can connect to. */
export interface ControlServer {
  readonly path: string;
  /** Takes the socket away. Readers that have everything are told of the end; nobody is waited for. */
  close(): void;
}

/**
 * Listens for others that ask of a run: how it stands, what happens, to stop it. For whoever holds the lock of the run.
 *
 * `undefined` where no socket can be had: a run goes on without, and others read its journal.
 */
export async function serveControl(options: ControlOptions): Promise<ControlServer | undefined> {
  const { folder } = options;
  // Nobody else works on the run, so whatever lies here is of a runner that is gone.
  tryRemoveControl(folder);
  const service = new ControlService(options);
  for (const address of options.addresses ?? controlAddresses(folder)) {
    const server = createServer((socket) => service.accept(socket));
    if (!(await listens(server, folder, address))) continue;
    server.on("error", () => undefined);
    // A run ends when its work does, whoever is still connected.
    server.unref();
    return {
      path: address.path,
      close() {
        // Takes the socket's file away as well, before anybody else may work on the run.
        server.close();
        tryRemoveControl(folder);
        service.end();
      },
    };
  }
  service.end();
  return undefined;
}

async function listens(server: Server, folder: string, address: ControlAddress): Promise<boolean> {
  const isPipe = address.path.startsWith("\\\\");
  try {
    if (address.elsewhere && !isPipe && !makePrivateFolder(dirname(address.path))) return false;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(address.path, () => {
        server.off("error", reject);
        resolve();
      });
    });
    if (!isPipe) chmodSync(address.path, 0o600);
    if (address.elsewhere) writePointerTo(folder, address.path);
    return true;
  } catch {
    server.close();
    return false;
  }
}

/** What connections of one run share. */
class ControlService implements ControlAnswers {
  readonly #options: ControlOptions;
  readonly #limits: ControlLimits;
  readonly #sockets = new Map<Socket, ControlConnection>();
  readonly #progress = new Map<string, Progress>();
  readonly #subscription: { unsubscribe(): void };
  readonly #timer: NodeJS.Timeout;
  #cancelling: string | null = null;
  #folded: { readonly events: number; readonly record: RunRecord } | undefined;

  constructor(options: ControlOptions) {
    this.#options = options;
    this.#limits = { ...controlLimits, ...options.limits };
    this.#subscription = options.log.events.subscribe((event) => this.#show(event));
    this.#timer = setInterval(
      () => {
        for (const connection of this.#sockets.values()) connection.closeIfStuck(performance.now());
      },
      Math.min(5000, this.#limits.idleMs, this.#limits.stuckMs),
    );
    this.#timer.unref();
  }

  get log() {
    return this.#options.log;
  }

  progress(): readonly Progress[] {
    return [...this.#progress.values()];
  }

  accept(socket: Socket): void {
    socket.unref();
    // Whoever left while it was written to.
    socket.on("error", () => undefined);
    if (this.#sockets.size >= this.#limits.clients) {
      const most = this.#limits.clients;
      socket.end(controlLine(refusal(null, "too-many-clients", `${most} are connected, which is the most`)));
      socket.destroySoon();
      return;
    }
    const connection = new ControlConnection(socket, this, this.#limits);
    this.#sockets.set(socket, connection);
    socket.on("close", () => this.#sockets.delete(socket));
    connection.say({ kind: "hello", runId: this.#options.runId, pid: process.pid });
  }

  answer(request: Exclude<ControlRequest, { kind: "follow" }>): ControlReply {
    const { id } = request;
    switch (request.kind) {
      case "ping":
        return { kind: "pong", id };
      case "status":
        return { kind: "status", id, status: this.#status() };
      case "cancel":
        this.#cancelling ??= request.reason;
        this.#options.cancel(request.reason);
        return { kind: "cancelling", id };
    }
  }

  end(): void {
    clearInterval(this.#timer);
    this.#subscription.unsubscribe();
    for (const [socket, connection] of this.#sockets) {
      connection.end();
      socket.setTimeout(1000, () => socket.destroy());
    }
  }

  #show(event: RunEvent): void {
    if (event.type === "stage.progress") {
      this.#progress.set(event.stage, event);
      for (const connection of this.#sockets.values()) connection.progress(event);
    } else if (event.type === "stage.finished" || event.type === "stage.failed") {
      this.#progress.delete(event.stage);
    }
    for (const connection of this.#sockets.values()) connection.pump();
  }

  #status(): ControlStatus {
    const { runId, log } = this.#options;
    // Read anew only when there is something new, however often it is asked for.
    if (this.#folded?.events !== log.recorded.length)
      this.#folded = { events: log.recorded.length, record: foldRun(log.recorded) };
    const { record } = this.#folded;
    return {
      runId,
      title: record.started?.title ?? "",
      attempt: record.started?.attempt ?? 0,
      stages: [...new Set([...record.keys, ...record.stages.keys()])].map((stage) => {
        const known = record.stages.get(stage);
        return { stage, state: known?.state ?? "waiting", tookMs: known?.tookMs ?? null };
      }),
      progress: this.progress().map(
        ({ stage, doneBytes, totalBytes, ratePerSecond, note }): ControlProgress => {
          return { stage, doneBytes, totalBytes, ratePerSecond, note };
        },
      ),
      cancelling: this.#cancelling,
    };
  }
}
