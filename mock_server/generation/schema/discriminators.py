"""Discriminators: the property that names the schema which an object satisfies."""

from __future__ import annotations

from mock_server.generation.schema.schema import Made, SchemaSource

# The keyword of a value that must be taken. Only generated schemas have it.
TAG = "(tag)"
# The keyword of properties that are present if allowed. Only generated schemas have it.
ALWAYS = "(always)"


def branch_tags(part: SchemaSource, branch: SchemaSource) -> list[SchemaSource]:
    """Return what the discriminator requires of a branch (OAS 3.1.1, section 4.8.25)."""
    ref = branch.raw.get("$ref") if isinstance(branch.raw, dict) else None
    if isinstance(ref, str):
        return component_tags(part, ref.rpartition("/")[2])
    name = property_name(part)
    return [] if name is None else [Made({ALWAYS: [name]})]


def component_tags(part: SchemaSource, component: str) -> list[SchemaSource]:
    """Return what the discriminator of a schema requires of a component."""
    name = property_name(part)
    if name is None:
        return []
    tag = next(iter(_mapped(part, component)), component)
    return [Made({ALWAYS: [name], "properties": {name: {TAG: tag}}})]


def is_mapped(part: SchemaSource, component: str) -> bool:
    """Return whether the mapping of a schema's discriminator leads to a component."""
    return bool(_mapped(part, component))


def _mapped(part: SchemaSource, component: str) -> list[str]:
    mapping = part.raw["discriminator"].get("mapping")
    tags = mapping.items() if isinstance(mapping, dict) else ()
    return [tag for tag, ref in tags if str(ref).rpartition("/")[2] == component]


def property_name(part: SchemaSource) -> str | None:
    """Return the property that a schema's discriminator reads; None if there is none."""
    told = part.raw.get("discriminator") if isinstance(part.raw, dict) else None
    name = told.get("propertyName") if isinstance(told, dict) else None
    return name if isinstance(name, str) else None
