import { bodyPieces } from "../../http/body.ts";
import {
  type FormField,
  formBoundary,
  MalformedFormError,
  MultipartForm,
} from "../../http/multipart-form.ts";
import { encodeRfc3986 } from "../../http/url.ts";
import { forbidsOverwrite, overwriteGuard, readAttributes, writtenHeaders } from "../attributes.ts";
import { authenticateForm } from "../auth/form.ts";
import {
  invalidArgument,
  type OssCall,
  type OssHandler,
  requireBucket,
  requireKeyAllowed,
  xmlAnswer,
} from "../call.ts";
import { answerCallback, type Callback, parseCallback } from "../callback.ts";
import { checkProtections } from "../configuration/protections.ts";
import { ossError } from "../errors.ts";
import { checkPostPolicy, type FormFields, type LengthRange } from "../post-policy.ts";
import { bodySpoilingOf, receiveBatches } from "../receive.ts";
import type { ObjectRecord } from "../records.ts";

/** Longest value of a field other than the file. */
const fieldLimitBytes = 64 * 1024;
const fieldsLimit = 200;

/**
 * Stores the file of a form as a browser posts it. Who may do so, and what the fields may say, stands in the signed policy;
 * fields behind the file are ignored. Answers as the form wants: 204, 200, 201 with a document, or a redirection.
 */
export const postObject: OssHandler = async (call) => {
  const boundary = formBoundary(call.request.headers["content-type"]);
  if (boundary === undefined) {
    throw ossError("InvalidArgument", { message: "The body is no multipart/form-data with a boundary." });
  }
  try {
    const form = new MultipartForm(bodyPieces(call.incoming, bodySpoilingOf(call)), boundary);
    return await store(call, form);
  } catch (error) {
    if (!(error instanceof MalformedFormError)) throw error;
    throw ossError("MalformedPOSTRequest", { message: `The form cannot be read: ${error.message}.` });
  }
};

async function store(call: OssCall, form: MultipartForm) {
  const { fields, file } = await readFields(form);
  const key = fields.get("key")?.replace(/\$\{filename\}/g, () => file.filename ?? "");
  if (key === undefined || key === "") throw invalidArgument("key", "");
  const all = new Map([...fields, ["bucket", call.bucketName]]);
  const inner = asPut(call, fields, file, key, authenticateForm(fields, contextOf(call)));
  const bucket = requireBucket(inner, "write");
  checkProtections(inner);
  const policy = fields.get("policy");
  const range =
    policy === undefined ? undefined : checkPostPolicy(policy, all, call.world.clock.serviceNow());
  requireKeyAllowed(inner);
  const callback = callbackOf(fields);
  const attributes = readAttributes(inner, bucket);
  const guard = overwriteGuard(forbidsOverwrite(inner), bucket);
  guard(call.world.oss.object(bucket.name, key));
  const { content, digest } = await receiveBatches(inner, within(form.content(), range));
  const record = await call.world.oss.putObject(
    {
      ...attributes,
      bucket: bucket.name,
      key,
      content,
      etag: digest.md5Hex,
      crc64: digest.crc64.toString(),
      type: "Normal",
      modifiedAtMs: call.world.clock.serviceNow(),
      uploadId: null,
    },
    guard,
  );
  return answerCallback(inner, callback, record, answerOf(inner, fields, record));
}

async function readFields(
  form: MultipartForm,
): Promise<{ readonly fields: FormFields; readonly file: FormField }> {
  const fields = new Map<string, string>();
  for (;;) {
    const field = await form.next();
    if (!field) throw ossError("IncorrectNumberOfFilesInPOSTRequest");
    const name = field.name.toLowerCase();
    if (name === "file") return { fields, file: field };
    if (fields.size >= fieldsLimit) throw new MalformedFormError(`there are more than ${fieldsLimit} fields`);
    fields.set(name, await form.text(fieldLimitBytes));
  }
}

/** The call as if the fields had come as headers of a PUT; a field of the form cannot pass for a credential. */
function asPut(
  call: OssCall,
  fields: FormFields,
  file: FormField,
  key: string,
  caller: OssCall["caller"],
): OssCall {
  const headers: Record<string, string> = { "x-oss-request-id": call.requestId };
  if (file.contentType !== undefined) headers["content-type"] = file.contentType;
  for (const [name, value] of fields) {
    // Header values are kept as Node gives them: the bytes of UTF-8 as Latin-1.
    headers[name] = Buffer.from(value, "utf8").toString("latin1");
  }
  const request = { ...call.request, headers };
  return { ...call, key, caller, request, access: call.access.of(caller, key) };
}

function contextOf(call: OssCall) {
  const { accounts, clock, options } = call.world;
  return {
    accounts,
    nowMs: clock.serviceNow(),
    acceptV1: options.switches.acceptV1 && !options.switches.newAccount,
    tokenExpired: call.effect?.kind === "expireToken",
  };
}

function callbackOf(fields: FormFields): Callback | undefined {
  const text = fields.get("callback");
  if (text === undefined || text === "") return undefined;
  return parseCallback(text, new Map([...fields].filter(([name]) => name.startsWith("x:"))));
}

async function* within(
  pieces: AsyncIterable<Buffer>,
  range: LengthRange | undefined,
): AsyncGenerator<readonly Buffer[]> {
  let length = 0;
  for await (const piece of pieces) {
    length += piece.length;
    if (range && length > range.maxBytes) {
      throw ossError("EntityTooLarge", { message: "The file is larger than the policy allows." });
    }
    yield [piece];
  }
  if (range && length < range.minBytes) throw ossError("EntityTooSmall");
}

function answerOf(call: OssCall, fields: FormFields, record: ObjectRecord) {
  const headers = writtenHeaders(call, record);
  const location = `http://${call.request.host}/${encodeRfc3986(record.key).replaceAll("%2F", "/")}`;
  const redirect = fields.get("success_action_redirect");
  if (redirect !== undefined && URL.canParse(redirect)) {
    const target = new URL(redirect);
    for (const [name, value] of Object.entries({
      bucket: record.bucket,
      key: record.key,
      etag: `"${record.etag}"`,
    })) {
      target.searchParams.set(name, value);
    }
    return { status: 303, headers: { ...headers, Location: target.href } };
  }
  const status = fields.get("success_action_status");
  if (status === "200") return { status: 200, headers };
  if (status !== "201") return { status: 204, headers };
  const document = { Bucket: record.bucket, ETag: `"${record.etag}"`, Key: record.key, Location: location };
  return { ...xmlAnswer("PostResponse", document, headers), status: 201 };
}
