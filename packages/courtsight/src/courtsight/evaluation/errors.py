"""What can go wrong in an evaluation."""


class EvaluationDataError(ValueError):
    """The file is not in the format that the tasks need."""
