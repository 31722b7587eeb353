import { isFinalEvent, type Json, type JsonObject, type RunEvent, type RunEventOf } from "@sampan/core";
import type { HostImage, HostStage, HostView } from "./fleet-view.ts";

/** A host of which only its name, wave and site are known. */
export function waitingHost(host: string, wave: string, site: string): HostView {
  return {
    host,
    wave,
    site,
    state: "waiting",
    outcome: null,
    runId: null,
    canary: false,
    rehearsal: false,
    stages: [],
    doneBytes: 0,
    totalBytes: null,
    sentBytes: 0,
    ratePerSecond: 0,
    retries: 0,
    findings: [],
    images: [],
    error: null,
    because: null,
    startedAt: null,
    endedAt: null,
    tookMs: null,
    lastAt: null,
  };
}

/** The host after one more event of its run. Pure; takes time by the stages and findings of this host alone. */
export function foldHost(host: HostView, event: RunEvent): HostView {
  const known: HostView = { ...host, lastAt: event.at };
  switch (event.type) {
    case "run.started":
      return summed({
        ...known,
        runId: event.runId,
        rehearsal: event.cloud.rehearsal,
        startedAt: host.startedAt ?? event.at,
        stages: stagesOf(event, host),
      });
    case "finding": {
      const { rule, severity, message, hint, accepted } = event.finding;
      // A stage that is judged again after a resume finds the same again.
      const others = host.findings.filter((one) => one.rule !== rule || one.message !== message);
      return { ...known, findings: [...others, { rule, severity, message, hint, accepted }] };
    }
    case "resource.created": {
      const { kind, id, region } = event.resource;
      return kind === "image" && region !== null
        ? { ...known, images: withImages(host, [{ region, imageId: id }]) }
        : known;
    }
    case "resource.removed":
      return { ...known, images: host.images.filter(({ imageId }) => imageId !== event.id) };
    case "run.finished":
      return { ...known, images: withImages(host, imagesIn(event.result)) };
    case "stage.retrying":
      return foldStage({ ...known, retries: host.retries + 1 }, event);
    case "stage.started":
    case "stage.progress":
    case "stage.stalled":
    case "stage.finished":
    case "stage.failed":
      return foldStage(known, event);
    default:
      // What ends a run otherwise is told by `host.finished`; what is not understood is not shown.
      return isFinalEvent(event) ? summed({ ...known, stages: host.stages.map(atRest) }) : known;
  }
}

/** The host when it has ended: nothing of it sends any more. */
export function restedHost(host: HostView): HostView {
  return summed({ ...host, stages: host.stages.map(atRest) });
}

/** Longer than any stage that sends is silent: what told its rate before may have died with its worker. */
const silentMs = 60_000;

/** The host with the rates of stages that were heard of lately; itself where that changes nothing. */
export function heardHost(host: HostView, nowMs: number): HostView {
  if (host.state !== "running") return host;
  const isSilent = ({ atMs, ratePerSecond }: HostStage): boolean =>
    ratePerSecond !== null && atMs !== null && nowMs - atMs > silentMs;
  if (!host.stages.some(isSilent)) return host;
  return summed({
    ...host,
    stages: host.stages.map((stage) => {
      if (!isSilent(stage)) return stage;
      // What sends nothing, such as an import, goes on at the cloud without whoever watches it.
      return sends(stage) ? { ...stage, ...still } : { ...stage, ratePerSecond: null };
    }),
  });
}

type StageEvent = RunEventOf<
  "stage.started" | "stage.progress" | "stage.retrying" | "stage.stalled" | "stage.finished" | "stage.failed"
>;

function foldStage(host: HostView, event: StageEvent): HostView {
  const index = host.stages.findIndex(({ key }) => key === event.stage);
  const before = host.stages[index] ?? waitingStage(event.stage);
  const after = { ...changedStage(before, event), atMs: Date.parse(event.at) };
  const stages = index < 0 ? [...host.stages, after] : host.stages.with(index, after);
  return summed({ ...host, stages });
}

