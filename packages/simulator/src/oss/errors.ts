interface OssErrorEntry {
  readonly status: number;
  readonly message: string;
  readonly ec: string;
}

/**
 * Error codes of OSS that the simulator answers, with their HTTP status.
 *
 * Codes and statuses: vendor documentation (2021 and later). `EC` values are the vendor's where known
 * (`0042-00000104`, `0015-00000104`, `0048-00000401`), otherwise zeros.
 */
const table = {
  AccessDenied: { status: 403, message: "The caller may not do this.", ec: "0003-00000001" },
  AccessForbidden: {
    status: 403,
    message: "CORSResponse: This CORS request is not allowed by the rules of the bucket.",
    ec: "",
  },
  AccessKeyIdAndSecurityTokenNotMatch: { status: 403, message: "The token belongs to another key.", ec: "" },
  BucketAlreadyExists: { status: 409, message: "The bucket name is taken.", ec: "0015-00000104" },
  BucketNotEmpty: { status: 409, message: "The bucket still holds objects or uploads.", ec: "" },
  EntityTooLarge: { status: 400, message: "The body or object is too large for this call.", ec: "" },
  FileAlreadyExists: { status: 409, message: "The object exists and overwriting was forbidden.", ec: "" },
  FileImmutable: { status: 409, message: "The object is under a retention policy.", ec: "" },
  IncompleteBody: { status: 400, message: "The body is shorter than announced.", ec: "" },
  InternalError: { status: 500, message: "The simulator failed.", ec: "" },
  InvalidAccessKeyId: { status: 403, message: "The access key id does not exist.", ec: "0002-00000902" },
  InvalidArgument: { status: 400, message: "An argument is invalid.", ec: "" },
  InvalidBucketName: { status: 400, message: "The bucket name is not valid.", ec: "0015-00000001" },
  InvalidDigest: { status: 400, message: "The body does not match its Content-MD5.", ec: "" },
  InvalidEncryptionAlgorithmError: { status: 400, message: "The encryption algorithm is unknown.", ec: "" },
  InvalidObjectName: { status: 400, message: "The object name is not valid.", ec: "" },
  InvalidPart: { status: 400, message: "A part is missing or its ETag differs.", ec: "" },
  InvalidPartOrder: { status: 400, message: "The part numbers are not ascending.", ec: "" },
  InvalidPolicyDocument: { status: 400, message: "The policy is not valid.", ec: "0030-00000005" },
  InvalidRange: { status: 416, message: "The range cannot be satisfied.", ec: "" },
  InvalidSecurityToken: { status: 403, message: "The security token is not valid.", ec: "" },
  InvalidTargetBucketForLogging: { status: 400, message: "The target bucket cannot take the logs.", ec: "" },
  InvalidURI: { status: 400, message: "The request line cannot be decoded.", ec: "" },
  InvalidWORMConfiguration: { status: 409, message: "The retention policy does not allow this.", ec: "" },
  InventoryExceedLimit: { status: 409, message: "The bucket has as many inventories as it may.", ec: "" },
  MalformedXML: { status: 400, message: "The XML of the request is not as it should be.", ec: "" },
  MethodNotAllowed: { status: 405, message: "The method is not allowed on this resource.", ec: "" },
  MissingContentLength: { status: 411, message: "The request has no Content-Length.", ec: "" },
  NoSuchBucket: { status: 404, message: "The bucket does not exist.", ec: "0015-00000101" },
  NoSuchBucketPolicy: { status: 404, message: "The bucket has no policy.", ec: "" },
  NoSuchCORSConfiguration: { status: 404, message: "The CORS Configuration does not exist.", ec: "" },
  NoSuchInventory: { status: 404, message: "The inventory configuration does not exist.", ec: "" },
  NoSuchKey: { status: 404, message: "The object does not exist.", ec: "0026-00000001" },
  NoSuchLifecycle: { status: 404, message: "The bucket has no lifecycle rules.", ec: "" },
  NoSuchServerSideEncryptionRule: { status: 404, message: "The bucket has no encryption rule.", ec: "" },
  NoSuchTransferAccelerationConfiguration: {
    status: 404,
    message: "Transfer acceleration of the bucket was never set.",
    ec: "",
  },
  NoSuchUpload: { status: 404, message: "The upload does not exist, or has ended.", ec: "0042-00000104" },
  NoSuchWebsiteConfiguration: { status: 404, message: "The bucket has no website settings.", ec: "" },
  NoSuchWORMConfiguration: { status: 404, message: "The bucket has no retention policy of that id.", ec: "" },
  NotImplemented: { status: 400, message: "The simulator does not imitate this.", ec: "" },
  PreconditionFailed: { status: 412, message: "A condition of the request does not hold.", ec: "" },
  PublicEndpointForbidden: {
    status: 400,
    message: "Data calls to mainland buckets over the default public names are closed to new accounts.",
    ec: "0048-00000401",
  },
  RequestTimeTooSkewed: { status: 403, message: "The request's date is too far off.", ec: "0002-00000504" },
  SecondLevelDomainForbidden: { status: 403, message: "The bucket must stand in the host name.", ec: "" },
  SecurityTokenExpired: { status: 403, message: "The security token has expired.", ec: "0002-00000217" },
  SignatureDoesNotMatch: {
    status: 403,
    message: "The signature is not the one computed here. Check the secret and the way of signing.",
    ec: "0002-00000040",
  },
  TooManyBuckets: {
    status: 400,
    message: "The account has as many buckets as it may in this region.",
    ec: "",
  },
  WORMConfigurationLocked: { status: 409, message: "The retention policy is locked.", ec: "" },
} as const satisfies Record<string, OssErrorEntry>;

/** A code of the table. */
export type OssErrorCode = keyof typeof table;

/** Elements of an error's XML: texts, or texts in an element of their own. */
export type ErrorElements = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/** Details of an error answer. */
export interface OssErrorOptions {
  /** Replaces the table's message. */
  readonly message?: string;
  /** Elements added to the XML, such as `BucketName` or `Endpoint`. */
  readonly elements?: ErrorElements;
  readonly status?: number;
  /** Replaces the table's `EC`. */
  readonly ec?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error to be answered as OSS does. Never leaves the package: the pipeline turns it into XML. */
export class OssError extends Error {
  readonly code: string;
  readonly status: number;
  readonly ec: string;
  readonly elements: ErrorElements;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: string, options: OssErrorOptions = {}) {
    const entry: OssErrorEntry | undefined = Object.hasOwn(table, code)
      ? table[code as OssErrorCode]
      : undefined;
    super(options.message ?? entry?.message ?? `The service answered ${code}.`);
    this.code = code;
    this.status = options.status ?? entry?.status ?? 400;
    this.ec = options.ec ?? (entry?.ec || "0000-00000000");
    this.elements = options.elements ?? {};
    this.headers = options.headers ?? {};
  }
}

/** Makes an {@link OssError} of a code in the table. */
export function ossError(code: OssErrorCode, options?: OssErrorOptions): OssError {
  return new OssError(code, options);
}
