"""Who may see what was sent to whom. The texts, which may hold codes, nobody sees."""

from fondasi.access import Permission

VIEW = "messages.view"
PERMISSIONS = [Permission(VIEW, "See which messages were sent to whom, without their texts.")]
