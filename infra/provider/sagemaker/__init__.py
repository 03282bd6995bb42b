"""Inference components of SageMaker, as a resource of our own provider.

pulumi_aws 7.51.1 has none (hashicorp/terraform-provider-aws#35226, open on 2026-11-30), so they are made
here, by boto3's client `sagemaker` (botocore's model of 2017-07-24). What a component hangs on, the endpoint,
its configuration and the model, pulumi_aws makes.

A component is called by a name of our own, so that a run that was killed anywhere is taken up by the next
one. How many copies it has is Application Auto Scaling's to say, once it is there.
"""
