"""Suggests entities with a token classification model of Hugging Face's transformers.

    copydesk suggesters add news.copydesk bert --command 'python3 hugging_face.py dslim/bert-base-NER --label MISC='

MODEL is the name of a model on the hub, which is fetched once, or a folder. Long texts are read in overlapping windows.
"""

from __future__ import annotations

import argparse
import os
from typing import List

import transformers
from suggester import Labels, Suggestion, add_label_option, chosen_labels, serve

#: By how many tokens the windows of a long text overlap.
STRIDE = 64


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", metavar="MODEL", help="a model such as dslim/bert-base-NER, or its folder")
    parser.add_argument("--revision", default="main", help="a commit of the model, so that it stays the same")
    parser.add_argument("--device", default="cpu", help="cpu, cuda or mps")
    add_label_option(parser)
    args = parser.parse_args()
    labels = Labels(chosen_labels(args.label))
    tokenizer = transformers.AutoTokenizer.from_pretrained(args.model, revision=args.revision)
    model = transformers.AutoModelForTokenClassification.from_pretrained(args.model, revision=args.revision)
    # Some tokenizers know no limit.
    limit = int(getattr(model.config, "max_position_embeddings", 512))
    tokenizer.model_max_length = min(int(tokenizer.model_max_length), limit)
    tag = transformers.pipeline(
        "token-classification", model=model, tokenizer=tokenizer, device=args.device,
        aggregation_strategy="first", stride=min(STRIDE, tokenizer.model_max_length // 4),
    )

    def suggest(text: str) -> List[Suggestion]:
        found: List[Suggestion] = []
        for one in tag(text):
            label = labels.of_dataset(one["entity_group"])
            start, end = int(one["start"]), int(one["end"])
            words = text[start:end]
            # Some tokenizers take the space before a word for a part of it.
            start += len(words) - len(words.lstrip())
            if label and words.strip():
                found.append(Suggestion(start, start + len(words.strip()), label, float(one["score"])))
        return found

    name = os.path.basename(os.path.normpath(args.model)) if os.path.isdir(args.model) else args.model
    serve(name, f"{args.revision}, transformers {transformers.__version__}", suggest)


if __name__ == "__main__":
    main()
