/** What stands in a secret's place. */
export const secretMark = "******";

// Variables of the environment that hold secrets by their names.
const secretVariable = /SECRET|PASSWORD|PASSWD|TOKEN|PRIVATE_KEY/i;
const shortest = 8;

// Runs of names and tokens have bounds: a hostile text of one run after another would else be looked at again from each of them.
const patterns: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z0-9 ]*-----[\s\S]*?(?:-----END [A-Z0-9 ]*-----|$)/g, secretMark],
  // Ids and tokens of Alibaba Cloud.
  [/\bLTAI[A-Za-z0-9]{8,}/g, secretMark],
  [/\bSTS\.[A-Za-z0-9]{8,}/g, secretMark],
  [/\bCAIS(?:[A-Za-z0-9+/=]|%[0-9A-Fa-f]{2}){20,}/g, secretMark],
  // Tokens that name themselves: GitHub's, GitLab's, Slack's, and JSON web tokens.
  [/\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-)[A-Za-z0-9_-]{10,}/g, secretMark],
  [/\beyJ[A-Za-z0-9_-]{8,1000}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g, secretMark],
  [/(:\/\/[^\s/:@"'`]*:)[^\s/@"'`]+(?=@)/g, `$1${secretMark}`],
  // The password may have had an `@` in it: the last one before the path is its end.
  [/(:\/\/[^\s/:@"'`]*:\*+)@[^\s/@"'`,;)]*(?=@)/g, "$1"],
  [/\b(Bearer|Basic)(\s+)[A-Za-z0-9._~+/=-]{8,}/g, `$1$2${secretMark}`],
  [
    /([?&](?:[\w-]{0,60}(?:signature|token|secret|password|credential|api_?key)[\w-]{0,60})=)[^&\s"'`]+/gi,
    `$1${secretMark}`,
  ],
  // What signs an address of Azure.
  [/([?&]sig=)[^&\s"'`]+/gi, `$1${secretMark}`],
  [/(\bnew\s+Secret\s*\(\s*)(["'`])(?:\\.|(?!\2)[\s\S])*(?:\2|$)/g, `$1$2${secretMark}$2`],
  // What is given to a name that says it is secret: `password = "…"`, `accessKeySecret: '…'`, `TOKEN=…`. That a password is asked for
  // (`passwordFrom: "ask"`) is none.
  [
    /((?:secret|passw(?:or)?d|passphrase|token|private_?key)[\w$]{0,60}["'`]?\s*(?:[:=]|:\s*string\s*=)\s*)(["'`])(?<!From["'`]?\s{0,9}:\s{0,9}["'`](?=ask["'`]))(?:\\.|(?!\2)[\s\S])*(?:\2|$)/gi,
    `$1$2${secretMark}$2`,
  ],
  [/((?:SECRET|PASSWORD|PASSWD|TOKEN)[A-Z_]{0,60}=)[^\s"'`;,)]+/g, `$1${secretMark}`],
  // A secret of an access key has thirty letters and digits, and stands alone in its quotes.
  [/(["'`])(?=[A-Za-z0-9]*[0-9])(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{30}\1/g, `$1${secretMark}$1`],
];

/**
 * What of an environment is known to be secret, and so is found wherever it stands: values of variables that say so by their names, and the
 * passwords of addresses in others, as they are written and as they are meant. Looks through all of it: whoever needs it often keeps it.
 */
export function secretsIn(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.entries(env).flatMap(([name, value = ""]) =>
    (secretVariable.test(name) ? [value] : passwordsIn(value)).filter((secret) => secret.length >= shortest),
  );
}

function passwordsIn(value: string): readonly string[] {
  if (!value.includes("@") || !URL.canParse(value)) return [];
  const { password, username } = new URL(value);
  // No secret: it stands where everybody reads it.
  if (password === username) return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}

/**
 * Takes secrets out of a text before it is kept: access keys, tokens, passwords in addresses, PEM blocks, what is given to a name that
 * says secret, and those that are known, as {@link secretsIn} gives them. Pure.
 */
export function redactSecrets(text: string, known: readonly string[] = []): string {
  const without = known.reduce((left, value) => left.replaceAll(value, secretMark), text);
  return patterns.reduce((left, [pattern, by]) => left.replace(pattern, by), without);
}

/**
 * The same for a text that is shown and kept as it is: each character of a secret is a star, so that lines and columns stay where they
 * are. Pure.
 */
export function maskSecrets(text: string): string {
  return patterns.reduce((left, [pattern, by]) => {
    const [before = "", after = ""] = by.split(secretMark);
    return left.replace(pattern, (found: string, ...groups: unknown[]) => {
      const filled = (part: string) =>
        part.replace(/\$(\d)/g, (_, group) => String(groups[Number(group) - 1]));
      const start = filled(before).length;
      // A text that ends within its quotes has none behind the secret.
      const rest = filled(after);
      const end = found.slice(start).endsWith(rest) ? found.length - rest.length : found.length;
      return found.slice(0, start) + found.slice(start, end).replace(/[^\r\n]/g, "*") + found.slice(end);
    });
  }, text);
}
