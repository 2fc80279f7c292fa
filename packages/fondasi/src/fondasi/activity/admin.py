"""The audit trail in the admin panel: to read."""

from fondasi.activity.permissions import VIEW
from fondasi.activity.repository import made_with
from fondasi.admin_views import AdminView
from fondasi.kit.audit import ActivityRecord, Level

activity_view = AdminView(
    model=ActivityRecord,
    path="activity",
    name="Activity",
    plural="Activity",
    icon="fa-solid fa-clock-rotate-left",
    permission=VIEW,
    columns=("created_at", "level", "action", "message", "user_id", "ip_address"),
    details=(
        "id",
        "created_at",
        "level",
        "action",
        "module",
        "message",
        "user_id",
        "session_id",
        "tenant_id",
        "endpoint",
        "method",
        "status_code",
        "duration_ms",
        "ip_address",
        "user_agent",
        "request_id",
        "details",
        "error_details",
    ),
    search=("action", "message", "request_id"),
    filters={"level": list(Level)},
    links={"user_id": "users", "session_id": "sessions"},
    narrow=made_with,
)
