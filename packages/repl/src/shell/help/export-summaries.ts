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
  cachedNames: {
    signature: "cachedNames({ choice, home, env })",
    summary: "Gives the names of the account as the cloud told them last.",
  },
  refreshNames: {
    signature: "refreshNames({ choice, home, env })",
    summary: "Asks the cloud for the names of the account, and keeps them.",
  },
  outlineOf: { signature: "outlineOf(value)", summary: "Tells what a plan is, without touching it." },
  defineConfig: { signature: "defineConfig(settings)", summary: "Gives `sampan.config.ts` its types." },
  surveyHost: {
    signature: "surveyHost(source, options?)",
    summary: "Looks at a host: how it is reached, its tools, its room.",
  },
  lookAtWorld: {
    signature: "lookAtWorld(plan, options)",
    summary: "Looks at source and cloud as a plan would find them; changes nothing.",
  },
  forecastOf: {
    signature: "forecastOf(plan, options)",
    summary: "Says what a plan would read, create, overwrite and cost.",
  },
  changesSince: {
    signature: "changesSince(saved, options)",
    summary: "Says what changed in the world since a plan was written down.",
  },
  worldChangedError: {
    signature: "worldChangedError(saved, changes)",
    summary: "Makes the error that names what changed.",
  },
  savedPlansJson: {
    signature: "savedPlansJson(plans)",
    summary: "Writes plans down with the world they were made for.",
  },
  isSavedPlans: { signature: "isSavedPlans(json)", summary: "Tells whether JSON is plans written down." },
  readSavedPlans: {
    signature: "readSavedPlans(json, path)",
    summary: "Reads plans that were written down; refuses what was edited.",
  },
  mergePolicies: { signature: "mergePolicies(policies)", summary: "Makes one RAM policy of several." },
};
