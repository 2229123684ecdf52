"""The servers' files, derived from the contract and its fixtures into bench/.work/."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from uuid import UUID

import records
from job import LatestByKeys
from records import Records

BENCH = Path(__file__).resolve().parent
ROOT = BENCH.parent
WORK = BENCH / ".work"
CONTRACT = ROOT / "openapi.yaml"
FIXTURES = ROOT / "fixtures"


def contract_with_example(asked: LatestByKeys, known: Records) -> Path:
    """Write the contract with the wanted reply as the example of its 200, for Prism to answer."""
    document = records.load(CONTRACT)
    (path,) = document["paths"].values()
    path["post"]["responses"]["200"]["content"]["application/json"]["example"] = asked.expected(
        known
    )
    return written("contract-with-example.json", document)


def written(name: str, value: object) -> Path:
    file = WORK / name
    file.write_text(json.dumps(value), encoding="utf-8")
    return file


def many_fixtures(count: int) -> Path:
    """Write a copy of the fixtures in which the source with the most keys has `count` more."""
    folder = WORK / f"fixtures-{count}"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(FIXTURES, folder)
    known = records.read(FIXTURES)
    source = max(known, key=lambda each: len(known[each]))
    file = folder / "records/invocations.yaml"
    content = records.load(file)
    content["records"] += more_records(source, list(known[source].values()), count)
    # JSON is YAML in which no text can be taken for anything else.
    file.write_text(json.dumps(content, ensure_ascii=False, indent=0), encoding="utf-8")
    return folder


def more_records(
    source: str, models: list[records.Invocation], count: int
) -> list[dict[str, object]]:
    """Return records made after the models in turn, each with a key and an id of its own."""
    identities = random.Random(0)
    return [
        {
            "source": source,
            "object_key": f"many/page-{number:06}.md",
            "value": {
                **models[number % len(models)],
                "id": str(UUID(int=identities.getrandbits(128), version=4)),
            },
        }
        for number in range(count)
    ]
