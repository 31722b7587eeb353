/** What PowerShell begins with when it writes its errors as XML. */
const head = "#< CLIXML";

/**
 * The errors and warnings in what PowerShell wrote to its error stream: it writes CLIXML when it is started with an encoded command
 * and its streams are redirected. Other text stays as it is. What is no error, such as progress, is left out.
 */
export function clixmlText(text: string): string {
  if (!text.trimStart().startsWith(head)) return text;
  // `<S S="Error">…</S>`: a text of its stream. Texts hold no elements, so that no parser of XML is needed to find their ends.
  const said: string[] = [];
  for (const [, stream, content] of text.matchAll(/<S S="(\w{1,20})">([^<]*)<\/S>/g)) {
    if (stream === "Error" || stream === "Warning") said.push(unescaped(content as string));
  }
  return said.join("");
}

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/** `_x000D_` is a character by its code, in UTF-16 (MS-PSRP 2.2.5.3.2). */
function unescaped(text: string): string {
  return text
    .replace(/&(?:(lt|gt|amp|quot|apos)|#x([0-9a-fA-F]{1,4})|#(\d{1,5}));/g, (_, name, hex, decimal) =>
      name === undefined
        ? String.fromCharCode(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16))
        : (entities[name] as string),
    )
    .replace(/_x([0-9a-fA-F]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
