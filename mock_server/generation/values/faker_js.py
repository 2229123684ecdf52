"""The methods of faker.js by their names (https://fakerjs.dev/api/).

The names of older versions are known too. Nothing here reads the clock, so that one seed always
gives the same value. The past ends before 2026; the future begins in 2050.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from mock_server.generation.values import files, texts
from mock_server.generation.values.dates import date_time
from mock_server.generation.values.faker_methods import (
    DIGITS,
    LETTERS,
    Given,
    Method,
    amount,
    between,
    birth,
    by_expression,
    characters,
    element,
    elements,
    integer,
    just,
    member,
    moment,
    real,
    sentences,
    symbols,
    weighted,
    words,
)
from mock_server.generation.values.random_source import Leaf, Source
from mock_server.generation.values.texts import digits, faked, hexes, one_of, slug, title, word

_YEARS_50 = 50 * 365 * 86_400


def snake(name: str) -> str:
    """Return the name as the table spells it: `person.first_name` for `person.firstName`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _methods(
    modules: str, leaves: Mapping[str, Leaf], methods: Mapping[str, Method]
) -> Iterator[tuple[str, Method]]:
    """Yield the methods of all the modules by name; a key may hold several names of one method."""
    every = {**{names: just(leaf) for names, leaf in leaves.items()}, **methods}
    for module in modules.split():
        for names, method in every.items():
            yield from ((f"{module}.{name}", method) for name in names.split())


def _boolean(given: Given) -> Leaf:
    chance = given.number("probability", 0, 0.5)
    return lambda source: source.random() < chance


def _template(given: Given) -> Leaf:
    """Return a leaf of text with calls in it: `{{person.firstName}} of {{company.name}}`."""
    told = given.values[0] if given.values else ""
    options = told if isinstance(told, list) and told else [told]
    parts = [list(_pieces(str(option))) for option in options]
    return lambda source: "".join(str(make(source)) for make in source.pick(parts))


def _pieces(text: str) -> Iterator[Leaf]:
    for index, piece in enumerate(re.split(r"\{\{\s*([\w.]+)(?:\(.*?\))?\s*\}\}", text)):
        if index % 2 == 0:
            yield one_of(piece)
        elif (method := METHODS.get(snake(piece))) is not None:
            yield method(Given())
        else:
            raise ValueError(f"{piece} isn't known")


def _sex(source: Source) -> str:
    return source.pick(("female", "male"))


_PAST, _FUTURE = date_time(""), moment(datetime(2050, 1, 1, tzinfo=UTC), _YEARS_50)
_SENTENCE, _PARAGRAPH = faked("sentence"), faked("paragraph")
_MATERIALS = one_of("Cotton", "Granite", "Metal", "Rubber", "Steel", "Wooden")
_PRODUCTS = one_of("Bike", "Chair", "Gloves", "Keyboard", "Lamp", "Shirt", "Shoes", "Table")
_FOODS = one_of("Apple Pie", "Fish and Chips", "Lasagna", "Pumpkin Soup", "Sushi")
_ANIMALS = ("bear bird cat cetacean cow crocodilia dog fish horse insect lion pet_name rabbit"
            " rodent snake type")  # fmt: skip
_VERSION, _IMAGE = digits("0.0.0"), files.image
_FILES = one_of("png", "pdf", "txt", "csv", "mp3")
_CODES = ("bic account_number account routing_number mask card masked_number pin credit_card_cvv"
          " credit_card_issuer bitcoin_address ethereum_address litecoin_address")  # fmt: skip

