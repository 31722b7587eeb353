import type { PlacedValue } from "../analysis/placed-value.ts";
import type { AnalysisOptions } from "../analysis/plan-analysis.ts";
import { type AccountNames, factsToJudgeBy, type KnownNames, namesToOffer } from "../features/known-names.ts";
import { lastRunsOf, type PlanRun } from "../features/plan-run.ts";
import type { ClientFacts } from "./client-facts.ts";
import { OpenPlans } from "./open-plans.ts";
import type { PlanReader, ServerPorts } from "./server-ports.ts";
import { defaultSettings, type ServerSettings } from "./settings.ts";
import { SharedNames } from "./shared-names.ts";
import { WorkspacePlans } from "./workspace-plans.ts";

/** Everything a server knows between two messages. */
export class ServerState {
  readonly client: ClientFacts;
  readonly ports: ServerPorts;
  readonly plans: OpenPlans;
  readonly workspace: WorkspacePlans;
  /** What plans make under names that no other may use too. */
  readonly shared = new SharedNames(() => this.folders);
  settings: ServerSettings;
  folders: readonly string[];
  #runs: readonly PlanRun[] = [];
  #accounts: readonly AccountNames[] = [];
  #reader: PlanReader | undefined;
  #loading: Promise<PlanReader> | undefined;

  constructor(client: ClientFacts, ports: ServerPorts) {
    this.client = client;
    this.ports = ports;
    this.settings = defaultSettings;
    this.folders = client.folders;
    this.plans = new OpenPlans(
      client.unit,
      (text, options) => {
        if (this.#reader === undefined) throw new Error("a plan is read before its reader is loaded");
        const read = this.#reader.analysePlan(text, options);
        const account = factsToJudgeBy(
          this.#accounts,
          read.chains.map(({ context }) => context),
        );
        return account === undefined ? read : this.#reader.analysePlan(text, { ...options, account });
      },
      (uri) => this.#optionsOf(uri),
      this.shared,
    );
    this.workspace = new WorkspacePlans(ports.files, this.plans, client.unit);
  }

  /** What reads plans; loaded once. Every answer about a plan begins by waiting for it. */
  async reader(): Promise<PlanReader> {
    if (this.#reader !== undefined) return this.#reader;
    this.#loading ??= this.ports.loadReader();
    this.#reader = await this.#loading;
    return this.#reader;
  }

  get runs(): readonly PlanRun[] {
    return this.#runs;
  }

  /** Takes the runs the client told of. True when plans have to be judged again: not for progress alone. */
  takeRuns(runs: readonly PlanRun[]): boolean {
    const before = judgedOf(this.#runs);
    this.#runs = runs;
    if (judgedOf(runs) === before) return false;
    this.plans.forget();
    return true;
  }

  /** Names to offer for a plan, by what `Migration.with` was given. */
  namesFor(context: PlacedValue | undefined): KnownNames {
    return namesToOffer(this.#accounts, context);
  }

  /** Takes names of accounts. True when they are others than before. */
  takeNames(accounts: readonly AccountNames[]): boolean {
    if (JSON.stringify(accounts) === JSON.stringify(this.#accounts)) return false;
    this.#accounts = accounts;
    this.plans.forget();
    return true;
  }

  #optionsOf(uri: string): AnalysisOptions {
    return {
      path: uri,
      language: this.settings.language,
      levels: this.settings.levels,
      extraRegions: this.settings.extraRegions,
      lastRuns: lastRunsOf(this.#runs, uri),
      elsewhere: this.shared.index.elsewhere(uri),
      nowMs: this.ports.clock.now(),
    };
  }
}

/** What of the runs the rules look at. */
function judgedOf(runs: readonly PlanRun[]): string {
  return JSON.stringify(runs.map((run) => [run.uri, lastRunsOf([run], run.uri)]));
}
