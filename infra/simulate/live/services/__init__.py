"""The runtime services of simulated clouds, run on this machine: SageMaker, Bedrock, Vertex AI and Cloud Run
as a gateway meets them. They check who asks as the real ones do, and let local replicas answer.
"""
