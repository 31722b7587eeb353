import type { Cloud } from "@sampan/cloud";
import { SampanError } from "@sampan/core";
import { chooseCloud, connectCloud } from "@sampan/sdk";
import type { CommandCall, CommandFunction, OptionValues } from "../../command-call.ts";
import { createOutput } from "../../terminal/output.ts";
import { shellContext } from "../shell-context.ts";
import { shellHome } from "../shell-home.ts";
import type { QueryName } from "./query-table.ts";

/** The functions of the queries, by name. Each looks at the environment when it is called, so that `:cloud` holds at once. */
export type Queries = Readonly<Record<QueryName, (...given: never[]) => Promise<unknown>>>;

/** Makes the queries of a session. */
export function createQueries(call: CommandCall): Queries {
  return {
    regions: () => withCloud(call, async (cloud) => [...(await cloud.images.listRegions())].sort()),
    buckets: () =>
      withCloud(call, async (cloud) => {
        const store = cloud.objects(shellContext(call.env).region);
        try {
          return await store.listBuckets();
        } finally {
          await store.close();
        }
      }),
    images: (...regions: readonly string[]) =>
      withCloud(call, async (cloud) => {
        const wanted = regions.length === 0 ? [shellContext(call.env).region] : regions.map(asText("images"));
        const lists = await Promise.all(wanted.map((region) => cloud.images.listImages(region, {})));
        return lists.flat();
      }),
    inspect: (image: string, options?: OptionValues) =>
      answerOf(call, import("../../commands/inspect.ts"), [asText("inspect")(image)], options),
    assess: async (targets: string | readonly string[], options?: OptionValues) => {
      const paths = (Array.isArray(targets) ? targets : [targets]).map(asText("assess"));
      return answerOf(call, import("../../commands/assess.ts"), paths, options);
    },
    runs: () => answerOf(call, import("../../commands/runs.ts"), [], {}),
    whoami: () => answerOf(call, import("../../commands/whoami.ts"), [], {}),
  };
}

async function withCloud<T>(call: CommandCall, ask: (cloud: Cloud) => Promise<T>): Promise<T> {
  const { env } = call;
  const cloud = await connectCloud(chooseCloud({ env }), shellHome(call), { env });
  try {
    return await ask(cloud);
  } finally {
    await cloud.close();
  }
}

/** What a command answers under `--json`, as a value. */
async function answerOf(
  call: CommandCall,
  command: Promise<{ readonly run: CommandFunction }>,
  args: readonly string[],
  options: OptionValues = {},
): Promise<unknown> {
  let answer: unknown;
  const output = createOutput({ ...call.output, env: call.env, json: true, quiet: true });
  const { run } = await command;
  await run({
    ...call,
    args,
    options: { ...options, json: true },
    output: {
      ...output,
      json(value) {
        answer = value;
      },
    },
  });
  // As whoever parses the command's output gets it.
  return answer === undefined ? undefined : JSON.parse(JSON.stringify(answer));
}

function asText(query: QueryName): (given: unknown) => string {
  return (given) => {
    if (typeof given === "string" && given !== "") return given;
    throw new SampanError(
      "CORE_ARGUMENT",
      `${query}() was given ${given === "" ? "an empty text" : typeof given}`,
      {
        hint: `\`?${query}\` says what it takes.`,
      },
    );
  };
}
