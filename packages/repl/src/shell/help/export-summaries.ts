/** What the functions and objects of the SDK do, in a sentence each: their types are gone when the shell could ask them. */
export const exportSummaries: Readonly<
  Record<string, { readonly signature: string; readonly summary: string }>
> = {
  Migration: {
    signature: "Migration.from(source) · Migration.with({ cloud, profile, region }).from(source)",
    summary: "Begins a plan: names the host. Does no I/O.",
  },
  isStage: { signature: "isStage(value)", summary: "Tells whether a value is a plan." },
  stageOf: { signature: "stageOf(json)", summary: "Makes a plan of its JSON, checked." },
  runAll: {
    signature: "runAll(plans, options?)",
    summary: "Runs several plans, some at once; can be awaited.",
  },
  startAll: {
    signature: "startAll(jobs, options)",
    summary: "Runs plans that a program of yours starts, some at once.",
  },
  usualParallelPlans: { signature: "usualParallelPlans", summary: "How many plans run at once unless told." },
  describePlan: {
    signature: "describePlan(plan)",
    summary: "Says what a plan's JSON would do, one line a step.",
  },
  parsePlan: { signature: "parsePlan(json)", summary: "Checks JSON to be a plan." },
  planFingerprint: { signature: "planFingerprint(plan)", summary: "Gives what tells one plan from another." },
  resolvePlan: { signature: "resolvePlan(plan, folder)", summary: "Makes the paths of a plan absolute." },
  parseSource: {
    signature: "parseSource(text)",
    summary: "Reads a host as people write it: `ssh://…`, a path.",
  },
  resolveSource: {
    signature: "resolveSource(source, folder)",
    summary: "Makes the paths of a source absolute.",
  },
  sourceTitle: { signature: "sourceTitle(source)", summary: "Writes a source as people do." },
  chooseCloud: {
    signature: "chooseCloud({ flag, profile, plan, env })",
    summary: "Says which cloud a run talks to.",
  },
  connectCloud: {
    signature: "connectCloud(choice, home, options?)",
    summary: "Connects to a cloud; close it after use.",
  },
  findCloudCredentials: {
    signature: "findCloudCredentials(choice, env)",
    summary: "Finds the credentials of a real account.",
  },
  whoAmI: {
    signature: "whoAmI(choice, { home, env })",
    summary: "Says whose credentials a choice of cloud means.",
  },
  createEmbeddedRunner: {
    signature: "createEmbeddedRunner({ home, cloud })",
    summary: "Makes what runs plans in this process: start, resume, list, cancel.",
  },
  sampanHome: { signature: "sampanHome({ env, baseFolder })", summary: "Says where runs are recorded." },
  reportOf: { signature: "reportOf(plan, events)", summary: "Makes a report of a run." },
  openHost: {
    signature: "openHost(source, options?)",
    summary: "Opens a live machine by its source; close it after use.",
  },
  heldMoments: { signature: "heldMoments(…)", summary: "Lists what is still held on a host." },
  readSecret: {
    signature: "readSecret(from, world)",
    summary: "Reads a password from where a plan says it is.",
  },
  bandwidthBudget: {
    signature: "bandwidthBudget(bytesPerSecond)",
    summary: "Makes a budget that uploads share.",
  },
  leftError: { signature: "leftError(runId)", summary: "Makes the error of having left a run." },
  followingDeadlineError: {
    signature: "followingDeadlineError(runId, ms)",
    summary: "Makes the error of having stopped waiting for a run.",
  },
};
