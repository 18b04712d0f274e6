"""The names that the transform knows: properties of resources and events, and policy templates (SRC-3)."""

from __future__ import annotations

from typing import Final

FUNCTION_PROPERTIES: Final = (
    *("FunctionName", "Handler", "Runtime", "CodeUri", "ImageUri", "PackageType", "InlineCode", "DeadLetterQueue"),
    *("Description", "MemorySize", "Timeout", "VpcConfig", "Role", "AssumeRolePolicyDocument", "Policies", "RolePath"),
    *("PermissionsBoundary", "Environment", "Events", "Tags", "PropagateTags", "Tracing", "KmsKeyArn"),
    *("DeploymentPreference", "ReservedConcurrentExecutions", "Layers", "EventInvokeConfig", "EphemeralStorage"),
    *("AutoPublishAlias", "AutoPublishCodeSha256", "AutoPublishAliasAllProperties", "VersionDescription"),
    *("ProvisionedConcurrencyConfig", "FileSystemConfigs", "ImageConfig", "CodeSigningConfigArn", "Architectures"),
    *("SnapStart", "FunctionUrlConfig", "RuntimeManagementConfig", "LoggingConfig", "RecursiveLoop"),
    *("SourceKMSKeyArn", "CapacityProviderConfig", "FunctionScalingConfig", "VersionDeletionPolicy"),
    *("PublishToLatestPublished", "TenancyConfig", "DurableConfig"),
)
STATE_MACHINE_PROPERTIES: Final = (
    *("Definition", "DefinitionUri", "Logging", "Role", "RolePath", "DefinitionSubstitutions", "Events", "Name"),
    *("Type", "Tags", "PropagateTags", "Policies", "Tracing", "PermissionsBoundary", "AutoPublishAlias"),
    *("DeploymentPreference", "UseAliasAsEventTarget"),
)
API_PROPERTIES: Final = (
    *("Name", "StageName", "Tags", "PropagateTags", "DefinitionBody", "DefinitionUri", "MergeDefinitions"),
    *("CacheClusterEnabled", "CacheClusterSize", "Variables", "EndpointConfiguration", "MethodSettings"),
    *("BinaryMediaTypes", "MinimumCompressionSize", "Cors", "Auth", "GatewayResponses", "AccessLogSetting"),
    *("CanarySetting", "TracingEnabled", "OpenApiVersion", "Models", "Domain", "FailOnWarnings", "Description"),
    *("Mode", "DisableExecuteApiEndpoint", "ApiKeySourceType", "AlwaysDeploy", "Policy", "SecurityPolicy"),
    "EndpointAccessMode",
)
HTTP_API_PROPERTIES: Final = (
    *("Name", "StageName", "Tags", "PropagateTags", "DefinitionBody", "DefinitionUri", "StageVariables"),
    *("CorsConfiguration", "AccessLogSettings", "DefaultRouteSettings", "Auth", "RouteSettings", "Domain"),
    *("FailOnWarnings", "Description", "DisableExecuteApiEndpoint"),
)
WEBSOCKET_API_PROPERTIES: Final = (
    *("ApiKeySelectionExpression", "AccessLogSettings", "Auth", "DefaultRouteSettings", "Description"),
    *("DisableExecuteApiEndpoint", "Domain", "DisableSchemaValidation", "FailOnWarnings", "IpAddressType", "Name"),
    *("PropagateTags", "Routes", "RouteSettings", "RouteSelectionExpression", "StageName", "StageVariables", "Tags"),
)
#: The properties of a resource, by its kind.
PROPERTIES: Final = {
    "Api": API_PROPERTIES,
    "Function": FUNCTION_PROPERTIES,
    "HttpApi": HTTP_API_PROPERTIES,
    "StateMachine": STATE_MACHINE_PROPERTIES,
    "WebSocketApi": WEBSOCKET_API_PROPERTIES,
}
_API_EVENT: Final = ("Path", "Method", "RestApiId", "Stage", "Auth")
#: The properties of an event, by its type and the kind of its resource.
EVENT_PROPERTIES: Final = {
    ("Api", "Function"): (
        *(*_API_EVENT, "RequestModel", "RequestParameters", "TimeoutInMillis", "ResponseTransferMode"),
    ),
    ("Api", "StateMachine"): (*_API_EVENT, "UnescapeMappingTemplate"),
    ("HttpApi", "Function"): (
        *("Path", "Method", "ApiId", "Stage", "Auth", "TimeoutInMillis", "RouteSettings", "PayloadFormatVersion"),
    ),
}
#: The types of events of functions that lead through no API, or through one that is not API Gateway's.
OTHER_EVENTS: Final = (
    *("S3", "SNS", "Kinesis", "DynamoDB", "SQS", "Schedule", "ScheduleV2", "CloudWatchEvent", "EventBridgeRule"),
    *("CloudWatchLogs", "IoTRule", "AlexaSkill", "Cognito", "MSK", "MQ", "SelfManagedKafka", "DocumentDB"),
)
#: The policy templates of SAM. None of them grants an action of execute-api.
POLICY_TEMPLATES: Final = (
    *("AMIDescribePolicy", "AWSSecretsManagerGetSecretValuePolicy", "AWSSecretsManagerRotationPolicy"),
    *("AcmGetCertificatePolicy", "AthenaQueryPolicy", "CloudFormationDescribeStacksPolicy"),
    *("CloudWatchDashboardPolicy", "CloudWatchDescribeAlarmHistoryPolicy", "CloudWatchPutMetricPolicy"),
    *("CodeCommitCrudPolicy", "CodeCommitReadPolicy", "CodePipelineLambdaExecutionPolicy"),
    *("CodePipelineReadOnlyPolicy", "ComprehendBasicAccessPolicy", "CostExplorerReadOnlyPolicy"),
    *("DynamoDBBackupFullAccessPolicy", "DynamoDBCrudPolicy", "DynamoDBReadPolicy", "DynamoDBReconfigurePolicy"),
    *("DynamoDBRestoreFromBackupPolicy", "DynamoDBStreamReadPolicy", "DynamoDBWritePolicy", "EC2CopyImagePolicy"),
    *("EC2DescribePolicy", "EFSWriteAccessPolicy", "EKSDescribePolicy", "EcsRunTaskPolicy"),
    *("ElasticMapReduceAddJobFlowStepsPolicy", "ElasticMapReduceCancelStepsPolicy"),
    *("ElasticMapReduceModifyInstanceFleetPolicy", "ElasticMapReduceModifyInstanceGroupsPolicy"),
    *("ElasticMapReduceSetTerminationProtectionPolicy", "ElasticMapReduceTerminateJobFlowsPolicy"),
    *("ElasticsearchHttpPostPolicy", "EventBridgePutEventsPolicy", "FilterLogEventsPolicy", "FirehoseCrudPolicy"),
    *("FirehoseWritePolicy", "KMSDecryptPolicy", "KMSEncryptPolicy", "KMSEncryptPolicy_v2", "KinesisCrudPolicy"),
    *("KinesisStreamReadPolicy", "LambdaInvokePolicy", "MobileAnalyticsWriteOnlyAccessPolicy"),
    *("OrganizationsListAccountsPolicy", "PinpointEndpointAccessPolicy", "PollyFullAccessPolicy"),
    *("RekognitionDetectOnlyPolicy", "RekognitionFacesManagementPolicy", "RekognitionFacesPolicy"),
    *("RekognitionLabelsPolicy", "RekognitionNoDataAccessPolicy", "RekognitionReadPolicy"),
    *("RekognitionWriteOnlyAccessPolicy", "Route53ChangeResourceRecordSetsPolicy", "S3CrudPolicy"),
    *("S3FullAccessPolicy", "S3ReadPolicy", "S3WritePolicy", "SESBulkTemplatedCrudPolicy"),
    *("SESBulkTemplatedCrudPolicy_v2", "SESCrudPolicy", "SESEmailTemplateCrudPolicy", "SESSendBouncePolicy"),
    *("SNSCrudPolicy", "SNSPublishMessagePolicy", "SQSPollerPolicy", "SQSSendMessagePolicy"),
    *("SSMParameterReadPolicy", "SSMParameterWithSlashPrefixReadPolicy", "SageMakerCreateEndpointConfigPolicy"),
    *("SageMakerCreateEndpointPolicy", "ServerlessRepoReadWriteAccessPolicy", "StepFunctionsCallbackPolicy"),
    *("StepFunctionsExecutionPolicy", "StepFunctionsExecutionPolicy_v2", "TextractDetectAnalyzePolicy"),
    *("TextractGetResultPolicy", "TextractPolicy", "VPCAccessPolicy"),
)
#: The other resources of SAM: none of them bears on who may call an API.
OTHER_KINDS: Final = (
    *("Application", "CapacityProvider", "Connector", "GraphQLApi", "LayerVersion", "MicrovmImage"),
    *("NetworkConnector", "SimpleTable", "WebFunction"),
)
