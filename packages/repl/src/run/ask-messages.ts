/*
 * The words of the questions that are asked before something is changed.
 */

export const askWords = {
  goOn: "Go on? [y/N] ",
  typeName: (name: string) => `This cannot be taken back. Type ${name} to go on: `,
  nobody: (what: string, name: string | undefined, given: readonly string[]) => {
    const doing = `asking whether ${what} may be changed`;
    const other = name === undefined || given.length === 0 ? "" : `; --confirm was given ${given.join(", ")}`;
    return `${doing}: there is no terminal${name === undefined ? "" : `, and the name ${name} has to be typed`}${other}`;
  },
  flag: (name: string | undefined) =>
    name === undefined
      ? "Pass `--yes` to go on without being asked."
      : `Pass \`--confirm ${name}\` to go on without being asked; \`--yes\` is not enough for what cannot be taken back.`,
  declined: (what: string, name: string | undefined) =>
    name === undefined
      ? `asking whether ${what} may be changed: the answer was no`
      : `asking whether ${what} may be changed: the answer was not ${name}`,
  credentials: (source: string, key: string) => `credentials: ${source} (key ${key})`,
  account: (who: string) => `This changes a real account of Alibaba Cloud, ${who}:`,
  deletes: (runId: string, who: string) =>
    `This deletes what run ${runId} left in a real account of Alibaba Cloud, ${who}:`,
  overwrites: (who: string) =>
    `This replaces objects that are there, in a real account of Alibaba Cloud, ${who}:`,
  cancels: (runId: string) =>
    `This cancels run ${runId}, and what goes on for it in a real account of Alibaba Cloud:`,
  host: (title: string) => `This changes ${title}:`,
  who: (accountId: string, arn: string, key: string) => `account ${accountId} (${arn}, key ${key})`,
  whoByKey: (key: string) => `access key ${key}`,
  prepare: (title: string) =>
    `prepare ${title} itself; \`sampan prepare ${title} --dry-run\` shows what that changes`,
  replace: (object: string) => `replace ${object} where it exists`,
} as const;
