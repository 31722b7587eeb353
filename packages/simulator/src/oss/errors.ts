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
  BucketNotEmpty: { status: 409, message: "The bucket you tried to delete is not empty.", ec: "" },
  CallbackFailed: { status: 203, message: "The application's server was not told of the object.", ec: "" },
  EntityTooLarge: { status: 400, message: "The body or object is too large for this call.", ec: "" },
  EntityTooSmall: { status: 400, message: "The file is smaller than the policy allows.", ec: "" },
  FileAlreadyExists: { status: 409, message: "The object exists and overwriting was forbidden.", ec: "" },
  FileImmutable: { status: 409, message: "The object is under a retention policy.", ec: "" },
  IllegalVersioningConfigurationException: {
    status: 400,
    message: "The versioning configuration specified in the request is invalid.",
    ec: "",
  },
  IncompleteBody: { status: 400, message: "The body is shorter than announced.", ec: "" },
  IncorrectNumberOfFilesInPOSTRequest: { status: 400, message: "The form has no file.", ec: "" },
  InternalError: { status: 500, message: "The simulator failed.", ec: "" },
  InvalidAccessKeyId: {
    status: 403,
    message: "The OSS Access Key Id you provided does not exist in our records.",
    ec: "0002-00000902",
  },
  InvalidArgument: { status: 400, message: "An argument is invalid.", ec: "" },
  InvalidBucketName: { status: 400, message: "The bucket name is not valid.", ec: "0015-00000001" },
  InvalidDigest: { status: 400, message: "The body does not match its Content-MD5.", ec: "" },
  InvalidEncryptionAlgorithmError: { status: 400, message: "The encryption algorithm is unknown.", ec: "" },
  InvalidObjectName: { status: 400, message: "The specified object is not valid.", ec: "" },
  InvalidObjectState: {
    status: 403,
    message: "The operation is not valid for the object's state",
    ec: "",
  },
  InvalidPart: { status: 400, message: "A part is missing or its ETag differs.", ec: "" },
  InvalidPartOrder: { status: 400, message: "The part numbers are not ascending.", ec: "" },
  InvalidPolicyDocument: { status: 400, message: "The policy is not valid.", ec: "0030-00000005" },
  InvalidRange: { status: 416, message: "The range cannot be satisfied.", ec: "" },
  InvalidSecurityToken: { status: 403, message: "The security token is not valid.", ec: "" },
  InvalidTag: { status: 400, message: "A tag is not valid.", ec: "" },
  InvalidTargetBucketForLogging: { status: 400, message: "The target bucket cannot take the logs.", ec: "" },
  InvalidTargetType: { status: 400, message: "The target of a symbolic link may not be one itself.", ec: "" },
  InvalidURI: { status: 400, message: "The request line cannot be decoded.", ec: "" },
  InvalidWORMConfiguration: { status: 409, message: "The retention policy does not allow this.", ec: "" },
  InventoryExceedLimit: { status: 409, message: "The bucket has as many inventories as it may.", ec: "" },
  MalformedPOSTRequest: { status: 400, message: "The form cannot be read.", ec: "" },
  MalformedXML: { status: 400, message: "The XML of the request is not as it should be.", ec: "" },
  MethodNotAllowed: {
    status: 405,
    message: "The specified method is not allowed against this resource.",
    ec: "",
  },
  MissingContentLength: { status: 411, message: "The request has no Content-Length.", ec: "" },
  NoSuchBucket: { status: 404, message: "The specified bucket does not exist.", ec: "0015-00000101" },
  NoSuchBucketPolicy: { status: 404, message: "The bucket has no policy.", ec: "" },
  NoSuchCORSConfiguration: { status: 404, message: "The CORS Configuration does not exist.", ec: "" },
  NoSuchInventory: { status: 404, message: "The inventory configuration does not exist.", ec: "" },
  NoSuchKey: { status: 404, message: "The specified key does not exist.", ec: "0026-00000001" },
  NoSuchLifecycle: { status: 404, message: "The bucket has no lifecycle rules.", ec: "" },
  NoSuchLiveChannel: { status: 404, message: "The specified live channel does not exist.", ec: "" },
  NoSuchServerSideEncryptionRule: { status: 404, message: "The bucket has no encryption rule.", ec: "" },
  NoSuchSymLinkTarget: { status: 404, message: "The target of the symbolic link does not exist.", ec: "" },
  NoSuchTransferAccelerationConfiguration: {
    status: 404,
    message: "Transfer acceleration of the bucket was never set.",
    ec: "",
  },
  NoSuchUpload: {
    status: 404,
    message:
      "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
    ec: "0042-00000104",
  },
  NoSuchVersion: { status: 404, message: "The specified version does not exist.", ec: "" },
  NoSuchWORMConfiguration: { status: 404, message: "The bucket has no retention policy of that id.", ec: "" },
  NoSuchWebsiteConfiguration: { status: 404, message: "The bucket has no website settings.", ec: "" },
  NotSymlink: { status: 400, message: "The object is not a symbolic link.", ec: "" },
  ObjectNotAppendable: { status: 409, message: "The object is not appendable", ec: "" },
  OperationNotSupported: {
    status: 400,
    message: "The specified operation is not supported for this object.",
    ec: "",
  },
  PositionNotEqualToLength: { status: 409, message: "Position is not equal to file length", ec: "" },
  NotImplemented: { status: 400, message: "The simulator does not imitate this.", ec: "" },
  PreconditionFailed: {
    status: 412,
    message: "At least one of the pre-conditions you specified did not hold.",
    ec: "",
  },
  PublicEndpointForbidden: {
    status: 400,
    message: "Data calls to mainland buckets over the default public names are closed to new accounts.",
    ec: "0048-00000401",
  },
  RequestTimeTooSkewed: {
    status: 403,
    message: "The difference between the request time and the current time is too large.",
    ec: "0002-00000504",
  },
  RestoreAlreadyInProgress: { status: 409, message: "The restore operation is in progress.", ec: "" },
  SecondLevelDomainForbidden: { status: 403, message: "The bucket must stand in the host name.", ec: "" },
  SecurityTokenExpired: { status: 403, message: "The security token has expired.", ec: "0002-00000217" },
  SignatureDoesNotMatch: {
    status: 403,
    message:
      "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
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
