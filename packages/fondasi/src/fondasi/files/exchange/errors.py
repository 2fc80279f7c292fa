"""What can go wrong with exports and imports before they begin."""

from fondasi.kit.http import NotFound, Problem


class DatasetNotThere(NotFound):
    """No module has such a dataset here, or it cannot be exported, or imported."""

    code = "DATASET_NOT_FOUND"

    def __init__(self) -> None:
        super().__init__("There is no such dataset here.")


class RunNotThere(NotFound):
    """The caller started no such export or import, or it is forgotten by now."""

    code = "RUN_NOT_FOUND"

    def __init__(self) -> None:
        super().__init__("There is no such export or import of yours. Start another one.")


class TooManyRuns(Problem):
    """The caller has started as many exports and imports as one may in a day."""

    status, code, title = 429, "TOO_MANY_RUNS", "Too many exports"

    def __init__(self) -> None:
        super().__init__(
            "You have started as many exports and imports as one may in a day. Come back tomorrow.",
            headers={"Retry-After": "3600"},
        )
