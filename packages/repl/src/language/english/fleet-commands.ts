/** What the commands of a fleet say, besides its dashboard. */
export const fleetCommands = {
  "fleet-run.alone":
    "no store: the hosts are migrated by this machine alone (--store, or SAMPAN_FLEET_STORE, shares the work)",
  "fleet-run.taken-as-done": "taken to have been migrated already, for the wave waits for them: {hosts}",
  "fleet-run.warning": "{where}: {what}",
  "fleet-run.store": "store {address}",
  "fleet-run.store-warning": "warning of the store: {what}",
  "fleet-run.stops": "Ctrl+C stops the hosts under way; the same command goes on with them",
  "fleet-run.leaves":
    "Ctrl+C leaves the hosts under way to the workers, and begins no more; the same command goes on",
  "fleet-run.left":
    "left: {running:host|hosts} under way go on at the workers, {waiting} wait for this command to be run again",
  "fleet-run.wrote": "wrote the report to {file}",
  "fleet-run.again": "the same command goes on with what did not end well",
  "fleet-run.real":
    "This has workers change a real account of Alibaba Cloud, with the credentials they have:",
  "fleet-status.none": "the store holds no runs",
  "fleet-status.finished":
    "{finished:run that has finished is|runs that have finished are} not shown; --all shows them",
  "fleet-status.drained": "drained",
  "fleet-cancel.title":
    "This cancels {runs:run|runs}, and what goes on for them in a real account of Alibaba Cloud:",
  "fleet-cancel.none": "none of them goes on: nothing was done",
  "fleet-resume.none": "no run of the store failed or was cancelled",
  "fleet-resume.watch": "workers go on with them; `sampan fleet watch` follows",
  "fleet-adopt.done": "the fleet has them now: `sampan fleet watch` follows them",
  "fleet-drain.done":
    "site {site} takes nothing new; {active:stage|stages} under way there go on to their end",
  "fleet-drain.undone": "site {site} takes work again",
  "fleet-gc.run": "run {run} · {title}, {state}, {size}",
  "fleet-gc.title":
    "This removes {runs:run|runs} from {store} for good; their hosts then count as never migrated:",
  "fleet-gc.title-named":
    "This removes run {run} from the fleet's store for good, after which its host counts as never migrated, and what it left in {who}:",
  "fleet-gc.missing": "not in this account, as it was deleted or is another's: {what}",
  "fleet-gc.none": "no run is to be removed",
  "fleet-gc.removed": "removed {runs:run|runs}, {size}",
  "fleet-gc.dry": "dry run: {runs:run|runs}, {size}, would be removed; nothing was done",
  "fleet-gc.swept": "removed of runs that were gone: {stages:stage|stages}, {artifacts:artifact|artifacts}",
  "fleet-gc.goes-on": "run {run} is going on: `sampan fleet cancel {run}` stops it",
  "fleet-gc.resumable":
    "run {run} stays: it is {state}, and can be gone on with; `sampan fleet gc {run}` removes it all the same",
  "fleet-gc.left": "run {run} stays: it left {what}; `sampan fleet gc {run}` deletes that too, after asking",
  "fleet-gc.unknown": "run {run} stays: what it left is not known ({why})",
  "fleet-gc.unreadable":
    "run {run} stays: it cannot be read, and what it left is not known; a newer Sampan may read it",
  "fleet-gc.changed": "run {run} stays: somebody went on with it just now",
  "fleet-worker.started": "worker {name} works for {where}",
  "fleet-worker.no-site": "what any worker may do",
  "fleet-worker.how-to-end": "Ctrl+C, or SIGTERM, gives its work back and ends it",
  "fleet-worker.ending": "giving work back: another worker goes on with it from where it is",
  "fleet-worker.begun": "begun",
  "fleet-worker.rehearsals":
    "without a real account (--cloud alibaba): it works on rehearsals alone, whose simulator listens somewhere",
  "fleet-watch.none": "no run of the store goes on",
  "fleet-watch.left": "left: the runs go on as they are",
  "fleet-dashboard.how": "for this machine alone; the token in the address opens it. Ctrl+C ends it",
  "fleet-worker.metrics": "metrics at {address}",
  "fleet-end.done": "done",
  "fleet-end.warnings": "warnings",
  "fleet-end.failed": "failed",
  "fleet-end.cancelled": "cancelled",
  "fleet-end.skipped": "skipped",
  "fleet-end.running": "running",
  "fleet-end.waiting": "waiting",
} as const;
