"""Writes Tests/Fixtures/classification-metrics/metrics.json: GLUE's metrics as scikit-learn and scipy compute them.

Run: python scripts/reference/classification_metrics.py   (needs scikit-learn 1.9.1 and scipy 1.17.1)

Degenerate cases are in it: constant predictions, one true class, ties, a class that never occurs.
"""

import json
import pathlib
import random
import warnings

from scipy.stats import pearsonr, spearmanr
from sklearn.metrics import accuracy_score, f1_score, matthews_corrcoef

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "classification-metrics"


def classes(name, count, truths, predictions):
    average = "binary" if count == 2 else "macro"
    return {
        "name": name,
        "classes": count,
        "truths": truths,
        "predictions": predictions,
        "accuracy": accuracy_score(truths, predictions),
        "f1": f1_score(truths, predictions, average=average, zero_division=0.0),
        "matthews": matthews_corrcoef(truths, predictions),
    }


def finite(value):
    return None if value != value else float(value)


def values(name, x, y):
    return {
        "name": name,
        "x": x,
        "y": y,
        "pearson": finite(pearsonr(x, y).statistic),
        "spearman": finite(spearmanr(x, y).statistic),
    }


def main():
    warnings.simplefilter("ignore")
    random.seed(4)
    noisy = lambda truth, count: truth if random.random() < 0.7 else random.randrange(count)
    two = [random.randrange(2) for _ in range(40)]
    four = [random.randrange(4) for _ in range(60)]
    scores = [round(random.uniform(0, 5), 1) for _ in range(50)]
    document = {
        "classes": [
            classes("two classes", 2, two, [noisy(t, 2) for t in two]),
            classes("four classes", 4, four, [noisy(t, 4) for t in four]),
            classes("all right", 2, [0, 1, 1, 0], [0, 1, 1, 0]),
            classes("all wrong", 2, [0, 1, 1, 0], [1, 0, 0, 1]),
            classes("constant prediction of the first class", 2, [0, 1, 1, 0, 1], [0, 0, 0, 0, 0]),
            classes("constant prediction of the second class", 2, [0, 1, 1, 0, 1], [1, 1, 1, 1, 1]),
            classes("one true class", 2, [1, 1, 1], [1, 0, 1]),
            classes("one true class, all right", 2, [0, 0, 0], [0, 0, 0]),
            classes("a class that never occurs", 3, [0, 2, 2, 0, 0], [0, 2, 0, 0, 2]),
            classes("a class that is only predicted", 3, [0, 2, 2, 0, 0], [0, 2, 1, 0, 1]),
        ],
        "values": [
            values("ties on both sides", scores, [round(s + random.gauss(0, 1)) * 1.0 for s in scores]),
            values("no ties", [1.0, 2.5, 3.0, 8.0], [0.1, -4.0, 2.0, 1.0]),
            values("a line", [1.0, 2.0, 3.0], [2.0, 4.0, 6.0]),
            values("a falling line", [1.0, 2.0, 3.0], [0.5, 0.25, 0.0]),
            values("constant predictions", [1.0, 2.0, 3.0], [2.0, 2.0, 2.0]),
            values("constant truth", [4.0, 4.0, 4.0], [1.0, 2.0, 2.5]),
        ],
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "metrics.json").write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
