"""The figures of docs/performance.md: `python -m benchmarks`, or one of them with `python -m benchmarks.NAME`.

Each starts what it needs, runs our side and its reference interleaved in the same run, prints medians and ratios, and
bounds its own time.
"""
