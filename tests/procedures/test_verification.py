"""検証コード: a slip of the pen is told apart from a document we never issued."""

import re

import pytest

from procedures.verification import ALPHABET, CodeMistyped, Verification, new_code, printed_code, read_code


def test_a_code_has_five_groups_of_four_unambiguous_symbols() -> None:
    assert re.fullmatch(rf"([{ALPHABET}]{{4}}-){{4}}[{ALPHABET}]{{4}}", new_code())
    assert not set("ILOU") & set(ALPHABET)


def test_no_two_codes_are_alike() -> None:
    assert len({new_code() for _ in range(1000)}) == 1000


def test_a_code_is_understood_however_it_is_typed() -> None:
    code = read_code("0123-4567-89AB-CDEF-GHJ" + _check_symbol("0123456789ABCDEFGHJ"))
    typed = code.replace("-", " ").replace("0", "o").replace("1", "l").lower()
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in typed.replace(" ", ""))
    assert read_code(typed) == read_code(wide) == code


def test_every_single_wrong_symbol_is_noticed() -> None:
    code = new_code()
    for at, symbol in enumerate(code):
        for other in set(ALPHABET) - {symbol} if symbol != "-" else ():
            with pytest.raises(CodeMistyped):
                read_code(code[:at] + other + code[at + 1 :])


def test_every_swap_of_two_symbols_is_noticed() -> None:
    symbols = list(new_code().replace("-", ""))
    for a in range(len(symbols)):
        for b in range(a + 1, len(symbols)):
            if symbols[a] != symbols[b]:
                swapped = symbols.copy()
                swapped[a], swapped[b] = swapped[b], swapped[a]
                with pytest.raises(CodeMistyped):
                    read_code("".join(swapped))


@pytest.mark.parametrize("text", ["", "7K3M", "U" * 20, "é" * 20, "0" * 21])
def test_other_text_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(CodeMistyped, match="検証コード"):
        read_code(text)


def test_the_address_is_built_whether_or_not_the_setting_ends_with_a_slash() -> None:
    code = new_code()
    assert Verification(code, "https://a.test/").url == Verification(code, "https://a.test").url
    assert Verification(code, "https://a.test").url == f"https://a.test/verify/{code}"


def test_a_file_that_merely_looks_marked_claims_no_code() -> None:
    assert printed_code(b"%PDF <dc:identifier>AAAA-AAAA-AAAA-AAAA-AAAA</dc:identifier>") is None


def _check_symbol(random_part: str) -> str:
    for symbol in ALPHABET:
        try:
            return read_code(random_part + symbol)[-1]
        except CodeMistyped:
            continue
    raise AssertionError("no check symbol fits")
