import { mkdir, mkdtemp, rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { SampanError, systemClock } from "@sampan/core";
import type { BlockSource } from "@sampan/image";
import { AccountDirectory, type SessionCredentials, type SimulatorAccount } from "./accounts.ts";
import { SimulatorClock } from "./clock.ts";
import { isControlRequest, serveControl } from "./control.ts";
import { describeState, type SimulatorState } from "./describe-state.ts";
import { FaultTable } from "./faults.ts";
import { type Listening, listenOnLoopback } from "./http/listen.ts";
import { openContent } from "./image-content.ts";
import { openMachineHost } from "./machines/open-host.ts";
import { type ResolvedOptions, resolveOptions, type SimulatorOptions } from "./options.ts";
import { LifecycleRuns } from "./oss/configuration/lifecycle-run.ts";
import { serveOss } from "./oss/serve.ts";
import { OssStore } from "./oss/store.ts";
import { RequestLog } from "./request-log.ts";
import { ImagePipelines } from "./rpc/ecs/image-pipelines-table.ts";
import { EcsStore } from "./rpc/ecs/store.ts";
import { createGivenUsers } from "./rpc/ram/given-users.ts";
import { createImportRoles } from "./rpc/ram/import-role.ts";
import { RamStore } from "./rpc/ram/store.ts";
import { isRpcRequest, RpcServer } from "./rpc/serve.ts";
import { BlobStore } from "./state/blob-store.ts";
import { checkFormat } from "./state/format.ts";
import { JsonFiles } from "./state/json-files.ts";
import { FolderLock } from "./state/lock.ts";
import type { World } from "./world.ts";

/** How long `stop()` waits for requests whose connections it has cut. */
const stopLimitMs = 2000;

/**
 * OSS, ECS, RAM and STS on one loopback port, for the real and unmodified clients.
 *
 * State is kept in a folder that one process serves at a time, and survives the death of the process at any moment:
 * what was acknowledged is there again, what was not is whole or absent.
 *
 * @example
 * ```ts
 * const simulator = await Simulator.start({ timeScale: 1000 });
 * const { accessKeyId, accessKeySecret } = simulator.credentials;
 * const oss = new OSS({ endpoint: simulator.endpoint, sldEnable: true, region: "oss-cn-hangzhou",
 *   authorizationV4: true, accessKeyId, accessKeySecret });
 * await oss.putBucket("web-images");
 * await simulator.stop();
 * ```
 */
export class Simulator {
  /** `http://localhost:PORT`. */
  readonly endpoint: string;
  readonly port: number;
  /** Keys of the first account. Fixed and documented unless `accounts` was given. */
  readonly credentials: SimulatorAccount;
  /** The region clients are pointed at unless they choose another: the first account works in all of them. */
  readonly region: string;
  readonly dataFolder: string;
  readonly clock: SimulatorClock;
  readonly faults: FaultTable;
  readonly requests: RequestLog;
  readonly #world: World;
  readonly #listening: Listening;
  /** Requests being worked on. */
  readonly #running: ReadonlySet<Promise<void>>;
  readonly #lock: FolderLock;
  readonly #isPrivateFolder: boolean;
  #stopped: Promise<void> | undefined;

  private constructor(
    world: World,
    listening: Listening,
    running: ReadonlySet<Promise<void>>,
    lock: FolderLock,
    folder: string,
    isPrivate: boolean,
  ) {
    this.port = listening.port;
    this.endpoint = `http://localhost:${listening.port}`;
    this.credentials = world.options.accounts[0];
    this.region = world.options.defaultRegion;
    this.dataFolder = folder;
    this.clock = world.clock;
    this.faults = world.faults;
    this.requests = world.requests;
    this.#world = world;
    this.#listening = listening;
    this.#running = running;
    this.#lock = lock;
    this.#isPrivateFolder = isPrivate;
  }

  /**
   * Starts a simulator and resolves when it listens.
   *
   * Rejects with `SIMULATOR_LOCKED` (details `endpoint`, `pid`) when a live process serves the folder,
   * `SIMULATOR_PORT` when the port cannot be had, `SIMULATOR_STATE` when the folder is not one of this version.
   */
  static async start(options: SimulatorOptions = {}): Promise<Simulator> {
    const resolved = resolveOptions(options);
    const isPrivate = options.dataFolder === undefined;
    const folder = options.dataFolder ?? (await mkdtemp(join(tmpdir(), "sampan-simulator-")));
    await mkdir(folder, { recursive: true });
    const lock = await FolderLock.take(folder);
    try {
      const clock = new SimulatorClock(options.clock ?? systemClock, options.timeScale ?? 1);
      const world = await loadWorld(folder, resolved, clock);
      const rpc = new RpcServer(world);
      const running = new Set<Promise<void>>();
      const listener = (incoming: IncomingMessage, response: ServerResponse) => {
        const work = route(world, rpc, incoming, response)
          .catch(() => void incoming.socket.destroy())
          .finally(() => running.delete(work));
        running.add(work);
      };
      const listening = await listenOnLoopback(listener, options.port ?? 0);
      const simulator = new Simulator(world, listening, running, lock, folder, isPrivate);
      await lock.announce(simulator.endpoint);
      return simulator;
    } catch (error) {
      await lock.release();
      if (isPrivate) await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** What is in the simulator now. */
  async state(): Promise<SimulatorState> {
    await Promise.all([this.#world.ecs.settle(), this.#world.lifecycle.settle()]);
    return describeState(this.#world);
  }

  /**
   * Opens the stored bytes of one disk of an image (the first is the system disk), in the format they were uploaded in.
   * Close it after use. `CORE_ARGUMENT` when there is no such image or disk.
   */
  openImageDisk(imageId: string, diskIndex = 0): BlockSource {
    const image = this.#world.ecs.images().find((candidate) => candidate.imageId === imageId);
    const disk = image?.disks[diskIndex];
    if (!disk) {
      throw new SampanError(
        "CORE_ARGUMENT",
        `opening disk ${diskIndex} of image ${imageId}, which the simulator lacks`,
      );
    }
    return openContent(this.#world.oss.blobs, disk.content);
  }

  /**
   * Makes temporary credentials of the first account without AssumeRole, for tests of token handling: they may do what
   * the account may.
   */
  async issueSession(durationMs = 3_600_000): Promise<SessionCredentials> {
    const { accountId } = this.credentials;
    const arn = `acs:ram::${accountId}:assumed-role/session/test`;
    return this.#world.accounts.issue({ accountId, arn }, this.clock.serviceNow() + durationMs);
  }

  /** Stops serving, cuts open connections, gives the folder up, and removes it if it was a private one. Idempotent. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #stop(): Promise<void> {
    await this.#listening.close();
    // Nobody may write into the folder once it is given up. A request that a fault holds back is not waited for.
    await Promise.race([Promise.all(this.#running), wait(stopLimitMs, undefined, { ref: false })]);
    await this.#world.ecs.machines.close();
    await this.#lock.release();
    if (this.#isPrivateFolder) await rm(this.dataFolder, { recursive: true, force: true });
  }
}

async function loadWorld(folder: string, options: ResolvedOptions, clock: SimulatorClock): Promise<World> {
  await checkFormat(folder);
  const files = new JsonFiles(join(folder, "records"));
  const blobs = new BlobStore(join(folder, "blobs"), options.storeQuotaBytes);
  const ram = new RamStore(files);
  const accounts = new AccountDirectory(options.accounts, files, ram);
  const oss = new OssStore(blobs, files, () => clock.now());
  const host = await openMachineHost(options.machines, blobs, join(folder, "machines"));
  const ecs = new EcsStore(files, blobs, clock, options.ecs, host);
  const pipelines = new ImagePipelines(files);
  await Promise.all([accounts.load(), oss.load(), ecs.load(), pipelines.load(), ram.load()]);
  await blobs.sweep();
  clock.notBefore(Math.max(ecs.latestMs(), ram.latestMs(), oss.latestMs()));
  const requests = new RequestLog(options.loggedRequests);
  const lifecycle = new LifecycleRuns(oss, () => clock.now());
  const world: World = {
    options,
    clock,
    accounts,
    faults: new FaultTable(),
    requests,
    oss,
    ecs,
    pipelines,
    ram,
    lifecycle,
  };
  if (options.switches.importRole === "ready") await createImportRoles(world);
  await createGivenUsers(world);
  return world;
}

/** One port for everything: the simulator's own addresses, then RPC by its marks, and the rest is OSS. */
async function route(
  world: World,
  rpc: RpcServer,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // Without a listener, a socket error after the answer (a client gone) would end the process.
  response.on("error", () => undefined);
  if (isControlRequest(incoming)) await serveControl(world, incoming, response);
  else if (isRpcRequest(incoming)) await rpc.serve(incoming, response);
  else await serveOss(world, incoming, response);
}
