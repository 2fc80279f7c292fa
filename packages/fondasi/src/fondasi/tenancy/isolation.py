"""Where the catalogue check would call a fault what is so on purpose, and why."""

_TRAIL = "the trail is the platform's; a transaction of a tenant sees and writes that tenant's entries, and no others"
ISOLATION_EXCEPTIONS = {
    ("membership", "policy own"): "a user sees in which tenants they are, in transactions that name them",
    ("activity", "policy"): _TRAIL,
    ("activity", "policy tenant_isolation"): _TRAIL,
    ("activity", "nullable"): "entries of the platform belong to no tenant",
    ("activity", "primary key"): "the key of a partitioned table is led by what it is partitioned by",
}
