"""Suggests entities with a large language model behind a server with OpenAI's interface, such as Ollama or llama.cpp.

    ollama serve &
    copydesk suggesters add news.copydesk qwen --time-limit 5m \\
        --command 'python3 language_model.py --url http://127.0.0.1:11434/v1 --model qwen3:8b'

The model copies the text and marks entities in it: `[Ada Borg](PERSON) spoke.` Copydesk finds the places of the marks and
refuses those that do not fit the article. Only the standard library is needed.
"""

from __future__ import annotations

import argparse
import json
import os
import urllib.request
from typing import Any, Dict, List

from suggester import pieces, serve, wanted_labels

PROMPT = """You mark named entities in news. Copy the text of the user exactly, character by character, and put each \
entity into square brackets, followed by its label in round brackets, such as [Ada Borg](PERSON). The labels are: {labels}. \
Mark nothing else, change nothing, explain nothing."""
#: The longest piece of text that the model gets at once, in characters.
LONGEST = 2000


class Server:
    """A server with OpenAI's interface for chats."""

    def __init__(self, url: str, model: str, key: str, timeout: float) -> None:
        self.url = url.rstrip("/") + "/chat/completions"
        self.model = model
        self.key = key
        self.timeout = timeout

    def chat(self, system: str, user: str) -> str:
        """Returns the model's answer."""
        body: Dict[str, Any] = {
            "model": self.model, "temperature": 0, "stream": False,
            "messages": [{"role": "system", "content": system}, {"role": "user", "content": user}],
        }
        headers = {"Content-Type": "application/json"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        request = urllib.request.Request(self.url, json.dumps(body).encode("utf-8"), headers)
        with urllib.request.urlopen(request, timeout=self.timeout) as response:
            answer = json.load(response)
        content = answer["choices"][0]["message"]["content"]
        return without_thoughts(str(content))


def without_thoughts(content: str) -> str:
    """The answer without what the model thought aloud, and without a fence around it."""
    content = content.rpartition("</think>")[2].strip("\n")
    lines = content.split("\n")
    if len(lines) > 2 and lines[0].startswith("```") and lines[-1].startswith("```"):
        lines = lines[1:-1]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://127.0.0.1:11434/v1", help="the server's address, up to /v1")
    parser.add_argument("--model", required=True, help="the model as the server calls it")
    parser.add_argument("--key", default="OPENAI_API_KEY", metavar="NAME", help="the environment variable with a key")
    parser.add_argument("--timeout", type=float, default=300, help="seconds for one request")
    args = parser.parse_args()
    server = Server(args.url, args.model, os.environ.get(args.key, ""), args.timeout)
    system = PROMPT.format(labels=", ".join(wanted_labels() or ["PERSON", "ORG", "GPE"]))

    def suggest(text: str) -> str:
        marked: List[str] = []
        for _, piece in pieces(text, LONGEST):
            marked.append(server.chat(system, piece.strip("\n")))
        return "\n".join(marked)

    serve(args.model, args.url, suggest)


if __name__ == "__main__":
    main()
