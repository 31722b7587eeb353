import { randomBytes } from "node:crypto";
import type { Answer } from "../http/answer.ts";
import { pageScript } from "./script.ts";
import { pageStyle } from "./style.ts";

/**
 * The status page for people: one document without anything from elsewhere, which asks `/_sampan/state` once a second
 * while somebody looks at it.
 *
 * Nothing of the state is in the document itself, and its script writes text only, never markup. The policy lets no other
 * script run and nothing be fetched from or framed by another place.
 */
export function statusPage(): Answer {
  const nonce = randomBytes(16).toString("base64");
  const policy = [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
    "connect-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    status: 200,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": policy.join("; "),
      "Cache-Control": "no-store",
      "Referrer-Policy": "no-referrer",
      "X-Content-Type-Options": "nosniff",
    },
    body: documentWith(nonce),
  };
}

const sections = [
  ["buckets", "Buckets"],
  ["uploads", "Unfinished uploads"],
  ["images", "Images and tasks"],
  ["instances", "Instances"],
  ["roles", "Roles"],
  ["faults", "Faults"],
  ["left", "Left behind, and billed if this were the cloud"],
  ["requests", "Last requests"],
] as const;

function documentWith(nonce: string): string {
  const parts = sections.map(
    ([id, title]) =>
      `<section aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2><div id="${id}" class="body"></div></section>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Sampan simulator</title>
<link rel="icon" href="data:,">
<style nonce="${nonce}">${pageStyle}</style>
</head>
<body>
<header>
<h1>Sampan simulator</h1>
<dl id="clock">
<div><dt>Simulated time</dt><dd id="now">–</dd></div>
<div><dt>Runs</dt><dd id="scale">–</dd></div>
<div><dt>Stored</dt><dd id="stored">–</dd></div>
</dl>
<p><button id="pause" type="button" aria-pressed="false">Pause</button> <span id="health">Waiting for the first answer</span></p>
</header>
<main aria-live="off">
${parts.join("\n")}
<noscript>This page needs JavaScript. The same facts: GET /_sampan/state</noscript>
</main>
<script nonce="${nonce}">${pageScript}</script>
</body>
</html>
`;
}
