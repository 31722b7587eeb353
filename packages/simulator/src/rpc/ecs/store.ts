import type { SimulatorClock } from "../../clock.ts";
import type { MachineHost } from "../../machines/machine.ts";
import type { BlobStore } from "../../state/blob-store.ts";
import type { JsonFiles } from "../../state/json-files.ts";
import { KeyedQueue } from "../../state/keyed-queue.ts";
import { DiskStore } from "./disks/store.ts";
import { InstanceLifecycle } from "./instances/lifecycle.ts";
import { MachineRoom } from "./instances/machine-room.ts";
import { InstanceStore } from "./instances/store.ts";
import { NetworkStore } from "./network/store.ts";
import { endOf, isRunning } from "./progress.ts";
import { RecordTable } from "./record-table.ts";
import type { ClientTokenRecord, ImageRecord, TaskRecord } from "./records.ts";
import { EcsSettings, type EcsSettingsChange } from "./settings.ts";

/** Copies an account may have running into one region; the rest wait. */
const runningCopiesLimit = 5;

/**
 * Everything ECS keeps of all regions, and the engine that moves it on. Images and tasks stand here, the rest in the
 * stores beside it.
 *
 * There are no timers: {@link EcsStore.settle} works out, in the order of simulated time, everything that has ended or
 * begun until now. It runs before every call, so nobody can see a state that is out of date, and a restart changes
 * nothing.
 */
export class EcsStore {
  readonly #files: JsonFiles;
  readonly #blobs: BlobStore;
  readonly #clock: SimulatorClock;
  readonly #images = new Map<string, ImageRecord>();
  readonly #tasks = new Map<string, TaskRecord>();
  readonly #tokens = new Map<string, ClientTokenRecord>();
  /** Tokens of what keeps none itself. */
  readonly #keptTokens: RecordTable<ClientTokenRecord>;
  readonly #queue = new KeyedQueue();
  readonly settings: EcsSettings;
  readonly network: NetworkStore;
  readonly disks: DiskStore;
  readonly instances: InstanceStore;
  readonly machines: MachineRoom;
  readonly lifecycle: InstanceLifecycle;

  constructor(
    files: JsonFiles,
    blobs: BlobStore,
    clock: SimulatorClock,
    settings: EcsSettingsChange,
    host: MachineHost | null,
  ) {
    this.#files = files;
    this.#blobs = blobs;
    this.#clock = clock;
    this.#keptTokens = new RecordTable(files, "client-tokens", (token) => token.key);
    this.settings = new EcsSettings(settings);
    this.network = new NetworkStore(files);
    this.disks = new DiskStore(files, blobs);
    this.instances = new InstanceStore(files);
    this.machines = new MachineRoom(host, blobs);
    this.lifecycle = new InstanceLifecycle(this.instances, this.disks, this.machines);
  }

