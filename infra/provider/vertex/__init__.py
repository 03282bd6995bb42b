"""Vertex AI's models, endpoints and deployments, as resources of our own provider.

pulumi_gcp has one class that deploys a model, `vertex.AiEndpointWithModelGardenDeployment`, and it will not
do, not even for the models of a hub: it makes an endpoint of its own, so that a new version is a new host and
no traffic split; it cannot change anything in place, the number of replicas neither; what it was given cannot
be read back, so that drift is not seen; and it leaves requests the default of ten minutes. So every version
is made here, over Vertex AI's REST interface (v1, discovery document of revision 20261106): `models:upload`,
`endpoints.create`, `endpoints.deployModel`, `endpoints.mutateDeployedModel`, `endpoints.undeployModel`.

Everything is called by a name that follows from its inputs, so that a run that was killed anywhere is taken
up by the next one: what is there under the name is adopted, an operation that goes on is waited for.
"""
