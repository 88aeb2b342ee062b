"""What the tests of the model at work share: the sample study, imported and coded, and its fitted model."""

from pathlib import Path

from coder.study import Study, Trained, import_codings, import_wave, train
from coder.study.sample import QUESTIONS, WAVES, copy_sample


def sample_study(folder: Path) -> Path:
    """Return the sample study with its first wave and all codings."""
    made = copy_sample(folder / "voorbeeld")
    file, layout = WAVES["2017"]
    with Study.open(made) as study:
        import_wave(study, made / "corpora" / file, "2017", layout)
        for question in QUESTIONS:
            import_codings(study, made / "corpora" / f"codings-{question}.csv", question=question)
    return made


def sample_trained(folder: Path, question: str) -> Trained:
    """Return the model of a question of the sample study."""
    with Study.open(sample_study(folder)) as study:
        return train(study, study.question(question))
