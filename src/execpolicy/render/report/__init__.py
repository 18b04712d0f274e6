"""The report on APIs: one page of HTML. Its data are plain values (``model``), which ``cli/report`` collects."""
