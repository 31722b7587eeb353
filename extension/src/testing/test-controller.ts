import * as vscode from "vscode";
import type { ChainIds } from "../language/chain-ids.ts";
import { oneLine } from "../one-line.ts";
import type { OutlineChain } from "../plans/outline.ts";
import { type PlanFile, type PlanFiles, rangeOf } from "../plans/plan-files.ts";
import { shortHost } from "../plans/short-host.ts";
import { type StepState, stepStates } from "../plans/steps.ts";
import { showProblem } from "../program/program-access.ts";
import type { KnownRun, Logbook } from "../runs/logbook.ts";
import { formatDuration } from "../runs/numbers.ts";
import { type PlanPlace, samePlan } from "../runs/plan-place.ts";
import { planItems } from "./plan-items.ts";
import { failureMarkdown } from "./test-messages.ts";

/** How the controller has a plan started; gives `null` when nothing was. */
export type StartChain = (
  place: PlanPlace,
  how: { readonly through?: string; readonly rehearse?: boolean },
) => Promise<KnownRun | null>;

/** What the controller works with. */
export interface TestSurroundings {
  readonly plans: PlanFiles;
  readonly logbook: Logbook;
  readonly chainIds: ChainIds;
  /** Told when the language server has named plans anew. */
  readonly named: vscode.Event<void>;
  readonly start: StartChain;
}

/** What a test item stands for. */
interface ItemPlace {
  readonly place: PlanPlace;
  /** `null` for the plan itself. */
  readonly step: number | null;
}

/** A run that the Testing view shows. */
interface ShownRun {
  readonly testRun: vscode.TestRun;
  readonly chainItem: vscode.TestItem;
  readonly chain: OutlineChain;
  readonly told: StepState["state"][];
  /** How many lines of its log have been told. */
  toldLines: number;
  readonly end: () => void;
}

/**
 * Plans in the Testing view: files, their plans, their steps. Gives the gutter its buttons, and each step its result, time and
 * message. Runs that go on when a window opens are shown as they go on.
 */
export class PlanTests implements vscode.Disposable {
  readonly #controller: vscode.TestController;
  readonly #plans: PlanFiles;
  readonly #logbook: Logbook;
  readonly #chainIds: ChainIds;
  readonly #start: StartChain;
  readonly #places = new WeakMap<vscode.TestItem, ItemPlace>();
  readonly #shown = new Map<string, ShownRun>();
  /** Chains that are being started from here: what they become is shown by the request that started them. */
  readonly #starting = new Set<string>();
  readonly #subscriptions: vscode.Disposable[] = [];

