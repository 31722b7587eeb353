/** What stands in a secret's place. */
export const secretMark = "******";

// Variables of the environment that hold secrets by their names; what they hold is known, and so is found wherever it stands.
const secretVariable = /SECRET|PASSWORD|PASSWD|TOKEN|PRIVATE_KEY/i;
const shortest = 8;

const patterns: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z0-9 ]*-----[\s\S]*?(?:-----END [A-Z0-9 ]*-----|$)/g, secretMark],
  // Ids and tokens of Alibaba Cloud.
  [/\bLTAI[A-Za-z0-9]{8,}/g, secretMark],
  [/\bSTS\.[A-Za-z0-9]{8,}/g, secretMark],
  [/\bCAIS[A-Za-z0-9+/=]{20,}/g, secretMark],
  // Tokens that name themselves: GitHub's, GitLab's, Slack's, and JSON web tokens.
  [/\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-)[A-Za-z0-9_-]{10,}/g, secretMark],
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g, secretMark],
  [/(:\/\/[^\s/:@"'`]*:)[^\s/@"'`]+(?=@)/g, `$1${secretMark}`],
  [/\b(Bearer|Basic)(\s+)[A-Za-z0-9._~+/=-]{8,}/g, `$1$2${secretMark}`],
  [/([?&](?:[\w-]*(?:signature|token|secret|password|credential)[\w-]*)=)[^&\s"'`]+/gi, `$1${secretMark}`],
  [/(\bnew\s+Secret\s*\(\s*)(["'`])(?:\\.|(?!\2)[\s\S])*(?:\2|$)/g, `$1$2${secretMark}$2`],
  // What is given to a name that says it is secret: `password = "…"`, `accessKeySecret: '…'`, `TOKEN=…`.
  [
    /(\b[\w$]*(?:secret|passw(?:or)?d|passphrase|token|private_?key)[\w$]*["'`]?\s*(?:[:=]|:\s*string\s*=)\s*)(["'`])(?:\\.|(?!\2)[\s\S])*(?:\2|$)/gi,
    `$1$2${secretMark}$2`,
  ],
  [/(\b[A-Z_]*(?:SECRET|PASSWORD|PASSWD|TOKEN)[A-Z_]*=)[^\s"'`;,)]+/g, `$1${secretMark}`],
  // A secret of an access key has thirty letters and digits, and stands alone in its quotes.
  [/(["'`])(?=[A-Za-z0-9]*[0-9])(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{30}\1/g, `$1${secretMark}$1`],
];

/**
 * Takes secrets out of a text before it is kept: access keys, tokens, passwords in addresses, PEM blocks, what is given to a name that
 * says secret, and whatever the environment's own secrets are. Pure.
 */
export function redactSecrets(text: string, env: Readonly<Record<string, string | undefined>> = {}): string {
  const known = Object.entries(env).flatMap(([name, value]) =>
    secretVariable.test(name) && value !== undefined && value.length >= shortest ? [value] : [],
  );
  const without = known.reduce((left, value) => left.replaceAll(value, secretMark), text);
  return patterns.reduce((left, [pattern, by]) => left.replace(pattern, by), without);
}
