import { asSampanError, type Json, SampanError } from "@sampan/core";
import type { Shell } from "../connection/shell.ts";
import { changeShareRecords, readShareRecords, type ShareRecord } from "./share-record.ts";
import type { Step, StepReport } from "./step.ts";

/** What is set up, and what tells it from others on the same host. */
export interface ShareWork {
  readonly shell: Shell;
  /** Name in the host's record. */
  readonly key: string;
  readonly kind: ShareRecord["kind"];
  readonly options: ShareRecord["options"];
  readonly steps: readonly Step[];
}

/** How {@link applySteps} and {@link undoSteps} are watched. */
export interface StepWatch {
  readonly onStep?: (report: StepReport) => void;
  readonly signal?: AbortSignal;
}

/** Looks at every step; changes nothing. */
export async function previewSteps(work: ShareWork, signal?: AbortSignal): Promise<readonly StepReport[]> {
  const reports: StepReport[] = [];
  for (const step of work.steps) {
    const { made: _, ...found } = { made: null, ...(await step.look(signal)) };
    reports.push({ id: step.id, title: step.title, ...found });
  }
  return reports;
}

/**
 * Makes what is missing, step by step; what is there stays as it is. Each change is on the host's record before it is made.
 *
 * When a step fails, what this call made is taken back, last first.
 *
 * @throws `HOST_SHARE_REFUSED` before anything is changed; what the failing step throws.
 */
export async function applySteps(work: ShareWork, watch: StepWatch = {}): Promise<readonly StepReport[]> {
  const { shell, key, kind, options } = work;
  const { onStep, signal } = watch;
  assertPossible(await previewSteps(work, signal), shell);
  const reports: StepReport[] = [];
  const report = (one: StepReport) => {
    reports.push(one);
    onStep?.(one);
  };
  const begun: [Step, Json][] = [];
  const known = (await readShareRecords(shell, signal))[key];
  try {
    for (const step of work.steps) {
      // Anew: the steps before may have brought what this one looks for.
      const found = await step.look(signal);
      const told = { id: step.id, title: step.title };
      if (found.state === "refused") assertPossible([{ ...told, ...found }], shell);
      if (found.state !== "needed") {
        report({ ...told, state: "already", text: found.text });
        continue;
      }
      await changeShareRecords(
        shell,
        (shares) => {
          const before = shares[key]?.made ?? {};
          const made = { ...before, [step.id]: merged(before[step.id], found.made) };
          return { ...shares, [key]: { kind, options, made } };
        },
        signal,
      );
      begun.push([step, found.made]);
      await step.apply(signal);
      report({ ...told, state: "done", text: found.text });
    }
    // Also where nothing was missing, so that `remove` and `status` know of it.
    await changeShareRecords(
      shell,
      (shares) => ({ ...shares, [key]: { kind, options, made: shares[key]?.made ?? {} } }),
      signal,
    );
    return reports;
  } catch (error) {
    const left: string[] = [];
    for (const [step, made] of begun.reverse()) {
      // Not by the signal that may have ended the work: half of it is what must not stay.
      await step
        .undo(made)
        .catch((cause: unknown) => left.push(`${step.title}: ${asSampanError(cause).message}`));
    }
    if (left.length === 0) {
      await changeShareRecords(shell, (shares) => {
        const { [key]: _, ...others } = shares;
        return known === undefined ? others : { ...others, [key]: known };
      }).catch((cause: unknown) => left.push(asSampanError(cause).message));
    }
    if (left.length === 0) throw error;
    const told = asSampanError(error);
    throw new SampanError(
      "HOST_SHARE_FAILED",
      `${told.message}; taking back what was made failed too: ${left.join("; ")}`,
      {
        cause: error,
        hint: "`sampan share remove` takes back what is left.",
      },
    );
  }
}

/**
 * Takes back what was made for a share, last step first, and forgets it. What was there before stays, and so does what others use or
 * what holds data. Nothing happens where nothing was made.
 *
 * What cannot be taken back keeps its place on the record, and the error tells: another call goes on with it.
 */
export async function undoSteps(work: ShareWork, watch: StepWatch = {}): Promise<readonly StepReport[]> {
  const { shell, key } = work;
  const { onStep, signal } = watch;
  const reports: StepReport[] = [];
  const { made = {} } = (await readShareRecords(shell, signal))[key] ?? {};
  for (const step of [...work.steps].reverse()) {
    const one = made[step.id];
    const told = { id: step.id, title: step.title };
    const report: StepReport =
      one === undefined
        ? { ...told, state: "already", text: "nothing of it was made by Sampan" }
        : { ...told, state: "undone", text: await step.undo(one, signal) };
    if (one !== undefined) {
      await changeShareRecords(shell, (shares) => withoutStep(shares, key, step.id), signal);
    }
    reports.push(report);
    onStep?.(report);
  }
  await changeShareRecords(
    shell,
    (shares) => {
      const { [key]: _, ...others } = shares;
      return others;
    },
    signal,
  );
  return reports;
}

function withoutStep(shares: Readonly<Record<string, ShareRecord>>, key: string, id: string) {
  const record = shares[key];
  if (record === undefined) return shares;
  const { [id]: _, ...made } = record.made;
  return { ...shares, [key]: { ...record, made } };
}

/** What two attempts made together: the second finds done what the first did. */
function merged(before: Json | undefined, now: Json): Json {
  const isObject = (value: Json | undefined): value is { [key: string]: Json } =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject(before) || !isObject(now)) return now;
  const result: { [key: string]: Json } = { ...before };
  for (const [name, value] of Object.entries(now)) {
    const old = before[name];
    result[name] =
      Array.isArray(old) && Array.isArray(value)
        ? [...new Set([...old, ...value])]
        : old === true
          ? true
          : value;
  }
  return result;
}

function assertPossible(reports: readonly StepReport[], shell: Shell): void {
  const refused = reports.filter((one) => one.state === "refused");
  const [first] = refused;
  if (first === undefined) return;
  throw new SampanError(
    "HOST_SHARE_REFUSED",
    `preparing a share on ${shell.title}: ${refused.map(({ title, text }) => `${title}: ${text}`).join("; ")}`,
    first.hint === undefined ? {} : { hint: first.hint },
  );
}
