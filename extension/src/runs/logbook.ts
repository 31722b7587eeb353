import { dirname } from "node:path";
import type { RunEvent } from "@sampan/core";
import * as vscode from "vscode";
import { agreed, agreedWithPasswords } from "../program/agree.ts";
import { askPerson } from "../program/ask-person.ts";
import { ProgramError } from "../program/call-program.ts";
import type { Passwords } from "../program/passwords.ts";
import type { ProgramAccess } from "../program/program-access.ts";
import { type ListedRun, type RunState, viewOfListed } from "./listed-run.ts";
import { type PlanPlace, samePlan } from "./plan-place.ts";
import { emptyRunView, foldEvent, type RunView } from "./run-view.ts";

/** A run as the workspace knows it. */
export interface KnownRun {
  readonly runId: string;
  readonly home: string;
  readonly title: string;
  readonly state: RunState;
  readonly startedAt: string;
  readonly place: PlanPlace | null;
  /** Stop was asked for, and the run has not said yet that it has stopped. */
  readonly stopping: boolean;
  readonly view: RunView;
}

/** What `sampan run --detach --json` and `resume --detach --json` print. */
interface StartedRun {
  readonly runId?: string;
  readonly home?: string;
  readonly exitCode?: number;
}

/** How a plan is started. */
export interface StartRequest {
  readonly place: PlanPlace;
  readonly file: string;
  /** Which of the file's plans, as `--plan` takes it; all of them without. */
  readonly plan?: string;
  readonly through?: string;
  readonly rehearse?: boolean;
  readonly again?: boolean;
}

const placesKey = "sampan.places";
const mostPlaces = 200;

/**
 * The runs of this workspace. A run is a process of its own: closing the window ends none, and each window that opens follows those
 * that go on. What is known of a run comes from `sampan` alone.
 */
export class Logbook implements vscode.Disposable {
  readonly #program: ProgramAccess;
  readonly #passwords: Passwords;
  readonly #memory: vscode.Memento;
  readonly #output: vscode.LogOutputChannel;
  readonly #runs = new Map<string, KnownRun>();
  readonly #followers = new Set<string>();
  readonly #reading = new Map<string, Promise<void>>();
  /** Ends what reads the records of runs. */
  readonly #closing = new AbortController();
  readonly #changed = new vscode.EventEmitter<KnownRun | null>();
  /** A run that changed; `null` when the list did. */
  readonly onDidChange = this.#changed.event;

  constructor(
    program: ProgramAccess,
    passwords: Passwords,
    memory: vscode.Memento,
    output: vscode.LogOutputChannel,
  ) {
    this.#program = program;
    this.#passwords = passwords;
    this.#memory = memory;
    this.#output = output;
  }

  /** Newest first. */
  list(): readonly KnownRun[] {
    return [...this.#runs.values()].sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
  }

  get(runId: string): KnownRun | undefined {
    return this.#runs.get(runId);
  }

  /** The run that matters for a plan: one that goes on, else the newest. */
  ofPlace(place: PlanPlace): KnownRun | undefined {
    const runs = this.list().filter((run) => run.place !== null && samePlan(run.place, place));
    return runs.find((run) => run.state === "running") ?? runs[0];
  }

  /**
   * Asks `sampan` which runs there are around these folders, and follows those that go on. `placeOf` says where a run that this
   * window did not start comes from.
   */
  async refresh(
    folders: readonly string[],
    placeOf: (run: { readonly home: string; readonly title: string }) => PlanPlace | null,
  ): Promise<void> {
    if (typeof this.#program.find() === "string") return;
    const lists = await Promise.all(
      folders.map((cwd) =>
        this.#program.ask<readonly ListedRun[]>(["runs", "--json"], { cwd }).catch((error: unknown) => {
          this.#output.warn(`listing the runs around ${cwd}: ${String(error)}`);
          return [];
        }),
      ),
    );
    const listed = new Map(lists.flat().map((run) => [run.runId, run]));
    for (const runId of this.#runs.keys()) {
      if (!listed.has(runId) && !this.#followers.has(runId)) this.#runs.delete(runId);
    }
    for (const run of listed.values()) {
      if (this.#followers.has(run.runId)) continue;
      const known = this.#runs.get(run.runId);
      this.#runs.set(run.runId, {
        runId: run.runId,
        home: run.home,
        title: run.title,
        state: run.state,
        startedAt: run.startedAt,
        place: known?.place ?? this.#places()[run.runId] ?? placeOf(run),
        stopping: false,
        view: viewOfListed(run, known?.view),
      });
      if (run.state === "running") this.#follow(run.runId);
    }
    this.#changed.fire(null);
  }

  /**
   * Starts a plan in a process of its own, or goes on with its earlier run; `null` when nothing had to be done, or a person did not agree to
   * what would be changed.
   */
  async start(request: StartRequest): Promise<KnownRun | null> {
    const args = ["run", request.file, "--detach", "--json"];
    if (request.plan !== undefined) args.push("--plan", request.plan);
    if (request.through !== undefined) args.push("--through", request.through);
    if (request.rehearse) args.push("--cloud", "simulator");
    if (request.again) args.push("--again");
    const started = await this.#begun(args, dirname(request.file));
    return started === null ? null : this.#opened(started, request.place);
  }