  async load(): Promise<void> {
    const stores = [this.network, this.disks, this.instances, this.#keptTokens];
    await Promise.all(stores.map((store) => store.load()));
    for (const task of await this.#files.readAll<TaskRecord>("tasks")) this.#tasks.set(task.taskId, task);
    for (const image of await this.#files.readAll<ImageRecord>("images")) {
      this.#images.set(image.imageId, image);
      for (const disk of image.disks) this.#blobs.retain(disk.content);
      if (image.token) this.#tokens.set(image.token.key, image.token);
    }
    // A task is written before its image: one that has none was cut off in between, and nobody was told its id.
    for (const task of this.#tasks.values()) {
      if (task.status !== "Processing" || this.#images.has(task.imageId)) continue;
      this.#tasks.delete(task.taskId);
      await this.#files.remove("tasks", task.taskId);
    }
    // Disks of a launch that a crash cut off before there was an instance.
    for (const disk of this.disks.disks()) {
      if (disk.instanceId !== null && !this.instances.get(disk.instanceId)) await this.disks.removeDisk(disk);
    }
    await this.lifecycle.restore();
    for (const token of this.#keptTokens.values()) {
      if (!this.#exists(token.madeId)) await this.#keptTokens.remove(token.key);
    }
  }

  /** Latest moment any record mentions as past: simulated time may not begin before it. */
  latestMs(): number {
    let latest = 0;
    for (const { job, createdAtMs } of this.#images.values()) {
      latest = Math.max(latest, createdAtMs, job.queuedAtMs, job.endedAtMs ?? 0);
    }
    for (const task of this.#tasks.values()) latest = Math.max(latest, task.finishedAtMs ?? 0);
    for (const { createdAtMs, startedAtMs } of this.instances.all()) {
      latest = Math.max(latest, createdAtMs, startedAtMs ?? 0);
    }
    for (const { createdAtMs } of [...this.disks.disks(), ...this.disks.keptSnapshots()]) {
      latest = Math.max(latest, createdAtMs);
    }
    return latest;
  }

  image(region: string, imageId: string): ImageRecord | undefined {
    const image = this.#images.get(imageId);
    return image?.region === region ? image : undefined;
  }

  /** Images in every region, oldest first. */
  images(): readonly ImageRecord[] {
    return [...this.#images.values()].sort(
      (a, b) => a.createdAtMs - b.createdAtMs || (a.imageId < b.imageId ? -1 : 1),
    );
  }

  task(region: string, taskId: string): TaskRecord | undefined {
    const task = this.#tasks.get(taskId);
    return task?.region === region ? task : undefined;
  }

  /** Tasks in every region, newest first. */
  tasks(): readonly TaskRecord[] {
    return [...this.#tasks.values()].sort(
      (a, b) => b.createdAtMs - a.createdAtMs || (a.taskId < b.taskId ? -1 : 1),
    );
  }

  token(key: string): ClientTokenRecord | undefined {
    const kept = this.#keptTokens.get(key);
    return this.#tokens.get(key) ?? (kept && this.#exists(kept.madeId) ? kept : undefined);
  }

  /** Keeps the token of a call whose thing keeps none itself. */
  putToken(token: ClientTokenRecord): Promise<void> {
    return this.#keptTokens.put(token);
  }

  /** Runs work that decides by the images there are and then adds one, one at a time for an account. */
  async exclusively<T>(accountId: string, work: () => Promise<T>): Promise<T> {
    return this.#queue.run(`account ${accountId}`, work);
  }

  /** Keeps an image, new or changed; a new one takes hold of its disks. On disk when the promise resolves. */
  async putImage(image: ImageRecord): Promise<void> {
    if (!this.#images.has(image.imageId)) {
      for (const disk of image.disks) this.#blobs.retain(disk.content);
    }
    this.#images.set(image.imageId, image);
    if (image.token) this.#tokens.set(image.token.key, image.token);
    // Memory changes at once; the file is written in turn, from what is in memory then, so that it never goes back.
    await this.#queue.run(`record ${image.imageId}`, async () => {
      const latest = this.#images.get(image.imageId);
      if (latest) await this.#files.write("images", image.imageId, latest);
    });
  }

  async removeImage(image: ImageRecord): Promise<void> {
    if (!this.#images.delete(image.imageId)) return;
    await this.#queue.run(`record ${image.imageId}`, () => this.#files.remove("images", image.imageId));
    for (const disk of image.disks) await this.#blobs.release(disk.content);
    await this.settle();
  }

  async putTask(task: TaskRecord): Promise<void> {
    this.#tasks.set(task.taskId, task);
    await this.#queue.run(`record ${task.taskId}`, () =>
      this.#files.write("tasks", task.taskId, this.#tasks.get(task.taskId)),
    );
  }

  /** Whether a copy into a region may begin at once. */
  hasRoomForCopy(ownerId: string, region: string): boolean {
    const running = this.images().filter(
      (image) =>
        image.ownerId === ownerId && image.region === region && image.job.kind === "copy" && isRunning(image),
    );
    return running.length < runningCopiesLimit;
  }

  /** Brings every job to where it is now, in order of time. */
  async settle(): Promise<void> {
    await this.#queue.run("settle", async () => {
      const nowMs = this.#clock.now();
      for (;;) {
        const due = this.#nextDue(nowMs);
        if (!due) break;
        await this.#end(due, endOf(due.job));
      }
      await this.#startWaiting(nowMs);
      await this.lifecycle.settle(nowMs);
      await this.disks.expire(nowMs, (snapshotId) =>
        [...this.#images.values()].some((image) =>
          image.disks.some((disk) => disk.snapshotId === snapshotId),
        ),
      );
    });
  }

  /** Whether what a token stands for is there: things of a network always are. */
  #exists(id: string | undefined): boolean {
    if (id?.startsWith("i-")) return this.instances.get(id) !== undefined;
    if (id?.startsWith("s-")) return this.disks.keptSnapshot(id) !== undefined;
    if (id?.startsWith("d-")) return this.disks.disk(id) !== undefined;
    return true;
  }

  #nextDue(nowMs: number): ImageRecord | undefined {
    let next: ImageRecord | undefined;
    for (const image of this.#images.values()) {
      if (image.status !== "Waiting" || endOf(image.job) > nowMs) continue;
      if (!next || endOf(image.job) < endOf(next.job)) next = image;
    }
    return next;
  }

  async #end(image: ImageRecord, atMs: number): Promise<void> {
    const { failure } = image.job;
    const status = failure ? "CreateFailed" : "Available";
    const ended: ImageRecord = { ...image, status, job: { ...image.job, endedAtMs: atMs } };
    await this.putImage(ended);
    const task = image.taskId === null ? undefined : this.#tasks.get(image.taskId);
    if (task?.status === "Processing") {
      await this.putTask({
        ...task,
        status: failure ? "Failed" : "Finished",
        finishedAtMs: atMs,
        endPercent: failure ? failure.atPercent : 100,
        failure: failure ? { code: failure.code, message: failure.message } : null,
      });
    }
    await this.#startWaiting(atMs);
  }

  /** Lets waiting copies begin where there is room, first come first served. */
  async #startWaiting(atMs: number): Promise<void> {
    const waiting = this.images()
      .filter((image) => image.status === "Waiting" && image.job.startsAtMs === null)
      .sort((a, b) => a.job.queuedAtMs - b.job.queuedAtMs);
    for (const image of waiting) {
      if (!this.hasRoomForCopy(image.ownerId, image.region)) continue;
      await this.putImage({
        ...image,
        job: { ...image.job, startsAtMs: Math.max(atMs, image.job.queuedAtMs) },
      });
    }
  }
}
