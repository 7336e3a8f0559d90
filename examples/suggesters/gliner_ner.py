"""Suggests entities with GLiNER, which looks for any labels that are given to it in words.

    copydesk suggesters add news.copydesk gliner --command 'python3 gliner_ner.py urchade/gliner_medium-v2.1'

MODEL is the name of a model on the hub, which is fetched once, or a folder. The dataset's labels are looked for by the
words below, or by those of `--words PERSON=politician`.
"""

from __future__ import annotations

import argparse
import os
from importlib.metadata import version
from typing import Dict, List

from gliner import GLiNER
from suggester import Suggestion, pieces, serve, wanted_labels

#: Words for labels that are abbreviations.
WORDS: Dict[str, str] = {
    "PERSON": "person", "PER": "person", "ORG": "organization", "GPE": "country, city or state", "LOC": "location",
    "NORP": "nationality, religious or political group", "FAC": "building", "EVENT": "event", "DATE": "date",
    "MONEY": "amount of money", "PERCENT": "percentage", "LAW": "law", "PRODUCT": "product", "WORK_OF_ART": "work of art",
}
#: The longest piece of text that the model reads at once, in characters.
LONGEST = 1200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", metavar="MODEL", help="a model such as urchade/gliner_medium-v2.1, or its folder")
    parser.add_argument("--threshold", type=float, default=0.5, help="the lowest score of a suggestion")
    parser.add_argument("--words", action="append", default=[], metavar="LABEL=WORDS", help="words for a label")
    args = parser.parse_args()
    chosen = dict(words.split("=", 1) for words in args.words)
    labels = wanted_labels() or ["PERSON", "ORG", "GPE"]
    label_of = {chosen.get(label, WORDS.get(label, label.lower().replace("_", " "))): label for label in labels}
    model = GLiNER.from_pretrained(args.model)

    def suggest(text: str) -> List[Suggestion]:
        found: List[Suggestion] = []
        for start, piece in pieces(text, LONGEST):
            for one in model.predict_entities(piece, list(label_of), threshold=args.threshold):
                label = label_of[one["label"]]
                found.append(Suggestion(start + one["start"], start + one["end"], label, float(one["score"])))
        return found

    name = os.path.basename(os.path.normpath(args.model)) if os.path.isdir(args.model) else args.model
    serve(name, f"gliner {version('gliner')}", suggest)


if __name__ == "__main__":
    main()
