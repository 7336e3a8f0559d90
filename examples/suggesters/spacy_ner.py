"""Suggests entities with a spaCy pipeline.

    copydesk suggesters add news.copydesk spacy --command 'python3 spacy_ner.py en_core_web_md'

MODEL is the name of an installed pipeline or the folder of one. spaCy gives no scores, so all suggestions count as
certain.
"""

from __future__ import annotations

import argparse
from typing import List

import spacy
from suggester import Labels, Suggestion, add_label_option, chosen_labels, serve


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", metavar="MODEL", help="a pipeline such as en_core_web_md, or its folder")
    add_label_option(parser)
    args = parser.parse_args()
    labels = Labels(chosen_labels(args.label))
    nlp = spacy.load(args.model)

    def suggest(text: str) -> List[Suggestion]:
        found: List[Suggestion] = []
        for entity in nlp(text).ents:
            label = labels.of_dataset(entity.label_)
            if label is not None:
                found.append(Suggestion(entity.start_char, entity.end_char, label))
        return found

    name = f"spaCy {nlp.meta.get('lang', '')}_{nlp.meta.get('name', '')}"
    serve(name, str(nlp.meta.get("version", "")), suggest)


if __name__ == "__main__":
    main()
