"""Models that Bedrock imports, as a resource of our own provider.

Neither pulumi_aws, nor aws-native, nor CloudFormation has it (bedrock/latest/userguide, custom model import),
so it is made here, by boto3's client `bedrock` (botocore's model of 2023-04-20).

An imported model is called by a name that follows from its inputs, so that a run that was killed anywhere is
taken up by the next one: a model of the name is adopted, a job that goes on is waited for.
"""