  /** Goes on with a run that does not go on by itself. */
  async resume(runId: string): Promise<KnownRun | null> {
    const run = this.#required(runId);
    const args = ["resume", runId, "--detach", "--json", "--home", run.home];
    const started = await this.#begun(args, dirname(run.home));
    return started === null ? null : this.#opened({ home: run.home, ...started }, run.place);
  }

  /** Asks a run to stop. It has stopped once it says so itself, which ends what follows it. */
  async cancel(runId: string): Promise<void> {
    const run = this.#required(runId);
    this.#change(runId, { stopping: true });
    try {
      const args = ["cancel", runId, "--json", "--home", run.home];
      const cwd = dirname(run.home);
      const stopped = await agreed((answers) => this.#program.ask([...args, ...answers], { cwd }), askPerson);
      if (stopped === null) this.#change(runId, { stopping: false });
    } catch (error) {
      this.#change(runId, { stopping: false });
      throw error;
    }
  }

  /** Reads all events of a run that has ended, so that its view has times and findings. */
  async load(runId: string): Promise<KnownRun | undefined> {
    const run = this.#runs.get(runId);
    if (run === undefined || this.#followers.has(runId) || run.view.startedAtMs !== null) return run;
    // A view, a drawing and the hints of one run may want it at the same time.
    const reading = this.#reading.get(runId) ?? this.#read(run).finally(() => this.#reading.delete(runId));
    this.#reading.set(runId, reading);
    await reading;
    return this.#runs.get(runId);
  }

  dispose(): void {
    // What follows a run ends; the runs themselves go on.
    this.#closing.abort();
    this.#changed.dispose();
  }

  async #read({ runId, home }: KnownRun): Promise<void> {
    let view = emptyRunView;
    await this.#program.call(["attach", runId, "--json", "--home", home], {
      cwd: dirname(home),
      signal: this.#closing.signal,
      onValue: (value) => {
        if (isEvent(value)) view = foldEvent(view, value);
      },
    });
    // What follows it since knows more.
    if (view.runId !== "" && !this.#followers.has(runId)) this.#change(runId, { view });
  }

  /** Starts work in a process of its own, with the passwords it needs; `null` when a person did not agree, or gave none. */
  #begun(args: readonly string[], cwd: string): Promise<StartedRun | null> {
    return agreedWithPasswords(
      (answers, input) =>
        this.#program.ask<StartedRun>([...args, "--passwords-stdin", ...answers], { cwd, input }),
      askPerson,
      this.#passwords,
    );
  }

  #opened(started: StartedRun, place: PlanPlace | null): KnownRun | null {
    const { runId, home } = started;
    if (runId === undefined || home === undefined) return null;
    const known = this.#runs.get(runId);
    this.#runs.set(runId, {
      runId,
      home,
      title: known?.title ?? "",
      state: "running",
      startedAt: known?.startedAt ?? new Date().toISOString(),
      place: place ?? known?.place ?? null,
      stopping: false,
      view: { ...(known?.view ?? emptyRunView), runId, end: null },
    });
    if (place !== null) this.#remember(runId, place);
    this.#follow(runId);
    this.#changed.fire(null);
    return this.#runs.get(runId) ?? null;
  }

  #follow(runId: string): void {
    const run = this.#runs.get(runId);
    if (run === undefined || this.#followers.has(runId)) return;
    this.#followers.add(runId);
    const { signal } = this.#closing;
    // The record is replayed from its first event, so the view starts anew.
    let view = emptyRunView;
    this.#program
      .call(["attach", runId, "--json", "--home", run.home], {
        cwd: dirname(run.home),
        signal,
        onValue: (value) => {
          if (!isEvent(value)) return;
          view = foldEvent(view, value);
          this.#change(runId, { view, title: view.title });
        },
      })
      .catch((error: unknown) => this.#output.warn(`following run ${runId}: ${String(error)}`))
      .finally(() => {
        this.#followers.delete(runId);
        if (signal.aborted) return;
        this.#change(runId, { state: view.end?.kind ?? "interrupted", stopping: false });
        this.#changed.fire(null);
      });
  }

  #change(runId: string, change: Partial<KnownRun>): void {
    const run = this.#runs.get(runId);
    if (run === undefined) return;
    const changed = { ...run, ...change };
    this.#runs.set(runId, changed);
    this.#changed.fire(changed);
  }

  #required(runId: string): KnownRun {
    const run = this.#runs.get(runId);
    if (run !== undefined) return run;
    throw new ProgramError("RUN_NOT_FOUND", vscode.l10n.t("Run {0} is not known here.", runId), "");
  }

  #places(): Readonly<Record<string, PlanPlace>> {
    return this.#memory.get<Record<string, PlanPlace>>(placesKey, {});
  }

  #remember(runId: string, place: PlanPlace): void {
    const places = [
      ...Object.entries(this.#places()).filter(([id]) => id !== runId),
      [runId, place] as const,
    ];
    void this.#memory.update(placesKey, Object.fromEntries(places.slice(-mostPlaces)));
  }
}

function isEvent(value: unknown): value is RunEvent {
  return typeof value === "object" && value !== null && "seq" in value && "runId" in value && "at" in value;
}
