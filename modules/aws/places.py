"""Where Google's regions are, for DNS that sends clients to the nearest region of either cloud."""

from __future__ import annotations

from collections.abc import Mapping

GCP_PLACES: Mapping[str, tuple[float, float]] = {
    "africa-south1": (-26.20, 28.05),
    "asia-east1": (24.05, 120.52),
    "asia-east2": (22.32, 114.17),
    "asia-northeast1": (35.68, 139.69),
    "asia-northeast2": (34.69, 135.50),
    "asia-northeast3": (37.57, 126.98),
    "asia-south1": (19.08, 72.88),
    "asia-south2": (28.61, 77.21),
    "asia-southeast1": (1.35, 103.82),
    "asia-southeast2": (-6.21, 106.85),
    "australia-southeast1": (-33.87, 151.21),
    "australia-southeast2": (-37.81, 144.96),
    "europe-central2": (52.23, 21.01),
    "europe-north1": (60.57, 27.19),
    "europe-north2": (59.33, 18.07),
    "europe-southwest1": (40.42, -3.70),
    "europe-west1": (50.47, 3.87),
    "europe-west2": (51.51, -0.13),
    "europe-west3": (50.11, 8.68),
    "europe-west4": (53.44, 6.84),
    "europe-west6": (47.37, 8.54),
    "europe-west8": (45.46, 9.19),
    "europe-west9": (48.86, 2.35),
    "europe-west10": (52.52, 13.40),
    "europe-west12": (45.07, 7.69),
    "me-central1": (25.29, 51.53),
    "me-central2": (26.43, 50.10),
    "me-west1": (32.09, 34.78),
    "northamerica-northeast1": (45.50, -73.57),
    "northamerica-northeast2": (43.65, -79.38),
    "northamerica-south1": (20.59, -100.39),
    "southamerica-east1": (-23.55, -46.63),
    "southamerica-west1": (-33.45, -70.67),
    "us-central1": (41.26, -95.86),
    "us-east1": (33.20, -80.01),
    "us-east4": (39.04, -77.49),
    "us-east5": (39.96, -83.00),
    "us-south1": (32.78, -96.80),
    "us-west1": (45.59, -121.18),
    "us-west2": (34.05, -118.24),
    "us-west3": (40.76, -111.89),
    "us-west4": (36.17, -115.14),
}
"""Location → latitude and longitude, degrees, of the city that cloud.google.com/about/locations names.
Coordinates from memory, to two digits: a few kilometres do not matter here."""