function changedStage(stage: HostStage, event: StageEvent): HostStage {
  switch (event.type) {
    case "stage.started":
      return {
        ...waitingStage(stage.key),
        state: "running",
        attempt: event.attempt,
        note: event.summary,
        sentBytes: stage.sentBytes,
        earlierBytes: stage.sentBytes ?? 0,
        doneBytes: stage.doneBytes,
        totalBytes: stage.totalBytes,
      };
    case "stage.progress": {
      const sends = event.sentBytes !== undefined;
      return {
        ...stage,
        state: "running",
        doneBytes: event.doneBytes,
        totalBytes: event.totalBytes,
        ratePerSecond: event.ratePerSecond,
        sentBytes: sends ? stage.earlierBytes + (event.sentBytes ?? 0) : stage.sentBytes,
        leftMs: event.etaMs ?? null,
        note: event.note ?? "",
      };
    }
    case "stage.retrying":
      return { ...stage, ...still, state: "retrying", note: event.error.message };
    case "stage.stalled":
      return { ...stage, ...still, state: "stalled", note: event.note };
    case "stage.finished":
      return { ...stage, ...still, state: "finished", tookMs: event.tookMs, note: "" };
    case "stage.failed":
      return { ...stage, ...still, state: "failed", note: event.error.message };
  }
}

const still = { ratePerSecond: null, leftMs: null } as const;

function waitingStage(key: string): HostStage {
  return {
    key,
    state: "waiting",
    attempt: 0,
    doneBytes: 0,
    totalBytes: null,
    ratePerSecond: null,
    sentBytes: null,
    earlierBytes: 0,
    leftMs: null,
    note: "",
    atMs: null,
    tookMs: null,
  };
}

/** The stages a start tells of: what was finished stays so, what was under way waits to be begun again. */
function stagesOf(event: RunEventOf<"run.started">, host: HostView): readonly HostStage[] {
  return event.stages.map((key) => {
    const before = host.stages.find((stage) => stage.key === key);
    if (before === undefined) return waitingStage(key);
    return before.state === "finished" ? before : { ...before, ...still, state: "waiting", note: "" };
  });
}

function atRest(stage: HostStage): HostStage {
  if (stage.state === "finished" || stage.state === "failed" || stage.state === "waiting") return stage;
  return { ...stage, ...still, state: "waiting", note: "" };
}

/** Whether a stage sends what it has done: a writer that does not tell what it sent is known by its name. */
function sends(stage: HostStage): boolean {
  return stage.sentBytes !== null || stage.key === "upload";
}

function summed(host: HostView): HostView {
  let [doneBytes, sentBytes, ratePerSecond] = [0, 0, 0];
  let totalBytes: number | null = null;
  for (const stage of host.stages) {
    if (!sends(stage)) continue;
    doneBytes += stage.doneBytes;
    sentBytes += stage.sentBytes ?? 0;
    ratePerSecond += stage.ratePerSecond ?? 0;
    if (stage.totalBytes !== null) totalBytes = (totalBytes ?? 0) + stage.totalBytes;
  }
  return { ...host, doneBytes, totalBytes, sentBytes, ratePerSecond };
}

function withImages(host: HostView, more: readonly HostImage[]): readonly HostImage[] {
  const images = new Map([...host.images, ...more].map((image) => [image.imageId, image]));
  return [...images.values()];
}

/** The images that a result tells of. */
function imagesIn(result: JsonObject): readonly HostImage[] {
  const { images } = result;
  if (!Array.isArray(images)) return [];
  return (images as readonly Json[]).flatMap((image) => {
    if (typeof image !== "object" || image === null || Array.isArray(image)) return [];
    const { region, imageId } = image as JsonObject;
    return typeof region === "string" && typeof imageId === "string" ? [{ region, imageId }] : [];
  });
}
