import { randomUUID } from "node:crypto";

/** Largest envelope that is sent and asked for: what WinRM 2.0 takes unless told otherwise. */
export const maxEnvelopeBytes = 153_600;

const shellNamespace = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell";

/** What is asked of WinRM (MS-WSMV 3.1.4). */
export const action = {
  create: "http://schemas.xmlsoap.org/ws/2004/09/transfer/Create",
  delete: "http://schemas.xmlsoap.org/ws/2004/09/transfer/Delete",
  command: `${shellNamespace}/Command`,
  send: `${shellNamespace}/Send`,
  receive: `${shellNamespace}/Receive`,
  signal: `${shellNamespace}/Signal`,
} as const;

/** One request. */
export interface Request {
  /** Where it goes: `http://web-01:5985/wsman`. */
  readonly to: string;
  readonly action: string;
  readonly shellId?: string;
  readonly options?: Readonly<Record<string, string>>;
  /** How long the host may take to answer, in seconds; then it answers that it is not done. */
  readonly timeoutSeconds: number;
  /** XML made by {@link xml}. */
  readonly body: Xml;
}

/** XML that was made safely. */
export class Xml {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** XML from a template: whatever is put into it is text, unless it is {@link Xml}, or a list of them. */
export function xml(
  parts: TemplateStringsArray,
  ...values: readonly (string | number | Xml | readonly Xml[])[]
): Xml {
  let text = parts[0] as string;
  for (const [index, value] of values.entries()) {
    text +=
      typeof value === "object"
        ? [value]
            .flat()
            .map((one) => one.text)
            .join("")
        : escaped(String(value));
    text += parts[index + 1];
  }
  return new Xml(text);
}

function escaped(text: string): string {
  const special = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]|[&<>"'\r]/gu;
  return text.replace(special, (character) => {
    if (!/[&<>"'\r]/.test(character)) throw new RangeError("XML has no place for this character");
    return `&#${character.charCodeAt(0)};`;
  });
}

/** The envelope of a request, and the id its answer relates to. */
export function writeEnvelope(request: Request): { readonly text: string; readonly messageId: string } {
  const messageId = `uuid:${randomUUID().toUpperCase()}`;
  const options = Object.entries(request.options ?? {}).map(
    ([name, value]) => xml`<w:Option Name="${name}">${value}</w:Option>`,
  );
  const { shellId } = request;
  const envelope = xml`<?xml version="1.0" encoding="UTF-8"?>
<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" xmlns:p="http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd" xmlns:rsp="${shellNamespace}">
<s:Header>
<a:To>${request.to}</a:To>
<a:ReplyTo><a:Address s:mustUnderstand="true">http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo>
<a:Action s:mustUnderstand="true">${request.action}</a:Action>
<a:MessageID>${messageId}</a:MessageID>
<w:MaxEnvelopeSize s:mustUnderstand="true">${maxEnvelopeBytes}</w:MaxEnvelopeSize>
<w:OperationTimeout>PT${request.timeoutSeconds}S</w:OperationTimeout>
<w:Locale s:mustUnderstand="false" xml:lang="en-US"/>
<p:DataLocale s:mustUnderstand="false" xml:lang="en-US"/>
<w:ResourceURI s:mustUnderstand="true">${shellNamespace}/cmd</w:ResourceURI>
${shellId === undefined ? [] : xml`<w:SelectorSet><w:Selector Name="ShellId">${shellId}</w:Selector></w:SelectorSet>`}
${options.length === 0 ? [] : xml`<w:OptionSet>${options}</w:OptionSet>`}
</s:Header>
<s:Body>${request.body}</s:Body>
</s:Envelope>`;
  return { text: envelope.text, messageId };
}

/** A new shell that holds one command. It ends by itself when it is not asked for anything so long. */
export function createBody(idleSeconds: number): Xml {
  return xml`<rsp:Shell><rsp:IdleTimeOut>PT${idleSeconds}S</rsp:IdleTimeOut><rsp:InputStreams>stdin</rsp:InputStreams><rsp:OutputStreams>stdout stderr</rsp:OutputStreams></rsp:Shell>`;
}

/** A program and the line of its arguments. */
export function commandBody(command: string, args: readonly string[]): Xml {
  return xml`<rsp:CommandLine><rsp:Command>${command}</rsp:Command><rsp:Arguments>${args.join(" ")}</rsp:Arguments></rsp:CommandLine>`;
}

export function sendBody(commandId: string, bytes: Uint8Array, last: boolean): Xml {
  const end = last ? xml` End="true"` : [];
  return xml`<rsp:Send><rsp:Stream Name="stdin" CommandId="${commandId}"${end}>${Buffer.from(bytes).toString("base64")}</rsp:Stream></rsp:Send>`;
}

export function receiveBody(commandId: string): Xml {
  return xml`<rsp:Receive><rsp:DesiredStream CommandId="${commandId}">stdout stderr</rsp:DesiredStream></rsp:Receive>`;
}

/** Ends a command and all it started. */
export function terminateBody(commandId: string): Xml {
  return xml`<rsp:Signal CommandId="${commandId}"><rsp:Code>${shellNamespace}/signal/terminate</rsp:Code></rsp:Signal>`;
}

export const emptyBody = xml``;
