"""Resources of Azure: the only folder that imports pulumi_azure_native, and late."""
