// Tells a chat how a migration goes, by rxjs and a webhook such as Slack's. Run: WEBHOOK_URL=https://… npx jiti notify-a-webhook.ts
//
// What begins, what is found and how it ends is told at once; of progress the last word of each minute.
import { concatMap, filter, lastValueFrom, map, merge, sampleTime } from "rxjs";
import { Migration } from "sampan";

const webhook = process.env.WEBHOOK_URL;
if (webhook === undefined) throw new Error("WEBHOOK_URL is not set");

const run = Migration.from(process.argv[2] ?? "./.sampan/demo/first-guest.qcow2")
  .assess()
  .prepare()
  .capture()
  .toVhd()
  .upload("told-images", { createBucket: true })
  .import({ name: "told", createRole: true })
  .run();

const progress = run.events.pipe(
  filter((event) => event.type === "stage.progress"),
  sampleTime(60_000),
  map(({ stage, doneBytes, totalBytes }) => `${stage}: ${doneBytes} of ${totalBytes ?? "?"} bytes`),
);
const milestones = run.events.pipe(
  map((event) => {
    if (event.type === "finding") return `${event.finding.severity} ${event.finding.rule}`;
    if (event.type === "stage.finished") return `${event.stage} is done`;
    if (event.type === "run.failed") return `failed: ${event.error.message}`;
    return event.type === "run.finished" ? "all is done" : undefined;
  }),
  filter((text) => text !== undefined),
);

// One after the other, in order; a chat that fails or does not answer loses what it should have been told, and never ends the migration.
const told = merge(progress, milestones).pipe(
  concatMap((text) =>
    fetch(webhook, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ text }),
      signal: AbortSignal.timeout(10_000),
    }).catch((error: Error) => console.error(`not told: ${text} (${error.message})`)),
  ),
);
// A run that fails is told of, too, before this program ends with its error.
await Promise.allSettled([run, lastValueFrom(told)]);
await run;