  constructor({ plans, logbook, chainIds, named, start }: TestSurroundings) {
    this.#plans = plans;
    this.#logbook = logbook;
    this.#chainIds = chainIds;
    this.#start = start;
    this.#controller = vscode.tests.createTestController("sampan", "Sampan");
    const { Run } = vscode.TestRunProfileKind;
    const { l10n } = vscode;
    this.#controller.createRunProfile(
      l10n.t("Run"),
      Run,
      (request, token) => this.#run(request, token, {}),
      true,
    );
    this.#controller.createRunProfile(l10n.t("Rehearse"), Run, (request, token) =>
      this.#run(request, token, { rehearse: true }),
    );
    this.#controller.createRunProfile(l10n.t("Assess"), Run, (request, token) =>
      this.#run(request, token, { through: "assess" }),
    );
    this.#controller.refreshHandler = () => this.#plans.load();
    this.#subscriptions.push(
      this.#controller,
      plans.onDidChange(() => this.#draw()),
      named(() => this.#draw()),
      logbook.onDidChange((run) => (run === null ? this.#attach() : this.#tell(run))),
    );
    this.#draw();
  }

  dispose(): void {
    for (const { testRun } of this.#shown.values()) testRun.end();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #draw(): void {
    const files = this.#plans.all();
    const wanted = new Set(files.map((file) => file.uri.toString()));
    this.#controller.items.forEach((item) => {
      if (!wanted.has(item.id)) this.#controller.items.delete(item.id);
    });
    for (const file of files) this.#drawFile(file);
  }

  #drawFile(file: PlanFile): void {
    const uri = file.uri.toString();
    const label = vscode.workspace.asRelativePath(file.uri);
    const fileItem = this.#item(this.#controller.items, uri, label, file.uri);
    const rows = planItems(uri, file.chains, this.#chainIds.ofFile(uri));
    keepOnly(fileItem.children, new Set(rows.map(({ id }) => id)));
    for (const [index, { id, place, source, chain }] of rows.entries()) {
      const title = shortHost(source ?? vscode.l10n.t("host computed at run time"));
      const chainItem = this.#item(fileItem.children, id, title, file.uri);
      chainItem.range = rangeOf(file.text, chain.span);
      chainItem.label = title;
      chainItem.sortText = String(index).padStart(4, "0");
      this.#places.set(chainItem, { place, step: null });
      keepOnly(
        chainItem.children,
        new Set(chain.steps.map((step, index) => stepId(chainItem.id, index, step.verb))),
      );
      chain.steps.forEach((step, index) => {
        const stepItem = this.#item(
          chainItem.children,
          stepId(chainItem.id, index, step.verb),
          step.verb,
          file.uri,
        );
        stepItem.range = rangeOf(file.text, step.name);
        stepItem.sortText = String(index).padStart(4, "0");
        stepItem.description = step.strings.join(", ");
        this.#places.set(stepItem, { place, step: index });
      });
    }
  }

  #item(among: vscode.TestItemCollection, id: string, label: string, uri: vscode.Uri): vscode.TestItem {
    const known = among.get(id);
    if (known !== undefined) return known;
    const item = this.#controller.createTestItem(id, label, uri);
    among.add(item);
    return item;
  }

  async #run(
    request: vscode.TestRunRequest,
    token: vscode.CancellationToken,
    how: { readonly through?: string; readonly rehearse?: boolean },
  ): Promise<void> {
    const testRun = this.#controller.createTestRun(request);
    const wanted = this.#wanted(request);
    await Promise.all(
      wanted.map(async ({ item, chain, place, through }) => {
        const limit = how.through ?? through;
        testRun.enqueued(item);
        for (const [, child] of item.children) testRun.enqueued(child);
        this.#starting.add(item.id);
        try {
          const run = await this.#start(place, {
            ...how,
            ...(limit === undefined ? {} : { through: limit }),
          });
          if (run === null) {
            testRun.skipped(item);
            for (const [, child] of item.children) testRun.skipped(child);
            return;
          }
          token.onCancellationRequested(() => this.#logbook.cancel(run.runId).catch(showProblem));
          if (token.isCancellationRequested) await this.#logbook.cancel(run.runId);
          await this.#show(testRun, item, chain, run);
        } catch (error) {
          testRun.errored(
            item,
            new vscode.TestMessage(error instanceof Error ? error.message : String(error)),
          );
          void showProblem(error);
        } finally {
          this.#starting.delete(item.id);
        }
      }),
    );
    testRun.end();
  }

  /** The chains that a request is for, each with the step it is to stop after. */
  #wanted(request: vscode.TestRunRequest) {
    const items = new Map<
      string,
      { item: vscode.TestItem; chain: OutlineChain; place: PlanPlace; through?: string }
    >();
    const add = (item: vscode.TestItem): void => {
      if (request.exclude?.includes(item)) return;
      const at = this.#places.get(item);
      if (at === undefined) {
        item.children.forEach(add);
        return;
      }
      const chain = this.#plans.get(vscode.Uri.parse(at.place.uri))?.chains[at.place.chain];
      const chainItem = at.step === null ? item : item.parent;
      if (chain === undefined || chainItem === undefined) return;
      const verb = at.step === null ? undefined : chain.steps[at.step]?.verb;
      const isLast = at.step === chain.steps.length - 1;
      const through = verb === undefined || isLast ? {} : { through: verb };
      items.set(chainItem.id, { item: chainItem, chain, place: at.place, ...through });
    };
    if (request.include === undefined) this.#controller.items.forEach(add);
    else for (const item of request.include) add(item);
    return [...items.values()];
  }

  /** Shows a run until it has ended. */
  #show(testRun: vscode.TestRun, item: vscode.TestItem, chain: OutlineChain, run: KnownRun): Promise<void> {
    this.#shown.get(run.runId)?.end();
    return new Promise((resolve) => {
      const end = (): void => {
        this.#shown.delete(run.runId);
        resolve();
      };
      const told = chain.steps.map(() => "waiting" as const);
      this.#shown.set(run.runId, { testRun, chainItem: item, chain, told, toldLines: 0, end });
      testRun.started(item);
      testRun.appendOutput(`${vscode.l10n.t("run {0}", run.runId)}\r\n`);
      this.#tell(this.#logbook.get(run.runId) ?? run);
    });
  }

  /** Shows runs that go on and that nobody shows yet: those of before a reload, and of other windows and terminals. */
  #attach(): void {
    for (const run of this.#logbook.list()) {
      if (run.state !== "running" || run.place === null || this.#shown.has(run.runId)) continue;
      const { uri, chain: index } = run.place;
      const chain = this.#plans.get(vscode.Uri.parse(uri))?.chains[index];
      const item = this.#itemOf(run.place);
      if (item === undefined || chain === undefined || this.#starting.has(item.id)) continue;
      const testRun = this.#controller.createTestRun(new vscode.TestRunRequest([item]), run.title, false);
      testRun.token.onCancellationRequested(() => this.#logbook.cancel(run.runId).catch(showProblem));
      void this.#show(testRun, item, chain, run).then(() => testRun.end());
    }
  }

  /** The item of a plan; of a run that is known by its chain alone, where that makes one plan only. */
  #itemOf(place: PlanPlace): vscode.TestItem | undefined {
    const fitting: vscode.TestItem[] = [];
    this.#controller.items.get(place.uri)?.children.forEach((item) => {
      const at = this.#places.get(item);
      if (at !== undefined && samePlan(at.place, place)) fitting.push(item);
    });
    return fitting.length === 1 ? fitting[0] : undefined;
  }

  #tell(run: KnownRun): void {
    const shown = this.#shown.get(run.runId);
    if (shown === undefined) return;
    const { testRun, chainItem, chain } = shown;
    const states = stepStates(run.view, chain.steps);
    states.forEach((now, index) => {
      const step = chain.steps[index];
      const item = step && chainItem.children.get(stepId(chainItem.id, index, step.verb));
      if (item === undefined || now.state === shown.told[index]) return;
      shown.told[index] = now.state;
      tellStep(testRun, item, now);
    });
    const { log, logged } = run.view;
    // The view keeps the last lines alone.
    for (const { message } of log.slice(Math.max(0, log.length - (logged - shown.toldLines)))) {
      testRun.appendOutput(`${oneLine(message)}\r\n`, undefined, chainItem);
    }
    shown.toldLines = Math.max(shown.toldLines, logged);
    if (run.state !== "running") this.#finish(shown, run);
  }

  #finish(shown: ShownRun, run: KnownRun): void {
    const { testRun, chainItem, chain } = shown;
    const { end } = run.view;
    const took = tookMs(run);
    if (end?.kind === "finished") testRun.passed(chainItem, took);
    else if (end?.kind === "failed") {
      const message = new vscode.TestMessage(new vscode.MarkdownString(failureMarkdown(end.error)));
      const failed = chainItem.children.size > 0 && shown.told.includes("failed");
      // The step that failed has the message; the chain has it where no step of the text did.
      testRun.failed(chainItem, failed ? [] : message, took);
    } else {
      testRun.skipped(chainItem);
      const why = end?.kind === "cancelled" ? vscode.l10n.t("stopped") : vscode.l10n.t("interrupted");
      testRun.appendOutput(`${why}; ${vscode.l10n.t("Resume goes on with it")}\r\n`, undefined, chainItem);
    }
    chain.steps.forEach((step, index) => {
      const item = chainItem.children.get(stepId(chainItem.id, index, step.verb));
      const told = shown.told[index];
      if (item !== undefined && (told === "waiting" || told === "running")) testRun.skipped(item);
    });
    shown.end();
  }
}

