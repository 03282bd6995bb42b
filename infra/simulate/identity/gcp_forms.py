"""How Google Cloud writes the ids of its resources, where the SDK's import section does not say it.

Source: `d.SetId` in the resources of hashicorp/terraform-provider-google @f3721fb45fa3, written down
2026-11-24. A field in double braces is an input or output in snake_case; `{{number}}` is made up.
"""

from __future__ import annotations

from typing import Final

FORMS: Final[dict[str, str]] = {
    "gcp:cloudrunv2/serviceIamMember:ServiceIamMember": (
        "projects/{{project}}/locations/{{location}}/services/{{name}}/{{role}}/{{member}}"
    ),
    "gcp:compute/instanceGroupManager:InstanceGroupManager": (
        "projects/{{project}}/zones/{{zone}}/instanceGroupManagers/{{name}}"
    ),
    "gcp:compute/instanceTemplate:InstanceTemplate": "projects/{{project}}/global/instanceTemplates/{{name}}",
    "gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager": (
        "projects/{{project}}/regions/{{region}}/instanceGroupManagers/{{name}}"
    ),
    "gcp:compute/regionInstanceTemplate:RegionInstanceTemplate": (
        "projects/{{project}}/regions/{{region}}/instanceTemplates/{{name}}"
    ),
    "gcp:compute/routerNat:RouterNat": "{{project}}/{{region}}/{{router}}/{{name}}",
    "gcp:compute/securityPolicy:SecurityPolicy": "projects/{{project}}/global/securityPolicies/{{name}}",
    "gcp:dns/recordSet:RecordSet": (
        "projects/{{project}}/managedZones/{{managed_zone}}/rrsets/{{name}}/{{type}}"
    ),
    "gcp:monitoring/alertPolicy:AlertPolicy": "projects/{{project}}/alertPolicies/{{number}}",
    "gcp:monitoring/dashboard:Dashboard": "projects/{{project_number}}/dashboards/{{uuid}}",
    "gcp:monitoring/metricDescriptor:MetricDescriptor": "projects/{{project}}/metricDescriptors/{{type}}",
    "gcp:monitoring/notificationChannel:NotificationChannel": (
        "projects/{{project}}/notificationChannels/{{number}}"
    ),
    "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig": (
        "projects/{{project}}/uptimeCheckConfigs/{{display_name}}-{{h8}}"
    ),
    "gcp:projects/iAMCustomRole:IAMCustomRole": "projects/{{project}}/roles/{{role_id}}",
    "gcp:projects/iAMMember:IAMMember": "{{project}}/{{role}}/{{member}}",
    "gcp:projects/service:Service": "{{project}}/{{service}}",
    "gcp:secretmanager/secretVersion:SecretVersion": "{{secret}}/versions/{{version}}",
    "gcp:serviceaccount/account:Account": "projects/{{project}}/serviceAccounts/{{email}}",
    "gcp:storage/bucket:Bucket": "{{name}}",
    "gcp:storage/bucketIAMMember:BucketIAMMember": "b/{{bucket}}/{{role}}/{{member}}",
    "gcp:storage/bucketObject:BucketObject": "{{bucket}}-{{name}}",
    "gcp:vertex/aiEndpointIamMember:AiEndpointIamMember": "{{endpoint}}/{{role}}/{{member}}",
}
