import { findInstanceType } from "./catalogue/instance-types.ts";

/** How many of a thing an account may have. */
export interface SimulatorQuotas {
  /** Custom images in a region: `QuotaExceed.Image`. */
  readonly images: number;
  /** Snapshots of one disk: `QuotaExceed.Snapshot`. */
  readonly snapshotsPerDisk: number;
  /** vCPUs of all instances in a region: `QuotaExceed.ElasticQuota`. */
  readonly vcpus: number;
  /** Images of a region that are shared at a time: `QuotaExceed.ShareImage`. */
  readonly sharedImages: number;
  /** Accounts an image is shared with: `QuotaExceed.ShareImageUser`. */
  readonly accountsPerImage: number;
}

/** A zone, an instance type, or one in the other, that is sold out: `OperationDenied.NoStock`. An absent field means all. */
export interface SoldOut {
  readonly zoneId?: string;
  readonly instanceType?: string;
}

/** One result of an image check. */
export interface DetectionItem {
  /** `GUESTOS.Virtio`. */
  readonly name: string;
  readonly value: string;
  /** Absent when there is no risk. */
  readonly riskCode?: string;
  readonly riskLevel?: string;
}

/** What can be set on the simulator's ECS at once; absent fields stay as they are. */
export interface EcsSettingsChange {
  readonly quotas?: Partial<SimulatorQuotas>;
  /** Replaces the list. */
  readonly soldOut?: readonly SoldOut[];
  /** Items every image check finds besides, or instead of, what it sees by itself: one of the same name wins. Replaces the list. */
  readonly detection?: readonly DetectionItem[];
}

/** The settings as `GET /_sampan/ecs` shows them. */
export type EcsSettingsState = Required<EcsSettingsChange> & { readonly quotas: SimulatorQuotas };

/** The default quotas: those of an account in good standing, as documented in 2026. */
export const defaultQuotas: SimulatorQuotas = {
  images: 100,
  snapshotsPerDisk: 256,
  vcpus: 500,
  sharedImages: 100,
  accountsPerImage: 50,
};

const listLimit = 1000;

/** Quotas, stock and image checks of a simulator. They hold for calls to come and are not kept over a restart. */
export class EcsSettings {
  #state: EcsSettingsState;

  constructor(initial: EcsSettingsChange) {
    this.#state = { quotas: defaultQuotas, soldOut: [], detection: [] };
    this.change(initial);
  }

  get quotas(): SimulatorQuotas {
    return this.#state.quotas;
  }

  get detection(): readonly DetectionItem[] {
    return this.#state.detection;
  }

  /** Whether a type can be had in a zone now. */
  isInStock(zoneId: string, instanceType: string): boolean {
    return !this.#state.soldOut.some(
      (entry) =>
        (entry.zoneId === undefined || entry.zoneId === zoneId) &&
        (entry.instanceType === undefined || entry.instanceType === instanceType),
    );
  }

  /** Applies a change. Throws a RangeError when a field is out of its range; nothing is changed then. */
  change(change: EcsSettingsChange): void {
    const { quotas = {}, soldOut = this.#state.soldOut, detection = this.#state.detection } = change;
    for (const [name, value] of Object.entries(quotas)) {
      if (!Object.hasOwn(defaultQuotas, name)) throw new RangeError(`there is no quota ${name}`);
      if (!Number.isInteger(value) || value < 0)
        throw new RangeError(`quotas.${name} must be a whole number`);
    }
    requireList("soldOut", soldOut);
    for (const { instanceType } of soldOut) {
      if (instanceType !== undefined && !findInstanceType(instanceType)) {
        throw new RangeError(`there is no instance type ${instanceType}`);
      }
    }
    requireList("detection", detection);
    for (const item of detection) {
      if (typeof item.name !== "string" || typeof item.value !== "string") {
        throw new RangeError("an item of detection has a name and a value");
      }
    }
    this.#state = { quotas: { ...this.#state.quotas, ...quotas }, soldOut, detection };
  }

  describe(): EcsSettingsState {
    return this.#state;
  }
}

function requireList(name: string, value: unknown): void {
  const isList = Array.isArray(value) && value.every((entry) => typeof entry === "object" && entry !== null);
  if (!isList || value.length > listLimit) throw new RangeError(`${name} must be a list of objects`);
}
