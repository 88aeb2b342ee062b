"""Survey files as they really come, read into respondents with their answers.

`read_survey` reads a file to the letter and guesses nothing; `read_respondents` takes from it what a
`Layout` points at, and refuses the whole file at the first row that cannot be; `contentless` lists the
answers that seem to say nothing, for a person to decide on.
"""

from coder.corpus.contentless import contentless
from coder.corpus.reading import read_survey
from coder.corpus.respondents import Layout, Respondent, read_respondents
from coder.corpus.survey import Cell, Column, ColumnError, RowError, SurveyFile, SurveyFileError

__all__ = [
    "Cell",
    "Column",
    "ColumnError",
    "Layout",
    "Respondent",
    "RowError",
    "SurveyFile",
    "SurveyFileError",
    "contentless",
    "read_respondents",
    "read_survey",
]
