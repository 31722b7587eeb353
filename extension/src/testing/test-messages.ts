import type { ErrorRecord } from "@sampan/core";

/** What went wrong, as Markdown: the fact, what to do, and what the cloud said. Text of others is no Markdown of ours. */
export function failureMarkdown(error: ErrorRecord): string {
  const lines = [`**${escapeMarkdown(error.code)}** ${escapeMarkdown(error.message)}`];
  if (error.hint !== "") lines.push(escapeMarkdown(error.hint));
  const facts = Object.entries(error.details)
    .filter(([, value]) => ["string", "number", "boolean"].includes(typeof value))
    .map(
      // In one line: an empty one would end the code, and what follows would be Markdown.
      ([name, value]) =>
        `- ${escapeMarkdown(name)}: \`${String(value).replaceAll("`", "'").replace(/\s+/g, " ").slice(0, 500)}\``,
    );
  if (facts.length > 0) lines.push(facts.join("\n"));
  const causes = error.causes.filter((cause) => !error.message.includes(cause));
  if (causes.length > 0) lines.push(causes.map((cause) => `> ${escapeMarkdown(cause)}`).join("\n>\n"));
  return lines.join("\n\n");
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!<>|~]/g, "\\$&").replace(/\s+/g, " ");
}
