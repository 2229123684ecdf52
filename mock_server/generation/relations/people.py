"""Names, addresses and sites of one person or one organisation."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

from mock_server.generation.relations.members import Members, ObjectPlan
from mock_server.generation.values.words import word_set

_FIRST = word_set("first_name given_name forename firstname")
_LAST = word_set("last_name family_name surname lastname")
_FULL = word_set("name full_name display_name fullname customer_name contact_name")
_EMAILS = word_set("email mail email_address contact_email support_email billing_email")
_NAME = frozenset({"name"})
_COMPANIES = word_set("company company_name organization organisation organization_name"
    " organisation_name employer legal_name business_name")  # fmt: skip
_SITES = word_set("website homepage site website_url site_url web_url company_url url")
_OWN_SITES = word_set("website homepage site website_url site_url company_url")
_DOMAINS = word_set("domain hostname host company_domain primary_domain domain_name")


def has_people(plan: ObjectPlan) -> bool:
    """Return whether an object has both parts of a name."""
    return bool(plan.named(_FIRST) and plan.named(_LAST))


def has_organisation(plan: ObjectPlan) -> bool:
    """Return whether an object has two members that name an organisation or lead to it."""
    kinds = [plan.named(words) for words in (_DOMAINS, _SITES, _EMAILS, _COMPANIES)]
    is_named = not kinds[3] and bool(kinds[0]) and bool(plan.named(_NAME))
    # An address alone may be that of anything.
    is_sure = bool(kinds[0] or kinds[3] or plan.named(_OWN_SITES))
    return is_sure and sum(map(bool, kinds)) + is_named > 1


def agree_on_people(members: Members) -> None:
    """Let a full name be that of its parts, and the e-mail address that of the name."""
    value = members.value
    first, last = members.first(_FIRST), members.first(_LAST)
    if first and last and isinstance(value[first], str) and isinstance(value[last], str):
        whole = members.first(_FULL)
        if whole is not None and isinstance(value[whole], str):
            members.put(whole, f"{value[first]} {value[last]}")
        email = members.first(_EMAILS)
        if email is not None and isinstance(value[email], str) and "@" in value[email]:
            local = f"{_slug(value[first])}.{_slug(value[last])}"
            members.put(email, f"{local}@{value[email].rpartition('@')[2]}")


def agree_on_organisation(members: Members) -> None:
    """Let the site, the domain and the e-mail addresses of an organisation be at one host."""
    value = members.value
    texts = {own for own, one in value.items() if isinstance(one, str)}
    domain = next((own for _, own in members.named(_DOMAINS) if own in texts), None)
    site = next(
        (own for _, own in members.named(_SITES) if own in texts and "://" in value[own]), None
    )
    emails = [own for _, own in members.named(_EMAILS) if own in texts and "@" in value[own]]
    company = next((own for _, own in members.named(_COMPANIES) if own in texts), None)
    if company is None and members.first(_FIRST) is None and domain is not None:
        company = next((own for _, own in members.named(_NAME) if own in texts), None)
    if sum((domain is not None, site is not None, bool(emails), company is not None)) < 2:
        return
    host = _host(members, company, domain, site)
    if host is None:
        return
    if domain is not None:
        members.put(domain, host)
    if site is not None:
        members.put(site, f"https://{host}", f"https://{host}/")
    for email in emails if domain is not None or site is not None or company is not None else ():
        members.put(email, f"{value[email].rpartition('@')[0]}@{host}")


def _host(
    members: Members, company: str | None, domain: str | None, site: str | None
) -> str | None:
    """Return the host of an organisation: the fixed one, else one after its name."""
    value = members.value
    if domain is not None and not members.may_change(domain):
        return str(value[domain])
    if site is not None and not members.may_change(site):
        return _host_of(value[site])
    if company is not None:
        return f"{_slug(value[company])}.example.com"
    return str(value[domain]) if domain is not None else _host_of(value[site or ""])


def _host_of(url: str) -> str | None:
    return urlsplit(url).hostname


def _slug(text: str) -> str:
    """Return a text as a part of a host name or an address: small letters, digits and hyphens."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-") or "mock"
