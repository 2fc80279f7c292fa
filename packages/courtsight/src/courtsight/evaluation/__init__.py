"""Search quality: the tasks, the measures, the baseline, and the report."""
