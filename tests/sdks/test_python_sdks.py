"""Client libraries for Python page through lists, and create and read single things."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

import pytest

from tests.helpers.running import Mock, Serve
from tests.helpers.walking import MOST_PAGES
from tests.sdks.conftest import CONTRACTS, Library

pytestmark = [
    pytest.mark.long,
    # Of the libraries themselves.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
Contract = Callable[[str], Mock]
# No list of these tests has so many: a client that finds no end stops here, and fails.
MOST_ITEMS = 100


def ids(items: Iterable[Any], name: str = "id") -> list[Any]:
    found = [getattr(item, name) for item in islice(items, MOST_ITEMS)]
    assert len(set(found)) == len(found), "no id comes twice"
    return found


def pages(mock: Mock, operation: str) -> int:
    asked = [exchange for exchange in mock.exchanges if exchange.operation == operation]
    assert all(exchange.reply is not None for exchange in asked)
    return len(asked)


# Stripe


@pytest.fixture
def stripe_client(library: Library, contract: Contract) -> tuple[Any, Mock]:
    stripe, mock = library("stripe"), contract("stripe")
    client = stripe.StripeClient("sk_test_1", base_addresses={"api": mock.url})
    return client.v1.customers, mock


def test_stripe_goes_through_three_pages(stripe_client: tuple[Any, Mock]) -> None:
    customers, mock = stripe_client
    found = ids(customers.list({"limit": 4}).auto_paging_iter())
    assert (len(found), pages(mock, "GetCustomers")) == (10, 3)
    assert customers.retrieve(found[5]).id == found[5]


def test_stripe_goes_back_to_the_first_page(stripe_client: tuple[Any, Mock]) -> None:
    customers, _ = stripe_client
    first = customers.list({"limit": 4})
    second = customers.list({"limit": 4, "starting_after": first.data[-1].id})
    back = customers.list({"limit": 4, "ending_before": second.data[0].id})
    assert ids(back.data) == ids(first.data)
    assert not back.has_more


def test_stripe_creates_and_retrieves(stripe_client: tuple[Any, Mock]) -> None:
    customers, _ = stripe_client
    assert customers.create({"name": "Ada"}).name == "Ada"
    assert customers.retrieve("cus_1").id == "cus_1"


# OpenAI


@pytest.fixture
def openai_client(library: Library, contract: Contract) -> tuple[Any, Mock]:
    openai, mock = library("openai"), contract("openai")
    return openai.OpenAI(api_key="sk-1", base_url=f"{mock.url}/v1", max_retries=0), mock


def test_openai_goes_through_three_pages(openai_client: tuple[Any, Mock]) -> None:
    client, mock = openai_client
    found = ids(client.files.list(limit=5))
    assert (len(found), pages(mock, "listFiles")) == (13, 3)
    assert client.files.retrieve(found[7]).id == found[7]


def test_openai_takes_the_default_limit_for_the_size_of_a_page(
    openai_client: tuple[Any, Mock],
) -> None:
    client, _ = openai_client
    assert len(client.files.list().data) == 20
    assert len(ids(client.models.list())) == 3


def test_openai_completes_a_chat(openai_client: tuple[Any, Mock]) -> None:
    client, _ = openai_client
    messages = [{"role": "user", "content": "Hello"}]
    reply = client.chat.completions.create(model="gpt-5", messages=messages)
    assert (reply.object, reply.model) == ("chat.completion", "gpt-5")
    assert client.models.retrieve("gpt-5").id == "gpt-5"


def test_openai_streams_a_chat(openai_client: tuple[Any, Mock]) -> None:
    client, mock = openai_client
    asked = {"model": "gpt-5", "messages": [{"role": "user", "content": "Hello"}], "stream": True}
    pieces = list(client.chat.completions.create(**asked))
    assert {piece.object for piece in pieces} == {"chat.completion.chunk"}
    raw = mock.post("/v1/chat/completions", json=asked, headers={"Accept": "application/json"})
    assert raw.headers["content-type"].startswith("text/event-stream")
    assert raw.text.rstrip().endswith("data: [DONE]")
    assert raw.text.count("data: ") == len(pieces) + 1


# Anthropic


@pytest.fixture
def anthropic_client(library: Library, contract: Contract) -> tuple[Any, Mock]:
    anthropic, mock = library("anthropic"), contract("anthropic")
    return anthropic.Anthropic(api_key="sk-1", base_url=mock.url, max_retries=0), mock


def test_anthropic_goes_through_three_pages(anthropic_client: tuple[Any, Mock]) -> None:
    client, mock = anthropic_client
    found = ids(client.models.list(limit=2))
    assert (len(found), pages(mock, "models_list")) == (5, 3)
    assert client.models.retrieve(found[3]).id == found[3]


def test_anthropic_goes_back_by_the_first_id(anthropic_client: tuple[Any, Mock]) -> None:
    client, _ = anthropic_client
    found = ids(client.models.list(limit=2))
    assert ids(client.models.list(limit=2, before_id=found[2])) == found[:2]


def test_anthropic_gets_a_message(anthropic_client: tuple[Any, Mock]) -> None:
    client, _ = anthropic_client
    messages = [{"role": "user", "content": "Hello"}]
    reply = client.messages.create(model="claude", max_tokens=10, messages=messages)
    assert (reply.type, reply.role, reply.content[0].type) == ("message", "assistant", "text")


# Asana


@pytest.fixture
def asana_tasks(library: Library, contract: Contract) -> tuple[Any, Mock]:
    asana, mock = library("asana"), contract("asana")
    configuration = asana.Configuration()
    configuration.host = f"{mock.url}/api/1.0"
    configuration.access_token = "token"
    return asana.TasksApi(asana.ApiClient(configuration)), mock


def test_asana_goes_through_three_pages(asana_tasks: tuple[Any, Mock]) -> None:
    tasks, mock = asana_tasks
    listed = tasks.get_tasks({"project": "1", "limit": 2})
    found = [task["gid"] for task in islice(listed, MOST_ITEMS)]
    assert (len(set(found)), len(found), pages(mock, "getTasks")) == (5, 5, 3)
    assert tasks.get_task(found[3], {})["gid"] == found[3]


def test_asana_creates_a_task(asana_tasks: tuple[Any, Mock]) -> None:
    tasks, mock = asana_tasks
    tasks.create_task({"data": {"name": "Sweep"}}, {})
    (exchange,) = mock.exchanges
    assert exchange.reply is not None
    assert (exchange.operation, exchange.reply.status, exchange.reply.violations) == (
        "createTask",
        201,
        (),
    )


# Twilio


@pytest.fixture
def twilio_services(library: Library, contract: Contract) -> tuple[Any, Mock]:
    rest, mock = library("twilio.rest"), contract("twilio")
    client = rest.Client(f"AC{'0' * 32}", "token")
    client.messaging.base_url = mock.url
    return client.messaging.v1.services, mock


def test_twilio_goes_through_three_pages(twilio_services: tuple[Any, Mock]) -> None:
    services, mock = twilio_services
    found = ids(services.stream(page_size=3), "sid")
    assert (len(found), pages(mock, "ListService")) == (8, 3)
    assert services(found[4]).fetch().sid == found[4]


def test_twilio_stops_at_a_limit(twilio_services: tuple[Any, Mock]) -> None:
    services, mock = twilio_services
    assert (len(services.list(limit=4, page_size=3)), pages(mock, "ListService")) == (4, 2)


def test_twilio_creates_a_service(twilio_services: tuple[Any, Mock]) -> None:
    services, _ = twilio_services
    assert services.create(friendly_name="Bell").friendly_name == "Bell"


# GitHub


@pytest.fixture
def github_client(library: Library, contract: Contract) -> tuple[Any, Mock]:
    github, mock = library("github"), contract("github")
    auth = github.Auth.Token("token")
    client = github.Github(auth=auth, base_url=mock.url, per_page=4, retry=None)
    return client, mock


def test_pygithub_goes_through_three_pages(github_client: tuple[Any, Mock]) -> None:
    client, mock = github_client
    issues = client.get_repo("octo/cat", lazy=True).get_issues(state="all")
    assert (len(ids(issues)), pages(mock, "issues/list-for-repo")) == (10, 3)


def test_pygithub_knows_how_many_there_are(github_client: tuple[Any, Mock]) -> None:
    client, _ = github_client
    # It asks for pages of one item, and counts those.
    assert client.search_repositories("cat").totalCount == 3
    assert client.get_repo("octo/cat", lazy=True).get_issues().totalCount == 3


def test_pygithub_goes_through_the_pages_from_the_end(github_client: tuple[Any, Mock]) -> None:
    client, _ = github_client
    issues = client.get_repo("octo/cat", lazy=True).get_issues()
    assert ids(issues.reversed) == ids(issues)[::-1]


def test_pygithub_creates_and_reads_an_issue(github_client: tuple[Any, Mock]) -> None:
    client, _ = github_client
    repository = client.get_repo("octo/cat", lazy=True)
    assert repository.create_issue("A title").title == "A title"
    assert repository.get_issue(7).number == 7


# Box


@pytest.fixture
def box_folders(library: Library, serve: Serve) -> tuple[Any, Mock]:
    # It sends `usemarker=True`, which is no boolean of JSON.
    box, mock = library("box_sdk_gen"), serve(CONTRACTS / "box.yaml", lenient=True)
    addresses = box.BaseUrls(base_url=mock.url, upload_url=mock.url, oauth_2_url=mock.url)
    session = box.NetworkSession(base_urls=addresses)
    client = box.BoxClient(box.BoxDeveloperTokenAuth("token"), network_session=session)
    return client.folders, mock


def test_box_comes_to_an_end_by_markers(box_folders: tuple[Any, Mock]) -> None:
    folders, mock = box_folders
    found, marker = [], None
    for _ in range(MOST_PAGES):
        page = folders.get_folder_items("0", usemarker=True, marker=marker, limit=4)
        found += page.entries
        marker = page.next_marker
        if not marker:
            break
    assert (len(ids(found)), pages(mock, "get_folders_id_items")) == (10, 3)
    assert folders.get_folder_by_id(found[5].id).id == found[5].id


def test_box_comes_to_an_end_by_offsets(box_folders: tuple[Any, Mock]) -> None:
    folders, _ = box_folders
    found: list[Any] = []
    page = folders.get_folder_items("0", offset=0, limit=4)
    while page.entries and len(found) < MOST_ITEMS:
        found += page.entries
        page = folders.get_folder_items("0", offset=len(found), limit=4)
    assert len(ids(found)) == page.total_count == 10


# Qdrant


def test_qdrant_scrolls_through_three_pages(library: Library, contract: Contract) -> None:
    qdrant, mock = library("qdrant_client"), contract("qdrant")
    client = qdrant.QdrantClient(url=mock.url, prefer_grpc=False, check_compatibility=False)
    found, offset = [], None
    for _ in range(MOST_PAGES):
        points, offset = client.scroll("stars", limit=4, offset=offset)
        found += points
        if offset is None:
            break
    client.close()
    assert (len(ids(found)), pages(mock, "scroll_points")) == (10, 3)
