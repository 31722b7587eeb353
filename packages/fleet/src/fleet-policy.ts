/** Hours in which nothing new is started; what runs goes on. */
export interface Blackout {
  /** The site it is about; all of them when absent. */
  readonly site?: string;
  /** Days of the week it begins on; every day when absent. */
  readonly days?: readonly ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
  /** `HH:MM` in its time zone. */
  readonly from: string;
  /** `HH:MM`; before or at `from` it is of the next day. */
  readonly to: string;
  /** An IANA name such as `Asia/Shanghai`. */
  readonly timeZone: string;
}

/** In which order and how fast a fleet is migrated, and when that stops. Plain JSON. */
export interface FleetPolicy {
  /** Waves in their order; those not named follow by name (`2` before `10`). */
  readonly waves?: readonly string[];
  /** So many hosts of a wave are migrated first; all of them have to end well before the others begin. Default: 0. */
  readonly canaries?: number;
  /**
   * Share (0 to 1) of a wave's ended hosts that may have failed. Where more have, nothing of the wave and of later ones is begun any
   * more; what runs goes on to its end. Judged from 20 ended hosts on, when all of
   * the wave have ended, and as soon as so many have failed that the wave as a whole is past the limit. Default: 0.1.
   */
  readonly failureLimit?: number;
  /** Migrations of one site at the same time. Default: 10. */
  readonly hostsPerSite?: number;
  /** Migrations of the whole fleet at the same time. Default: 100. */
  readonly hostsAtOnce?: number;
  readonly blackouts?: readonly Blackout[];
  /** What the uploads of a site may send together, in bytes a second, by site; unlimited where absent. */
  readonly bandwidth?: Readonly<Record<string, number>>;
}
