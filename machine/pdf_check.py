"""第三者検証: judges a sealed PDF with programs that share no code with the one that sealed it.

poppler's pdfsig (integrity), OpenSSL's cms, ts and ocsp (chain, timestamp, revocation), pdfinfo and pdffonts (PDF/A).
Our own part is cutting the file into the pieces those programs take.
"""

import json
import re
import subprocess
import tempfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

_BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")
_ASN1_LINE = re.compile(r"^\s*(\d+):d=(\d+)\s+hl=(\d+) l=\s*(\d+) (?:prim|cons): (.*?)\s*$", re.MULTILINE)
_TIMESTAMP_TOKEN = "id-smime-aa-timeStampToken"  # noqa: S105 - an attribute's name


@dataclass(frozen=True)
class Check:
    """検査項目: one question, its answer, and what the program said."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True)
class Validation:
    """検証結果: valid only where every check says so."""

    checks: tuple[Check, ...]

    @property
    def valid(self) -> bool:
        """Whether nothing at all was wrong."""
        return bool(self.checks) and all(check.ok for check in self.checks)

    def __str__(self) -> str:
        return "\n".join(f"{'ok ' if c.ok else 'BAD'} {c.name}: {c.detail}" for c in self.checks)


class _Broken(Exception):
    """The file can't even be taken apart."""


def validate_independently(pdf: Path, anchors_file: Path) -> Validation:
    """独立検証: needs pdfsig, pdfinfo and pdffonts (poppler-utils) and openssl; `anchors_file` as for sealing.

    Never raises for a bad PDF: that is its answer. Raises FileNotFoundError where a program is missing.
    """
    with tempfile.TemporaryDirectory() as folder:
        case = _Case(pdf, Path(folder), anchors_file)
        return Validation(tuple(_asked(name, question) for name, question in case.questions()))


def _asked(name: str, question: Callable[[], str]) -> Check:
    try:
        return Check(name, True, question())
    except (_Broken, UnicodeError, ValueError, zlib.error) as fault:
        return Check(name, False, str(fault))


