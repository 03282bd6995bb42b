"""How fast a GPU instance moves bytes. Each figure names its source; assumptions err on the slow side."""

from __future__ import annotations

GIB_PER_GBIT = 1e9 / 8 / 2**30
"""GiB of a gigabit."""

NETWORK_SHARE = 0.5
"""Of the rate that the clouds give as the highest ("up to"), what a long download gets: an assumption."""
UNKNOWN_NETWORK_GBPS = 10.0
"""Where the catalog has no rate: that of the smallest GPU instances."""
BUCKET_GIB_S = 1.0
"""From a bucket in the same region, with parallel ranges, at most: 8 Gb/s. An assumption."""
UNPACK_GIB_S = 0.1
"""Compressed GiB a second through gunzip, one layer at a time: an assumption, after gzip's usual 100 MB/s."""
FIRST_PULL_GIB_S = 0.05
"""A registry cache that has not got the image yet, on top: 400 Mb/s from the public one. An assumption."""
LOAD_GIB_S = 1.0
"""From memory or a fast disk into GPUs: vllm#44881 reports 21.8 GiB in 18 s."""
PAGE_CACHE_SHARE = 0.6
"""Weights below this share of the memory are still cached when the server reads them: an assumption."""

BOOT_S = 180.0
"""Instance, driver, container runtime, first reads of a disk loaded from a snapshot: an assumption."""

NVME_WRITE_PER_GB = 0.5
"""MiB/s for each GB, as a disk's speed goes by its size. From memory, on the slow side; the clouds document
operations a second only."""
NVME_READ_PER_GB = 1.0
NVME_MOST_MIB_S = 8000
"""RAID 0 of eight disks through one file system, an assumption."""
NVME_USABLE = 0.9
"""After the file system, with room to work."""

GP3_BASE_MIB_S, GP3_MOST_MIB_S = 125, 1000
"""Included, and the most that one volume had before 2025; newer limits are higher, not in all regions."""
GP3_BASE_IOPS, GP3_IOPS_PER_MIB_S = 3000, 4
"""Included, and what each MiB/s needs (0.25 MiB/s an operation a second). EBS user guide, from memory."""
PD_BASE_MIB_S, PD_MIB_S_PER_GIB, PD_MOST_MIB_S = 140, 0.28, 1200
"""Balanced persistent disk: an instance's base, more for each GiB. Google's documentation, from memory."""
HYPERDISK_BASE_MIB_S, HYPERDISK_MOST_MIB_S, HYPERDISK_BASE_IOPS = 140, 2400, 3000
"""Hyperdisk Balanced; 1 MiB/s needs 4 operations a second, as gp3. Google's documentation, from memory."""
OS_DISK_MIB_S = 200
"""The disk of an instance that Azure ML runs: its kind and size are Azure's own choice. An assumption."""

BOOT_GIB = 100
"""The operating system with driver and CUDA: Deep Learning AMIs and images need 50 to 75 GiB, from memory."""
SCRATCH_GIB = 10
"""Compiled kernels, logs and Docker's own."""
STAGED_WITHIN_S = 600
"""A network disk is made fast enough to take image and weights within this: a choice."""
