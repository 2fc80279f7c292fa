"""Background work on the corpus."""

from typing import Any

from courtsight.ingestion.merging import merge_segments
from fondasi.ai.retrieval import Index
from fondasi.kit.jobs import JobContext, job
from fondasi.platform import Platform


@job(name="courtsight.compact_index", cron="0 20 * * *", retries=1)  # 03:00 in Jakarta
async def compact_index(context: JobContext[Platform]) -> dict[str, Any]:
    """Merge the segments that the day's imports wrote; search slows as they add up."""
    platform = context.platform
    return {"merged_segments": await merge_segments(platform.database, platform.get(Index))}
