import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

/** What a webview's page is made of. */
export interface WebviewPage {
  readonly title: string;
  /** The body; made by us, texts of others escaped. */
  readonly body: string;
  /** Files of the extension: a style sheet besides the one of all pages, and a script where it has one. */
  readonly style: string;
  readonly script?: string;
}

/** The whole page, which may load those files and nothing else, from nowhere else. */
export function webviewHtml(webview: vscode.Webview, extension: vscode.Uri, page: WebviewPage): string {
  const nonce = randomBytes(18).toString("base64");
  const at = (path: string) => webview.asWebviewUri(vscode.Uri.joinPath(extension, path)).toString();
  const script =
    page.script === undefined ? "" : `<script nonce="${nonce}" src="${at(page.script)}"></script>`;
  const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'`;
  return (
    `<!DOCTYPE html><html lang="${vscode.env.language}"><head><meta charset="utf-8">` +
    `<meta http-equiv="Content-Security-Policy" content="${policy}">` +
    '<meta name="viewport" content="width=device-width, initial-scale=1">' +
    `<link rel="stylesheet" href="${at("media/page.css")}"><link rel="stylesheet" href="${at(page.style)}"><title>${page.title}</title></head>` +
    `<body>${page.body}${script}</body></html>`
  );
}
