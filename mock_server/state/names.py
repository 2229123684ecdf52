"""The words by which documents name things that are stored, and what is done to them."""

from __future__ import annotations

import re
from functools import lru_cache

from mock_server.generation import plain


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# An object around the item of a reply, or around what a request says of it.
WRAPPERS = _words("data result response payload resource item entity object record value")
# Objects in which the id of an item may stand.
ID_HOLDERS = _words("metadata meta sys system identity identifiers info attributes properties ref")
# By what things are told apart, the surest first.
KEYS = (
    *("id", "uuid", "guid", "gid", "sid", "uid", "oid", "pk", "key", "slug", "code", "handle"),
    *("number", "reference", "ref", "identifier", "login", "username", "user_name", "email"),
    *("name", "token", "tag", "hash", "digest", "path", "filename", "ip", "address", "domain"),
)
# Words at the end of a schema's name that don't make it another thing.
FORMS = _words(
    "compact response request base mini full summary summaries detail details list lists item dto"
    " out in view read create created update updated public simple object model entity resource"
    " resources get post put patch body payload result results input output new data schema"
    " properties attributes info minimal short expanded extended private partial editable writable"
    " readable collection paginated page many single one v1 v2 v3 api"
)
# What is computed or handed out once rather than kept, unless it can be listed and changed.
PASSING = _words(
    "search searches query queries report reports metric metrics stat stats statistic statistics"
    " analytics usage token tokens login logout auth oauth authorize estimate estimates"
    " calculation calculations calculate validate preview previews count counts batch bulk"
    " translate convert"
)
# Those that mean it only if they are the whole name.
WHOLE_PASSING = _words("check health status ping version verify info")
# Segments behind a collection that say what is done, in RPC style.
CREATES = _words("create add new")
LISTS = _words("list all index")
UPDATES = _words("update edit")
DELETES = _words("delete remove")

CREATED = _words(
    "created_at created_on created date_created creation_date create_time creation_time"
    " created_time time_created created_date inserted_at createdat"
)
UPDATED = _words(
    "updated_at updated_on updated date_updated update_time modified_at modified last_modified"
    " last_updated last_modified_at last_updated_at modified_on updated_time date_modified"
    " modification_date modified_date updated_date last_modified_date content_updated_at updatedat"
)


@lru_cache(4_096)
def single(name: str) -> str:
    """A name in the singular and in snake_case: `OrderItems` is `order_item`."""
    text = plain(name)
    for ending, of_one in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch")):
        if text.endswith(ending):
            return text[: -len(ending)] + of_one
    is_plural = text.endswith("s") and not text.endswith(("ss", "us", "is")) and len(text) > 2
    return text[:-1] if is_plural else text


@lru_cache(4_096)
def stem(name: str) -> str:
    """The name of a schema without what says only which form it is of: `TaskCompact` is `task`."""
    words = [single(word) for word in plain(re.sub(r"\W+", "_", name)).split("_") if word]
    kept = words
    while len(kept) > 1 and (kept[-1] in FORMS or kept[-1] + "s" in FORMS):
        kept = kept[:-1]
    while len(kept) > 1 and kept[0] in ("create", "update", "new", "get", "patch", "list", "the"):
        kept = kept[1:]
    return "_".join(kept)


# What is done to an item beside changing its members: the first word of a summary or an id.
ACTIONS = _words(
    "restore cancel append sync synchronize synchronise archive unarchive send resend publish"
    " unpublish approve reject deny accept decline verify activate deactivate enable disable start"
    " stop pause resume merge convert duplicate copy move refund capture confirm void finalize"
    " close open reopen lock unlock rotate reset revoke transfer upload commit retry rerun run"
    " trigger invoke execute mark complete import export share unshare subscribe"
    " unsubscribe attach detach assign unassign apply promote demote ban unban mute unmute"
    " renew suspend unsuspend submit process check validate calculate search query generate"
    " preview undelete recover replay regenerate refresh join leave follow unfollow star"
    " unstar pin unpin block unblock link unlink"
)
# What takes an item out of a place without an end to it.
DETACHES = _words(
    "leave detach unassign unlink unsubscribe unfollow unstar unpin disassociate dissociate"
)


def is_done(verb: str, stage: str) -> bool:
    """Whether a stage is what a verb leads to: `cancel` to `cancelled`, `ship` to `shipped`."""
    if verb in _STAGES_OF:
        return stage in _STAGES_OF[verb]
    roots = {verb, verb.removesuffix("e"), f"{verb}{verb[-1]}", verb.removesuffix("y") + "i"}
    return any(stage == f"{root}ed" for root in roots if root)


_STAGES_OF = {
    "pay": {"paid"},
    "send": {"sent"},
    "start": {"started", "running", "in_progress", "active"},
    "stop": {"stopped"},
    "resume": {"running", "active", "in_progress", "resumed"},
    "reopen": {"open", "reopened"},
    "open": {"open", "opened"},
    "complete": {"completed", "complete", "done"},
    "activate": {"active", "activated"},
    "deactivate": {"inactive", "deactivated"},
    "enable": {"enabled", "active"},
    "disable": {"disabled", "inactive"},
}