METHODS: dict[str, Method] = {
    **dict(_methods("airline", {
        "airline": one_of("Lufthansa", "Air France", "Delta Air Lines", "Japan Airlines"),
        "airplane": one_of("Airbus A320", "Boeing 737-800", "Embraer E190"),
        "airport": one_of("Hamburg Airport", "Haneda Airport", "Denver International Airport"),
        "aircraft_type": one_of("narrowbody", "regional", "widebody"),
        "flight_number": digits("0000"), "seat": lambda s: f"{s.between(1, 35)}{s.pick('ABCDEF')}",
        "record_locator": lambda s: "".join(s.pick(LETTERS.upper()) for _ in range(6)),
        "iata_type": one_of("airline", "airport"),
    }, {})),
    **dict(_methods("animal", {_ANIMALS: one_of("Bruno", "Luna", "Merlin", "Nala", "Rex")}, {})),
    **dict(_methods("book", {
        "author": texts.person, "format": one_of("Hardcover", "Paperback", "eBook", "Audiobook"),
        "genre": one_of("Crime", "Fantasy", "History", "Poetry"), "publisher": faked("company"),
        "series title": title,
    }, {})),
    **dict(_methods("color commerce", {
        "human color": faked("color_name"), "rgb": lambda s: f"#{s.hexes(6)}",
        "space": one_of("sRGB", "Display P3"), "css_supported_function": one_of("rgb", "hsl"),
        "css_supported_space": one_of("sRGB", "display-p3"),
        "cmyk color_by_css_color_space hsl hwb lab lch": lambda s: f"rgb({s.below(256)} 128 128)",
    }, {})),
    **dict(_methods("commerce", {
        "department": one_of("Books", "Garden", "Music", "Sports", "Toys"),
        "product": _PRODUCTS, "product_adjective": one_of("Ergonomic", "Handmade", "Sleek"),
        "product_material": _MATERIALS, "product_description": _SENTENCE, "isbn": faked("isbn13"),
        "product_name": lambda s: f"{s.pick(('Handmade', 'Sleek'))} {_MATERIALS(s)} {_PRODUCTS(s)}",
        "upc": digits("000000000000"),
    }, {"price": amount})),
    **dict(_methods("company", {
        "name company_name": faked("company"), "company_suffix suffixes": faked("company_suffix"),
        "catch_phrase catch_phrase_adjective catch_phrase_descriptor catch_phrase_noun":
            faked("catch_phrase"),
        "bs bs_adjective bs_buzz bs_noun buzz_phrase buzz_adjective buzz_noun buzz_verb":
            faked("bs"),
    }, {})),
    **dict(_methods("database", {
        "collation": one_of("utf8_unicode_ci", "utf8_general_ci"), "column": one_of("id", "title"),
        "engine": one_of("InnoDB", "MyISAM"), "mongodb_object_id": hexes(24),
        "type": one_of("int", "varchar", "text"),
    }, {})),
    **dict(_methods("datatype random number", {
        "uuid": texts.uuid, "hexadecimal": lambda s: f"0x{s.hexes(2)}", "datetime": _PAST,
        "word words": word, "alpha": lambda s: s.pick(LETTERS), "string": hexes(10),
        "locale": one_of("en", "de", "fr"), "image": _IMAGE,
        "hex": lambda s: s.hexes(1), "octal": lambda s: str(s.below(8)),
        "binary": lambda s: str(s.below(2)),
        "roman_numeral": one_of("I", "IV", "IX", "XIV", "MMXXIV"),
    }, {
        "boolean": _boolean, "number int big_int": integer, "float": real, "array_element": element,
        "alpha_numeric": characters(LETTERS + DIGITS), "numeric": characters(DIGITS),
    })),
    **dict(_methods("date", {
        "past recent": _PAST, "future soon": _FUTURE, "anytime": _PAST,
        "month": faked("month_name"), "weekday": faked("day_of_week"),
        "time_zone": faked("timezone"),
    }, {"between": between, "birthdate": birth})),
    **dict(_methods("finance", {
        "account_name transaction_description": title,
        "currency currency_name": faked("currency_name"),
        "currency_code": one_of("EUR", "USD", "GBP", "JPY", "CHF"),
        "currency_symbol": one_of("€", "$", "£", "¥"), "currency_numeric_code": digits("000"),
        "iban": faked("iban"), "credit_card_number": faked("credit_card_number"),
        "transaction_type": one_of("deposit", "invoice", "payment", "withdrawal"),
        _CODES: digits("00000000"),
    }, {"amount": amount})),
    **dict(_methods("food", {
        "dish": _FOODS, "adjective": one_of("crispy", "fresh", "spicy"), "description": _SENTENCE,
        "ethnic_category": one_of("French", "Italian", "Thai"),
        "fruit": one_of("apple", "cherry", "plum"), "ingredient": one_of("flour", "oil", "salt"),
        "meat": one_of("beef", "chicken", "lamb"), "spice": one_of("basil", "cumin", "pepper"),
        "vegetable": one_of("carrot", "leek", "spinach"),
    }, {})),
    **dict(_methods("git", {
        "branch": lambda s: f"{word(s)}-{word(s)}", "commit_message commit_entry": _SENTENCE,
        "commit_date": _PAST, "commit_sha sha": hexes(40), "short_sha": hexes(7),
    }, {})),
    **dict(_methods("hacker", {
        "abbreviation": one_of("API", "HTTP", "JSON", "SQL", "TCP"), "phrase": _SENTENCE,
        "adjective": one_of("digital", "open-source", "wireless"),
        "noun": one_of("bandwidth", "bus", "protocol"),
        "verb": one_of("compress", "parse", "reboot"),
        "ingverb": one_of("compressing", "parsing", "rebooting"),
    }, {})),
    **dict(_methods("helpers helper", {"slugify": slug}, {
        "array_element random_array_element enum_value": element,
        "array_elements shuffle unique_array": elements, "weighted_array_element": weighted,
        "from_reg_exp regexp_style_string_parse": by_expression, "fake mustache": _template,
        "replace_symbols replace_symbol_with_number replace_credit_card_symbols": symbols,
        "object_key": member(lambda told: list(told)), "range_to_number": integer,
        "object_value": member(lambda told: list(told.values())),
    })),
    **dict(_methods("image", {
        "avatar avatar_git_hub avatar_legacy url url_lorem_flickr url_picsum_photos image image_url"
        " url_placeholder abstract animals business cats city fashion food nature nightlife people"
        " person_portrait sports technics transport": _IMAGE,
        "data_uri": lambda s: f"data:image/png;base64,{files.base64_image(s)}",
    }, {})),
    **dict(_methods("internet", {
        "email example_email": texts.email, "username user_name display_name": texts.login,
        "url": texts.url, "domain_name": texts.host, "domain_word": slug,
        "domain_suffix": one_of("com", "org", "net"), "ip ipv4": texts.ipv4, "ipv6": texts.ipv6,
        "mac": lambda s: ":".join(s.hexes(2) for _ in range(6)), "password": texts.password,
        "port": lambda s: s.between(1024, 65_535), "protocol": one_of("http", "https"),
        "http_method": one_of("GET", "POST", "PUT", "PATCH", "DELETE"), "avatar": _IMAGE,
        "http_status_code": lambda s: s.pick((200, 201, 204, 400, 404, 500)),
        "emoji": one_of("😀", "🚀", "🌻"), "color": lambda s: f"#{s.hexes(6)}",
        "user_agent": one_of("Mozilla/5.0 (X11; Linux x86_64)", "curl/8.5.0"),
        "jwt": lambda s: f"eyJhbGciOiJIUzI1NiJ9.e30.{s.hexes(32)}",
        "jwt_algorithm": one_of("HS256", "RS256", "ES256"),
    }, {})),
    **dict(_methods("location address", {
        "building_number": faked("building_number"), "city city_name": faked("city"),
        "cardinal_direction": one_of("North", "East", "South", "West"),
        "continent": one_of("Africa", "Asia", "Europe"), "country": faked("country"),
        "country_code": one_of("DE", "FR", "GB", "JP", "US"), "county": faked("city"),
        "direction ordinal_direction": one_of("North", "Southeast", "Northwest"),
        "latitude": lambda s: s.between(-600_000, 700_000) / 10_000,
        "longitude": lambda s: s.between(-1_800_000, 1_800_000) / 10_000,
        "language": one_of("English", "French", "German"), "secondary_address": digits("Apt. 000"),
        "state": faked("state"), "state_abbr": faked("state_abbr"), "street street_name":
            faked("street_name"), "street_address": faked("street_address"),
        "street_suffix": faked("street_suffix"), "street_prefix": one_of("b", "c"),
        "city_prefix": faked("city_prefix"), "city_suffix": faked("city_suffix"),
        "time_zone": faked("timezone"), "zip_code zip_code_by_state": faked("postcode"),
    }, {})),
    **dict(_methods("lorem", {
        "word": word, "lines text": _PARAGRAPH,
        "slug": lambda s: "-".join(word(s) for _ in range(3)),
    }, {
        "words": words(3), "sentence": words(6), "sentences": sentences(3),
        "paragraph": sentences(3), "paragraphs": sentences(9, "\n"),
    })),
    **dict(_methods("music", {
        "album song_name": title, "artist": texts.person,
        "genre": one_of("Jazz", "Rock", "Soul"),
    }, {})),
    **dict(_methods("person name", {
        "first_name": lambda s: s.somebody()[0], "last_name": lambda s: s.somebody()[1],
        "full_name find_name name": texts.person, "middle_name": faked("first_name"),
        "prefix": faked("prefix"), "suffix": faked("suffix"),
        "gender": one_of("female", "male", "non-binary"), "sex sex_type": _sex,
        "bio": _SENTENCE, "job_title title": faked("job"), "job_area": one_of("Sales", "Research"),
        "job_descriptor": one_of("Lead", "Senior"), "job_type": one_of("Engineer", "Designer"),
        "zodiac_sign": one_of("Aries", "Leo", "Virgo"),
    }, {})),
    **dict(_methods("phone", {"number phone_number phone_formats": texts.phone,
                              "imei": digits("00-000000-000000-0")}, {})),
    **dict(_methods("science", {
        "chemical_element": one_of("Carbon", "Gold", "Neon"), "unit": one_of("metre", "second"),
    }, {})),
    **dict(_methods("string", {
        "uuid": texts.uuid, "nanoid": hexes(21), "ulid": lambda s: f"01H{s.hexes(23).upper()}",
        "sample": word, "symbol": one_of("!", "#", "+", "-"),
        "hexadecimal": lambda s: f"0x{s.hexes(1)}",
    }, {
        "alpha": characters(LETTERS), "alphanumeric": characters(LETTERS + DIGITS),
        "numeric": characters(DIGITS), "binary": characters("01"), "octal": characters("01234567"),
    })),
    **dict(_methods("system", {
        "common_file_ext file_ext": _FILES, "common_file_name file_name": texts.file_name,
        "common_file_type file_type": one_of("application", "audio", "image", "text"),
        "directory_path": lambda s: f"/{word(s)}/{word(s)}", "cron": digits("0 0 * * *"),
        "file_path": lambda s: f"/{word(s)}/{texts.file_name(s)}", "semver": _VERSION,
        "mime_type": one_of("application/json", "image/png", "text/plain"),
        "network_interface": one_of("eth0", "wlan0"),
    }, {})),
    **dict(_methods("vehicle", {
        "manufacturer": one_of("Audi", "Ford", "Toyota"),
        "model": one_of("A4", "Focus", "Yaris"),
        "vehicle": one_of("Audi A4", "Ford Focus", "Toyota Yaris"),
        "bicycle": one_of("Road", "City"),
        "color": faked("color_name"), "fuel": one_of("Diesel", "Electric", "Petrol"),
        "type": one_of("Hatchback", "SUV", "Van"), "vin": faked("vin"),
        "vrm": faked("license_plate"),
    }, {})),
    **dict(_methods("word", {
        "adjective adverb conjunction interjection noun preposition sample verb": word,
    }, {"words": words(3)})),
}  # fmt: skip
