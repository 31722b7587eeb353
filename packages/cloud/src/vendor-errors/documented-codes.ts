import type { VendorService } from "./entry.ts";

/*
 * What the vendor documents, for the test that holds the catalogue complete: written by hand from the tables of each page,
 * 2021 to 2026, so that a row lost from the catalogue is missed here.
 */

/** A service and one of its codes. */
export type DocumentedCode = readonly [service: VendorService, vendorCode: string];

function codes(service: VendorService, text: string): readonly DocumentedCode[] {
  return text.split(" ").map((code) => [service, code] as const);
}

/** Codes by the page that lists them. */
export const documented: Readonly<Record<string, readonly DocumentedCode[]>> = {
  ImportImage: codes(
    "ecs",
    "MissingParameter InvalidRegionId.NotFound InvalidRegion.NotSupport InvalidImageName.Malformed " +
      "InvalidImageName.Duplicated InvalidDescription.Malformed InvalidArchitecture.Malformed " +
      "InvalidPlatform.Malformed InvalidOSType.Malformed InvalidBootMode.Malformed InvalidImageFormat.Malformed " +
      "InvalidClientToken.Malformed InvalidBootMode.NotSupport InvalidOSSBucket.NotFound " +
      "InvalidOSSBucket.Malformed InvalidOSSBucket.NotMatched InvalidOSSBucket.FlowLimit " +
      "InvalidOSSObject.NotFound InvalidOSSObject.Malformed InvalidOSSObject.Size InvalidOSSObject.NeedRestore " +
      "UnsupportedSuffix.OSSObject InvalidImageSize InvalidDataDiskSize InvalidImageFormat.RegionNotSupported " +
      "InvalidLicenseType.NotSupported InvalidLicenseType.BYOLOnly InvalidParameter.DetectionStrategy " +
      "InvalidParameter.FeaturesImdsSupport DRYRUN.SUCCESS Account.Arrearage NoSetRoletoECSServiceAcount " +
      "NoSetRoletoECSServiceAccount InvalidOSS.NotAuthorized ImageIsImporting QuotaExceed.Image " +
      "ImportImageFailed UserNotInTheWhiteList InvalidParameter.Malformed MissingParameter.DiskDeviceMapping " +
      "InvalidBlockSize.NotSupport InvalidVHDImage.IncorrectSize InvalidOSSBucket.EncryptUnsupported " +
      "InvalidArchitecture.PlatformUnsupported ImageCheckUnsupported.WindowsImage " +
      "InvalidAccountStatus.OSSDisabled TagKey.Duplication InvalidStorageLocation.NotFound " +
      "InvalidOperation.CloudBoxImageImportRoleRequired InvalidOperation.CloudBoxImageImportUnsupported " +
      "InvalidResourceGroup.NotFound",
  ),
  "images and tasks": codes(
    "ecs",
    "InvalidTaskId.NotFound InvalidTaskId.IncorrectTaskStatus InvalidTaskId.TaskActionNotSupport " +
      "CancelTaskFailed InvalidImageOwnerAlias.ValueNotSupported InvalidFilterKey.NotFound InvalidUsage " +
      "InvalidOSType InvalidArchitecture InvalidTag.Mismatch",
  ),
  "CreateSnapshot and CreateImage": codes(
    "ecs",
    "InvalidSnapshotId.NotFound InvalidSnapshotId.NotReady InvalidImageName.Duplicated QuotaExceed.Image " +
      "InvalidInstanceId.NotFound IncorrectInstanceStatus OperationDenied IncorrectDiskStatus.CreatingSnapshot " +
      "IdempotenceParamNotMatch",
  ),
  "CopyImage and CancelCopyImage": codes(
    "ecs",
    "SourceRegion.NotFound DestinationRegion.NotFound IncorrectImageStatus InvalidImageName.Duplicated " +
      "InvalidImageName.Malformed OperationDenied.ImageCopyConflict InvalidParameter.EncryptedIllegal " +
      "InvalidEncrypted.NotMatchKmsKeyId InvalidParameter.KmsNotEnabled OperationDenied.CommunityImage " +
      "Account.Arrearage InvalidOperation.VhdImageUnsupported QuotaExceed.Image QuotaExceed.Snapshot " +
      "OperationDenied.ImageCopying RegionNotSupportCopy IncorrectDestinationRegion " +
      "OperationDenied.SameRegionOnly OperationDenied.NonCompliantDestinationRegion SizeExceed.Image " +
      "OperationDeined.EncryptedSnapshot OperationDenied.EncryptSnapshotAcrossRegion " +
      "InvalidEncrypted.NotMatchDiskDefaultEncryption InvalidParameter.KMSKeyId.KMSUnauthorized " +
      "InvalidParameter.KMSKeyId.CMKNotEnabled InvalidParameter.KMSKeyId.CMKUnauthorized " +
      "InvalidImageId.NotFound InvalidParameter.KMSKeyId.NotFound InvalidOperation.Conflict " +
      "ImageCreatedNotFromCopy CancelNotSupported",
  ),
  "sharing, deleting and exporting": codes(
    "ecs",
    "InvalidImageId.NotFound InvalidAccount.NotFound InvalidAccount.Forbbiden QuotaExceed.ShareImage " +
      "QuotaExceed.ShareImageUser InvalidImageId.BidMismatch OperationDenied.InvalidImageStatus AssumeRoleError " +
      "InvalidOperation.ServiceKeyEncryptedImageUnsupported OperationDeined.FullImage ImageUsingByInstance " +
      "ImageUseShared ImageIsImporting ImageIsExporting OperationDenied.ImageCopying " +
      "NoSetRoletoECSServiceAcount ImageNotSupported ConcurrentQuotaExceed.ExportImage " +
      "WeeklyQuotaExceed.ExportImage InvalidImageLicense.NotSupported InvalidImage.DiskAmountOrSize " +
      "InvalidOSSPrefix.Malformed",
  ),
  instances: codes(
    "ecs",
    "DryRunOperation MissingParameter InvalidInstanceType.ValueNotSupported " +
      "InvalidInstanceType.ValueUnauthorized InvalidParameter.Conflict " +
      "InvalidSystemDiskCategory.ValueNotSupported InvalidParameter.Mismatch Account.Arrearage " +
      "InvalidPassword.Malformed ImageNotSupportCloudInit OperationDenied.NoStock Zone.NotOnSale " +
      "InvalidInstanceType.ZoneNotSupported QuotaExceed.ElasticQuota ImageNotSupportInstanceType " +
      "InvalidDiskCategory.NotSupported OperationDenied.ImageNotValid InvalidAccountStatus.NotEnoughBalance " +
      "InsufficientBalance RealNameAuthenticationError Forbidden.RAM IncorrectVSwitchStatus " +
      "InvalidImageId.NotFound InvalidSecurityGroupId.NotFound InvalidVSwitchId.NotFound InvalidZoneId.NotFound " +
      "InvalidSystemDiskSize.LessThanImageSize PaymentMethodNotFound IncorrectInstanceStatus NotSupported",
  ),
  "every action of ECS": codes(
    "ecs",
    "InvalidAccessKeyId.NotFound InvalidAccessKeyId.Inactive SignatureDoesNotMatch IncompleteSignature " +
      "InvalidTimeStamp.Expired SignatureNonceUsed IdempotentParameterMismatch Throttling Throttling.User " +
      "Throttling.Api Forbidden.RAM Forbidden.Unauthorized Forbbiden NoPermission Forbidden.RiskControl " +
      "RealNameAuthenticationError LastTokenProcessing InvalidAction.NotFound InvalidAction OperationConflict " +
      "InternalError ServiceUnavailable ServiceUnavailable.RegionMaintaining",
  ),
  RAM: codes(
    "ram",
    "EntityNotExist.Role EntityAlreadyExists.Role EntityAlreadyExists.Role.Policy MalformedPolicyDocument " +
      "LimitExceeded.Role EntityNotExist.Policy NoPermission",
  ),
  OSS: codes(
    "oss",
    "InvalidBucketName InvalidObjectName TooManyBuckets InvalidArgument InvalidDigest InvalidPart " +
      "InvalidPartOrder EntityTooSmall EntityTooLarge MalformedXML RequestTimeout IncompleteBody NotImplemented " +
      "OperationNotSupported PublicEndpointForbidden AccessDenied SignatureDoesNotMatch InvalidAccessKeyId " +
      "InvalidSecurityToken SecurityTokenExpired AccessKeyIdAndSecurityTokenNotMatch RequestTimeTooSkewed " +
      "UserDisable InvalidObjectState SecondLevelDomainForbidden KmsServiceNotEnabled NoSuchBucket NoSuchKey " +
      "NoSuchUpload MethodNotAllowed BucketAlreadyExists BucketNotEmpty FileAlreadyExists ObjectNotAppendable " +
      "MissingContentLength PreconditionFailed InvalidRange InternalError ServiceUnavailable " +
      "UploadTrafficRateLimitExceeded TotalQpsLimitExceeded",
  ),
  STS: codes(
    "sts",
    "NoPermission EntityNotExist.Role InvalidParameter InvalidParameter.RoleArn " +
      "InvalidParameter.RoleSessionName InvalidParameter.DurationSeconds InvalidParameter.PolicyGrammar " +
      "MissingSecurityToken InvalidAccessKeyId.NotFound InvalidAccessKeyId.Inactive SignatureDoesNotMatch",
  ),
};
