"""The strings that fit the name of a property."""

from __future__ import annotations

from mock_server.generation.values import files, texts
from mock_server.generation.values.dates import date, date_time
from mock_server.generation.values.random_source import Text
from mock_server.generation.values.texts import digits, faked, hexes, one_of, slug, word
from mock_server.generation.values.words import by_name, table

NAMES: dict[str, Text] = table(
    ("id uuid guid uid gid sid", texts.uuid),
    ("error error_code", texts.error),
    ("code", digits("00-00-00")),
    ("message reason detail details", one_of(
        "The request could not be completed.", "The resource was not found.",
        "A required field is missing.", "The operation timed out.",
    )),
    ("status state", one_of("active", "pending", "completed", "inactive")),
    ("type kind", one_of("standard", "basic", "custom")),
    ("name title subject display_name label_name headline", texts.title),
    ("first_name given_name forename", lambda s: s.somebody()[0]),
    ("last_name family_name surname", lambda s: s.somebody()[1]),
    ("full_name person user customer author owner creator assignee contact employee member manager"
     " reviewer recipient sender passenger guest patient student teacher created_by updated_by"
     " customer_name author_name contact_name owner_name holder_name", texts.person),
    ("product product_name item_name article_name", texts.product),
    ("pet dog cat animal pet_name", faked("first_name")),
    ("username user_name login handle nickname", texts.login),
    ("email mail email_address", texts.email),
    ("phone phone_number mobile telephone tel fax", texts.phone),
    ("company organization organisation employer vendor brand manufacturer supplier company_name"
     " organization_name", faked("company")),
    ("job job_title occupation profession", faked("job")),
    ("street street_address address line1 address_line1", faked("street_address")),
    ("line2 address_line2 address2 street2", digits("Apt. 00")),
    ("city town city_name", faked("city")),
    ("province county state_name", faked("state")),
    ("country country_name", faked("country")),
    ("country_code country_iso2 iso2 alpha2", one_of("DE", "FR", "GB", "JP", "US")),
    ("zip zip_code zipcode postal_code postcode", faked("postcode")),
    ("currency currency_code", one_of("EUR", "USD", "GBP", "JPY", "CHF")),
    ("price amount cost total subtotal tax fee balance", digits("00.00")),
    ("url uri link href website homepage webhook location", texts.url),
    (" ".join(sorted(files.IMAGES)), files.image),
    ("host hostname domain server", texts.host),
    ("ip ip_address ipv4 ipv4_address", texts.ipv4),
    ("ipv6 ipv6_address", texts.ipv6),
    ("mac mac_address", lambda s: ":".join(s.hexes(2) for _ in range(6))),
    ("user_agent", one_of("Mozilla/5.0 (X11; Linux x86_64)", "curl/8.5.0")),
    ("path directory folder object_key key", lambda s: f"{word(s)}/{texts.file_name(s)}"),
    ("file filename file_name attachment document", texts.file_name),
    ("mime_type content_type media_type", one_of("application/json", "text/plain", "image/png")),
    ("locale language lang", one_of("en-US", "de-DE", "fr-FR")),
    ("timezone time_zone tz", one_of("Europe/Berlin", "America/New_York", "Asia/Tokyo")),
    ("color colour", lambda s: f"#{s.hexes(6)}"),
    ("version", digits("0.0.0")),
    ("token secret api_key access_key signature nonce cursor next_cursor page_token", hexes(32)),
    ("sha sha1 sha1sum commit revision", hexes(40)),
    ("hash digest checksum sha256 sha256sum fingerprint", hexes(64)),
    ("sha512 sha512sum", hexes(128)),
    ("md5 md5sum etag", hexes(32)),
    ("crc32", hexes(8)),
    ("base64 b64", texts.base64_text),
    ("b64_json", files.base64_image),
    ("password", texts.password),
    ("branch branch_name ref", one_of("main", "develop", "feature/search", "release/2.4")),
    ("bucket bucket_name", lambda s: f"{slug(s)}-bucket"),
    ("collection collection_name index table table_name", one_of(
        "documents", "articles", "products", "support_tickets", "source_code",
    )),
    ("database database_name db schema tenant", one_of("production", "staging", "analytics")),
    ("repository repo project workspace namespace cluster queue topic channel", slug),
    ("region", one_of("eu-west-1", "us-east-1", "ap-south-1")),
    ("environment env", one_of("production", "staging", "development")),
    ("role", one_of("admin", "editor", "viewer")),
    ("team department group", one_of("engineering", "support", "sales", "research")),
    ("priority level severity importance", one_of("low", "medium", "high")),
    ("size", one_of("small", "medium", "large")),
    ("unit", one_of("kg", "cm", "piece")),
    ("plan tier", one_of("free", "team", "enterprise")),
    ("gender", one_of("female", "male", "other")),
    ("method", one_of("GET", "POST", "PUT")),
    ("slug permalink", slug),
    ("sku", digits("SKU-00000")),
    ("reference number code_number", digits("00000000")),
    ("isbn", faked("isbn13")),
    ("iban", faked("iban")),
    ("latitude lat", digits("00.0000")),
    ("longitude lng lon", digits("00.0000")),
    ("duration", texts.duration),
    ("description summary comment note caption excerpt question answer", faked("sentence")),
    ("body text content bio about abstract article review", faked("paragraph")),
)  # fmt: skip
# The things with a `name`: it is made as a string property with the name of the thing is.
_OWNERS = {
    name: NAMES[name]
    for name in (
        "user", "customer", "author", "owner", "creator", "assignee", "contact", "employee",
        "member", "manager", "reviewer", "person", "pet", "dog", "cat", "animal", "company",
        "organization", "vendor", "supplier", "brand", "city", "country", "file", "bucket",
        "branch", "collection", "database", "repository", "project", "team", "role", "product",
    )
} | dict.fromkeys(
    (
        "guest", "recipient", "sender", "passenger", "patient", "student", "teacher", "driver",
        "traveler", "traveller", "cardholder", "holder", "payer", "payee", "buyer", "subscriber",
        "attendee", "participant", "applicant", "candidate", "tenant", "client", "caller", "agent",
        "instructor", "doctor", "speaker", "winner", "signer", "address", "profile", "colleague",
    ),
    texts.person,
) | dict.fromkeys(("item", "article", "variant", "line"), texts.product)  # fmt: skip
_TIMES = {"at": date_time, "timestamp": date_time, "datetime": date_time, "time": date_time,
          "on": date, "date": date, "birthday": date, "dob": date}  # fmt: skip


def text_by_name(name: str) -> Text | None:
    """Return a leaf of strings for a property with that name; None for an unknown name.

    A name may begin with its owner: `user.name` is the name of a user.
    """
    owner, _, name = name.rpartition(".")
    if name.lower() == "code":
        return texts.error  # other codes have longer names, `coupon_code`
    if files.is_address(name) and (linked := files.file_by_name(f"{owner} {name}")) is not None:
        return linked
    found = (by_name(_OWNERS, owner) if name == "name" else None) or by_name(NAMES, name)
    timed = None if found else by_name(_TIMES, name)
    return timed(name) if timed else found
