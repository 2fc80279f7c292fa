"""Who may see and change tiers. Everybody sees the limits that hold for them."""

from fondasi.access import Permission

VIEW, CREATE, UPDATE, DELETE, ASSIGN = (
    "tiers.view",
    "tiers.create",
    "tiers.update",
    "tiers.delete",
    "tiers.assign",
)
PERMISSIONS = [
    Permission(VIEW, "See tiers, their limits, and who has which."),
    Permission(CREATE, "Create tiers."),
    Permission(UPDATE, "Change tiers and their limits."),
    Permission(DELETE, "Delete tiers that nobody has."),
    Permission(ASSIGN, "Give users another tier."),
]