class _Case:
    """One PDF, cut up in a folder of its own."""

    def __init__(self, pdf: Path, folder: Path, anchors_file: Path) -> None:
        self._pdf, self._folder = pdf, folder
        self._bytes = pdf.read_bytes()
        for use in ("seal", "timestamp"):
            entries = json.loads(anchors_file.read_bytes())["anchors"]
            bundle = "".join(entry["certificate"] for entry in entries if entry["use"] == use)
            (folder / f"{use}.pem").write_text(bundle)

    def questions(self) -> list[tuple[str, Callable[[], str]]]:
        return [
            ("pdfsig finds the signature valid", self._pdfsig),
            ("the seal covers every byte of the file", self._coverage),
            ("the seal chains to the office's anchor", self._chain),
            ("the timestamp covers the seal", self._timestamp),
            ("the seal was not revoked, says the embedded response", self._revocation),
            ("the file declares PDF/A", self._archive),
            ("every font is embedded", self._fonts),
        ]

    def _pdfsig(self) -> str:
        said = _run("pdfsig", "-nocert", self._pdf)
        wanted = ("Signature is Valid.", "Total document signed", "ETSI.CAdES.detached")
        if missing := [line for line in wanted if line not in said]:
            raise _Broken(f"pdfsig doesn't say: {'; '.join(missing)}")
        return "valid, whole document, ETSI.CAdES.detached"

    def _coverage(self) -> str:
        signed, _ = self._pieces()
        return f"{len(signed)} of {len(self._bytes)} bytes signed, the rest is the signature"

    def _chain(self) -> str:
        signed, container = self._pieces()
        self._put("signed", signed)
        self._put("container", container)
        _run(
            "openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", self._path("container"),
            "-content", self._path("signed"), "-CAfile", self._path("seal.pem"), "-purpose", "any",
            "-signer", self._path("signer.pem"), "-out", self._path("verified"),
        )  # fmt: skip
        return _run("openssl", "x509", "-noout", "-subject", "-in", self._path("signer.pem")).strip()

    def _timestamp(self) -> str:
        _, container = self._pieces()
        signature, token = _signature_and_token(self._put("container", container), container)
        self._put("signature", signature)
        self._put("token", token)
        _run(
            "openssl", "ts", "-verify", "-data", self._path("signature"), "-in", self._path("token"),
            "-token_in", "-CAfile", self._path("timestamp.pem"),
        )  # fmt: skip
        said = _run("openssl", "ts", "-reply", "-in", self._path("token"), "-token_in", "-text")
        times: list[str] = re.findall(r"Time stamp: (.*)", said)
        return _only(times, "time in the timestamp")

    def _revocation(self) -> str:
        self._chain()  # writes the signer's certificate
        responses = self._security_store("OCSPs")
        for response in responses:
            said = _run(
                "openssl", "ocsp", "-respin", self._put("response", response), "-issuer", self._path("seal.pem"),
                "-cert", self._path("signer.pem"), "-CAfile", self._path("seal.pem"), "-no_nonce",
                failing=False,
            )  # fmt: skip
            if "signer.pem: good" in said and "Response verify OK" in said:
                return "good"
        raise _Broken(f"none of {len(responses)} embedded OCSP responses calls the seal's certificate good")

    def _archive(self) -> str:
        metadata = _run("pdfinfo", "-meta", self._pdf)
        part = _only(re.findall(r"pdfaid:part(?:>|=[\"'])(\d)", metadata), "pdfaid:part")
        level = _only(re.findall(r"pdfaid:conformance(?:>|=[\"'])(\w)", metadata), "pdfaid:conformance")
        if b"/OutputIntents" not in self._bytes:
            raise _Broken("there is no OutputIntent")
        return f"PDF/A-{part}{level.lower()} with an output intent"

    def _fonts(self) -> str:
        rows = _run("pdffonts", self._pdf).splitlines()[2:]
        loose = [row.split()[0] for row in rows if not re.search(r"\byes (?:yes|no)\s+(?:yes|no)\s+\d+\s+\d+$", row)]
        if loose or not rows:
            raise _Broken(f"not embedded: {', '.join(loose) or 'there are no fonts at all'}")
        return f"{len(rows)} fonts"

    def _pieces(self) -> tuple[bytes, bytes]:
        """What is signed, and the signature container; the two must make up the whole file."""
        ranges = _only(_BYTE_RANGE.findall(self._bytes), "signature in the file")
        start, first, resume, second = map(int, ranges)
        if start != 0 or resume + second != len(self._bytes) or first >= resume:
            raise _Broken(f"the signature covers {first + second} bytes in the wrong places of {len(self._bytes)}")
        gap = self._bytes[first:resume]
        if gap[:1] != b"<" or gap[-1:] != b">":
            raise _Broken("something other than the signature lies outside of what is signed")
        return self._bytes[:first] + self._bytes[resume:], bytes.fromhex(gap[1:-1].decode("ascii"))

    def _security_store(self, entry: str) -> list[bytes]:
        if b"/DSS" not in self._bytes:
            raise _Broken("there is no document security store")
        listed = re.findall(rb"/%s\s*\[([^\]]*)\]" % entry.encode(), self._bytes)
        numbers = re.findall(rb"(\d+) 0 R", _only(listed, f"/{entry} in the document security store"))
        return [self._stream(number) for number in numbers]

    def _stream(self, number: bytes) -> bytes:
        found = re.search(rb"\b%s 0 obj(.*?)stream\r?\n(.*?)\r?\nendstream" % number, self._bytes, re.DOTALL)
        if found is None:
            raise _Broken(f"object {number.decode()} is not in the file")
        head, body = found.groups()
        return zlib.decompress(body) if b"/FlateDecode" in head else body

    def _put(self, name: str, content: bytes) -> Path:
        self._path(name).write_bytes(content)
        return self._path(name)

    def _path(self, name: str) -> Path:
        return self._folder / name


def _signature_and_token(path: Path, container: bytes) -> tuple[bytes, bytes]:
    """The signature value and the timestamp token inside a CMS container, found by OpenSSL's own parser."""
    lines = [
        (int(offset), int(depth), int(head), int(length), kind)
        for offset, depth, head, length, kind in _ASN1_LINE.findall(
            _run("openssl", "asn1parse", "-inform", "DER", "-in", path)
        )
    ]
    # ContentInfo 0, [0] 1, SignedData 2, SET 3, SignerInfo 4: its own fields lie at depth 5
    signature = _only(
        [line for line in lines if line[1] == 5 and line[4].startswith("OCTET STRING")], "signature value"
    )
    at = _only([n for n, line in enumerate(lines) if line[4].endswith(f":{_TIMESTAMP_TOKEN}")], "timestamp")
    token = lines[at + 2]  # the attribute's SET, then the token
    value = container[signature[0] + signature[2] : signature[0] + signature[2] + signature[3]]
    return value, container[token[0] : token[0] + token[2] + token[3]]


def _only(found: Sequence[T], what: str) -> T:
    if len(found) != 1:
        raise _Broken(f"expected one {what}, found {len(found)}")
    return found[0]


def _run(*command: str | Path, failing: bool = True) -> str:
    """What the program said on both outputs. Raises _Broken with its last line where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603
    said = done.stdout + done.stderr
    if failing and done.returncode != 0:
        raise _Broken(f"{command[0]} refuses: {(said.strip().splitlines() or ['no reason'])[-1]}")
    return said
