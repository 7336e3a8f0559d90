"""doccano's own importer on a database in memory, for a Python that has doccano: FILE.jsonl. Prints its errors and what it keeps."""
import json
import os
import sys
import tempfile

import backend

os.environ.update(DJANGO_SETTINGS_MODULE="config.settings.development", DATABASE_URL="sqlite:///:memory:", SECRET_KEY="x",
                  MEDIA_ROOT=tempfile.mkdtemp())
sys.path.insert(0, next(iter(backend.__path__)))
import django

django.setup()
from django.core.management import call_command

call_command("migrate", verbosity=0)
from django.contrib.auth import get_user_model
from data_import.datasets import SequenceLabelingDataset
from data_import.pipeline.parsers import JSONLParser
from data_import.pipeline.readers import FileName, Reader
from examples.models import Example
from labels.models import Span
from projects.models import SequenceLabelingProject

user = get_user_model().objects.create_user("maria", password="x")
project = SequenceLabelingProject.objects.create(
    name="p", description="", created_by=user, project_type="SequenceLabeling", allow_overlapping=True)
name = FileName(full_path=sys.argv[1], generated_name="a", upload_name="a.jsonl")
dataset = SequenceLabelingDataset(Reader([name], JSONLParser(encoding="utf-8")), project)
dataset.save(user)
rows = []
for example in Example.objects.filter(project=project).order_by("pk"):
    spans = Span.objects.filter(example=example).order_by("start_offset", "-end_offset", "label__text")
    rows.append({"text": example.text, "meta": example.meta,
                 "label": [[s.start_offset, s.end_offset, s.label.text] for s in spans]})
print(json.dumps({"errors": [str(error) for error in dataset.errors], "rows": rows}))
