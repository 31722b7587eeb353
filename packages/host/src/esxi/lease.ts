import { type Clock, SampanError } from "@sampan/core";
import type { Shell } from "../connection/shell.ts";

/** What is leased, and where the host notes it. */
export interface Lease {
  /** The moment's own file on the host: while it changes, somebody reads. */
  readonly file: string;
  /** Begins the names of the files of all moments that share the snapshot. */
  readonly group: string;
  readonly leaseMs: number;
  readonly machineId: number;
  readonly vmsd: string;
  /** The snapshot's name: letters, digits and dashes. */
  readonly snapshot: string;
}

/**
 * Watches a lease on the host, apart from any connection. Counted is not time by a clock, which may be set, but how often the
 * file stayed as it was. Ends by itself when the file is gone. The snapshot's number must be the same in its machine's file and in
 * ESXi's list before it is removed.
 */
const watchScript = `lease=$1 limit=$2 tick=$3 machine=$4 name=$5 group=$6 vmsd=$7
trap '' HUP
idle=0 last=
while sleep "$tick"; do
  [ -f "$lease" ] || exit 0
  now=$(cat "$lease")
  if [ "$now" != "$last" ]; then last=$now; idle=0; continue; fi
  idle=$((idle + tick))
  [ "$idle" -ge "$limit" ] || continue
  rm -f "$lease"
  for other in "$group"*.lease; do [ ! -f "$other" ] || exit 0; done
  place=$(sed -n "s/^snapshot\\([0-9][0-9]*\\)\\.displayName = \\"$name\\".*/\\1/p" "$vmsd" | head -n 1)
  [ -n "$place" ] || exit 0
  id=$(sed -n "s/^snapshot$place\\.uid = \\"\\([0-9][0-9]*\\)\\".*/\\1/p" "$vmsd" | head -n 1)
  vim-cmd vmsvc/snapshot.get "$machine" | grep -A 1 "Snapshot Name *: $name *$" | grep "Snapshot Id *: $id *$" || exit 0
  vim-cmd vmsvc/snapshot.remove "$machine" "$id"
  exit 0
done`;

const startScript = `watch=$1; shift
umask 077
if [ -f "$1" ]; then echo "$8" > "$1"; exit 0; fi
echo "$8" > "$1" || exit 1
if command -v setsid >/dev/null 2>&1
then setsid sh -c "$watch" sh "$@" </dev/null >/dev/null 2>&1 &
else sh -c "$watch" sh "$@" </dev/null >/dev/null 2>&1 &
fi`;

const renewScript = '[ -f "$1" ] || exit 44; echo "$2" > "$1"';

/** Ends a lease; says with 44 that others still hold the snapshot. */
const endScript = `rm -f "$1"
for other in "$2"*.lease; do [ ! -f "$other" ] || exit 44; done`;

/**
 * Starts a lease on the host, with a process there that removes the snapshot once nobody has renewed it for its time; one that is there
 * already is renewed. It outlives the connection and this program, but not a restart of the host.
 */
export async function startLease(
  shell: Shell,
  lease: Lease,
  stamp: string,
  signal?: AbortSignal,
): Promise<void> {
  const seconds = Math.max(1, Math.round(lease.leaseMs / 1000));
  const tick = Math.max(1, Math.min(15, Math.floor(seconds / 4)));
  const { file, machineId, snapshot, group, vmsd } = lease;
  const { exitCode, stderr } = await shell.script(
    startScript,
    [watchScript, file, String(seconds), String(tick), String(machineId), snapshot, group, vmsd, stamp],
    signal ? { signal } : {},
  );
  if (exitCode === 0) return;
  throw new SampanError("HOST_COMMAND_FAILED", `noting a lease on ${shell.title}: ${stderr.slice(0, 200)}`, {
    details: { file, exitCode },
  });
}

/** Renews a lease; false when the host has let go. */
export async function renewLease(
  shell: Shell,
  { file }: Pick<Lease, "file">,
  stamp: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const { exitCode } = await shell.script(renewScript, [file, stamp], signal ? { signal } : {});
  return exitCode === 0;
}

/** Ends a lease; true when it was the last that held its snapshot. */
export async function endLease(
  shell: Shell,
  { file, group }: Pick<Lease, "file" | "group">,
  signal?: AbortSignal,
): Promise<boolean> {
  const { exitCode } = await shell.script(endScript, [file, group], signal ? { signal } : {});
  return exitCode !== 44;
}

/**
 * Keeps a lease alive while something is read.
 *
 * Whether it still held when a read had ended is told by our own clock: the host lets go only once its time has passed since the last
 * renewal that reached it.
 */
export class KeptLease {
  readonly #renew: () => Promise<boolean>;
  readonly #leaseMs: number;
  readonly #clock: Clock;
  readonly #stop = new AbortController();
  #renewedAt: number;
  #lost = false;

  /** @param renewedAt when the lease was asked for: the host may count from then on. */
  constructor(leaseMs: number, renewedAt: number, clock: Clock, renew: () => Promise<boolean>) {
    this.#leaseMs = leaseMs;
    this.#clock = clock;
    this.#renew = renew;
    this.#renewedAt = renewedAt;
    void this.#keep();
  }

  get holds(): boolean {
    return !this.#lost && this.#clock.now() - this.#renewedAt < this.#leaseMs;
  }

  stop(): void {
    this.#stop.abort();
  }

  async #keep(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#clock.sleep(this.#leaseMs / 4, this.#stop.signal).catch(() => undefined);
      if (this.#stop.signal.aborted || !this.holds) return;
      const began = this.#clock.now();
      // A connection that is lost may come back before the time is over.
      const held = await this.#renew().catch(() => undefined);
      if (held === true) this.#renewedAt = began;
      if (held === false) this.#lost = true;
    }
  }
}
