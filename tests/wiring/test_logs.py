"""ログ: what a line may hold. That a whole town writes nobody's data: tests/api/test_api_logs.py."""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from wiring.logs import FIELDS, Lines, failure

SECRET = "姫路 花子 hanako@example.jp"


class Form(BaseModel):
    """Something that quotes what it was given."""

    age: int


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Lines())
    logger = logging.getLogger("somewhere")
    logger.addHandler(handler)
    logger.setLevel("INFO")
    logger.propagate = False
    yield stream
    logger.removeHandler(handler)
    logger.propagate = True


def line(stream: io.StringIO) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(stream.getvalue())
    return found


def test_a_line_is_one_object_with_its_time_level_logger_and_message(written: io.StringIO) -> None:
    logging.getLogger("somewhere").info("Case %s waits.\nStill.", "282014-1")
    assert written.getvalue().count("\n") == 1
    assert line(written).keys() == {"at", "level", "logger", "message"}
    assert line(written)["message"] == "Case 282014-1 waits.\nStill."


def test_of_a_failure_the_types_and_places_are_written_and_not_its_words(written: io.StringIO) -> None:
    try:
        try:
            Form.model_validate({"age": SECRET})
        except ValidationError as error:
            raise RuntimeError(f"{SECRET} is no form") from error
    except RuntimeError:
        logging.getLogger("somewhere").exception("It failed.")
    assert line(written)["failure"]["types"] == ["RuntimeError", "ValidationError"]
    assert line(written)["failure"]["places"][-1].startswith("tests/wiring/test_logs.py:")
    assert SECRET not in written.getvalue()


def test_what_another_formatter_made_of_a_failure_is_left_out(written: io.StringIO) -> None:
    record = logging.LogRecord("somewhere", logging.ERROR, __file__, 1, "It failed.", (), None)
    record.exc_text = f"ValueError: {SECRET}"
    logging.getLogger("somewhere").handle(record)
    assert "failure" not in line(written)
    assert SECRET not in written.getvalue()


def test_fields_that_nobody_named_are_left_out(written: io.StringIO) -> None:
    logging.getLogger("somewhere").info("asked", extra={"route": "/api/cases/{receipt_number}", "answers": SECRET})
    assert line(written)["route"] == "/api/cases/{receipt_number}"
    assert line(written).keys() <= FIELDS
    assert SECRET not in written.getvalue()


def test_a_circle_of_causes_has_an_end() -> None:
    first, second = ValueError(), KeyError()
    first.__cause__, second.__cause__ = second, first
    assert failure(first)["types"] == ["ValueError", "KeyError"]


def test_a_place_says_no_folder_of_this_machine() -> None:
    with pytest.raises(ValueError) as raised:  # noqa: PT011 - which one is all the same
        json.loads("{")
    assert str(Path.home()) not in json.dumps(failure(raised.value))