function tellStep(testRun: vscode.TestRun, item: vscode.TestItem, now: StepState): void {
  if (now.state === "running") testRun.started(item);
  if (now.state === "passed") {
    testRun.passed(item, now.tookMs ?? undefined);
    const time = now.tookMs === null ? "" : ` (${formatDuration(now.tookMs)})`;
    testRun.appendOutput(`${item.label}${time}\r\n`, undefined, item);
  }
  if (now.state !== "failed") return;
  const error = now.stages.find((stage) => stage.error !== null)?.error;
  const text = error ? new vscode.MarkdownString(failureMarkdown(error)) : item.label;
  const message = new vscode.TestMessage(text);
  if (item.uri !== undefined && item.range !== undefined)
    message.location = new vscode.Location(item.uri, item.range);
  testRun.failed(item, message, now.tookMs ?? undefined);
}

function tookMs(run: KnownRun): number | undefined {
  const { startedAtMs, lastAtMs } = run.view;
  return startedAtMs === null || lastAtMs === null ? undefined : lastAtMs - startedAtMs;
}

function stepId(chainId: string, index: number, verb: string): string {
  return `${chainId}/${index}:${verb}`;
}

function keepOnly(items: vscode.TestItemCollection, ids: ReadonlySet<string>): void {
  items.forEach((item) => {
    if (!ids.has(item.id)) items.delete(item.id);
  });
}
