"""Discriminators: the property that names the schema which an object satisfies."""

from __future__ import annotations

from mock_server.generation.schema.schema import Made, SchemaSource

# The keyword of a value that must be taken: no document has it.
TAG = "(tag)"


def branch_tags(part: SchemaSource, branch: SchemaSource) -> list[SchemaSource]:
    """What the discriminator asks of a branch (OAS 3.1, section 4.8.25)."""
    ref = branch.raw.get("$ref") if isinstance(branch.raw, dict) else None
    return component_tags(part, ref.rpartition("/")[2]) if isinstance(ref, str) else []


def component_tags(part: SchemaSource, component: str) -> list[SchemaSource]:
    """What the discriminator of a schema asks of a component."""
    told = part.raw.get("discriminator")
    name = told.get("propertyName") if isinstance(told, dict) else None
    if not isinstance(name, str):
        return []
    mapping = told.get("mapping")
    tags = mapping.items() if isinstance(mapping, dict) else ()
    fitting = (tag for tag, ref in tags if str(ref).rpartition("/")[2] == component)
    return [Made({"properties": {name: {TAG: next(fitting, component)}}})]
