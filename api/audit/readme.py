"""証拠の読み方: the README of an evidence bundle, in Japanese and English, with commands that verify each part.

Every block of commands runs by itself in the unpacked folder, in a POSIX shell, with OpenSSL 3, poppler's pdfsig and
coreutils; it ends with status 0 only if its part holds. A test runs them exactly as they stand.
"""
# ruff: noqa: E501 - commands stand on one line each, to be copied

from dataclasses import dataclass
from datetime import datetime

HEAD = """\
# 案件 {number} の証拠一式 / Evidence of case {number}

作成 / made: {made}

この ZIP だけで、通信せずに確かめられます。必要なもの: POSIX シェル、OpenSSL 3、poppler の pdfsig、coreutils。
各コマンドは、展開したフォルダーで実行します。終了状態が 0 なら、その部分は正しいものです。

Everything here can be verified offline. You need a POSIX shell, OpenSSL 3, poppler's pdfsig and coreutils. Run each
block in the unpacked folder; its part holds if, and only if, it ends with status 0.

**大切な注意 / Important:** `authority.pem` などの認証局の証明書は便宜のため同梱しています。必ず、認証局が自ら公表している
証明書の指紋と比べてください。
The authorities' certificates are included for convenience. Compare their fingerprints with those the authorities
publish themselves before you believe anything that rests on them:

{fingerprints}

**個人情報 / Personal data:** 申請の内容、署名者の電子証明書、交付した書面には本人の個人情報が含まれます。職員は番号
(アカウント ID) だけで示し、氏名は含みません。内部メモ、意見照会、審査中の理由、住民記録の写し、添付ファイルの中身も含みません
(添付ファイルは申請の中の SHA-256 で確かめられます)。
The application, the signer's certificate and the documents hold the resident's personal data. Officers appear by
account id only. Internal notes, opinions, internal reasons, the extract of the resident register and the contents of
attachments are not here (attachments can be checked by the SHA-256 in the application).

## 1. ファイル / Files

送る途中で壊れていないこと。(この一覧は誰でも作り直せます。証明になるのは 2 以下です。)
That nothing was damaged on the way. (Anybody could write this list anew; what proves something begins with 2.)

```sh
sha256sum -c SHA256SUMS
```
"""
SIGNED = """
## 2.{revision} 申請と電子署名 / Application and signature ({folder}/)

`content.json` は本人が署名した申請そのもの (RFC 8785) です。`signature.p7s` は分離した電子署名 (CAdES)、
`certificate.der` は署名者の証明書です。検証結果 `check.json` は市の記録です。時刻は検証した時点 ({at}) とします。
`content.json` is the application, byte for byte as signed; `signature.p7s` the detached signature; `certificate.der`
the signer's certificate. `check.json` is what the city noted. Verified as of the moment the city checked it.

```sh
openssl x509 -inform DER -in {folder}/certificate.der -out signer.pem
openssl cms -verify -binary -inform DER -in {folder}/signature.p7s -content {folder}/content.json -CAfile {folder}/authority.pem -purpose any -attime {epoch} -signer signed-by.pem -out /dev/null
openssl x509 -in signed-by.pem -outform DER | cmp - {folder}/certificate.der
```
"""
UNSIGNED = """
## 2.{revision} 申請 / Application ({folder}/)

{folder}/content.json: 電子署名のない申請です。監査記録 (下) のほかに、これを証明するものはありません。
An application without an electronic signature: nothing but the audit log (below) vouches for it.
"""
OCSP = """
失効確認: 署名者の証明書は、この時点で「{status}」。 Revocation: of this certificate the authority said "{status}".

```sh
openssl x509 -inform DER -in {folder}/certificate.der -out signer.pem
openssl ocsp -respin {file} -issuer {folder}/authority.pem -{hash} -cert signer.pem -CAfile {folder}/authority.pem -no_nonce -attime {epoch} > ocsp.txt 2>&1
grep -q "Response verify OK" ocsp.txt
grep -q "signer.pem: {status}" ocsp.txt
```
"""
CRL = """
失効リスト: 署名者の証明書の番号は、{listed}。 Revocation list: the signer's number {listed_en}.

```sh
openssl crl -inform DER -in {file} -CAfile {folder}/authority.pem -noout 2>&1 | grep -q "verify OK"
openssl crl -inform DER -in {file} -noout -text > crl.txt
{test}grep -q "Serial Number: {serial}" crl.txt
```
"""
LOG = """
## 3. 判断と監査記録 / Decisions and the audit log (decisions.json, audit/)

`decisions.json` は職員の判断です (市の記録)。`audit/lines.txt` は監査記録で、一行が一つの出来事です。各行のハッシュは、前の行の
ハッシュに続けてその行を SHA-256 したもの (最初の行の前は空) で、`audit/hashes.txt` がその一覧です。行を変え、抜き、入れ替える
と、そこから後のすべてのハッシュが変わります。行の中の区切りは U+001F です。
`decisions.json` is what officers decided (the city's record). `audit/lines.txt` is the audit log, one event a line:
receipt number, municipality, number, time, actor, action, step, facts, separated by U+001F. A line's hash is the
SHA-256 of the hash before it (nothing before the first) followed by the line. Whoever changes, removes or moves a line
changes all hashes after it.

```sh
: > link
n=0
while IFS= read -r line; do n=$((n+1)); {{ cat link; printf %s "$line"; }} | openssl dgst -sha256 -binary > next; mv next link; echo "$n $(od -An -v -tx1 link | tr -d ' \\n')"; done < audit/lines.txt > chain.txt
cmp chain.txt audit/hashes.txt
```
"""
ANCHORED = """
## 4. 時刻印 / Timestamp (anchor/)

毎日、増えた案件の監査記録の末尾をハッシュ木 (RFC 6962) にまとめ、その根を時刻認証局が時刻印 (RFC 3161) で固定します。
`statement.txt` が時刻印を受けた文です。この案件は {length} 行目までが {day} の時刻印に含まれます。それより後の行は、
後日の時刻印で確かめられます。
Every day the ends of all chains that grew become one hash tree (RFC 6962), and a timestamp authority stamps what its
root is (`statement.txt`). Of this case the lines up to {length} are under the stamp of {day}; later ones will be under
a later stamp.

時刻印は、この文のものです。 The stamp is of this statement.

```sh
openssl ts -verify -data anchor/statement.txt -in anchor/token.der -token_in -CAfile anchor/authority.pem -attime {epoch}
openssl ts -reply -in anchor/token.der -token_in -text > stamp.txt
grep "Time stamp:" stamp.txt
```

この案件の末尾 (`leaf.txt`) から根へ。 From the end of this chain (`leaf.txt`) up to the root.

```sh
{{ printf '\\000'; cat anchor/leaf.txt; }} | openssl dgst -sha256 -binary > node
for f in anchor/path/*; do
  case "$f" in
    *-left.bin) {{ printf '\\001'; cat "$f" node; }} | openssl dgst -sha256 -binary > next; mv next node ;;
    *-right.bin) {{ printf '\\001'; cat node "$f"; }} | openssl dgst -sha256 -binary > next; mv next node ;;
  esac
done
test "$(od -An -v -tx1 node | tr -d ' \\n')" = "$(sed -n 's/^root: //p' anchor/statement.txt)"
```

その末尾は、3 で計算した鎖の中にあります。 That end is in the chain computed in 3.

```sh
read -r number length hash < anchor/leaf.txt
test "$number" = "{number}"
grep -qx "$length $hash" chain.txt
```
"""
STAMPER = """
時刻認証局の証明書は失効していませんでした。 The authority's certificate was not revoked.

```sh
openssl pkcs7 -inform DER -in anchor/token.der -print_certs -out stampers.pem
openssl ocsp -respin anchor/revocation.ocsp.der -issuer anchor/authority.pem -{hash} -cert stampers.pem -CAfile anchor/authority.pem -no_nonce -attime {epoch} > ocsp.txt 2>&1
grep -q "Response verify OK" ocsp.txt
grep -q "stampers.pem: good" ocsp.txt
```
"""
NOT_ANCHORED = """
## 4. 時刻印 / Timestamp

この案件の監査記録は、まだ時刻印を受けていません。明日以降にもう一度取り出してください。
No timestamp covers this case's audit log yet. Ask for the bundle again tomorrow.
"""
SEALED = """
## 5.{n} 交付した書面 / Document: {title} ({folder}/){revoked}

PDF は市の公印 (PAdES B-LT) と時刻印を含みます。 The PDF carries the city's seal (PAdES B-LT) and a timestamp.

```sh
pdfsig -nocert {folder}/document.pdf > pdfsig.txt
grep -q "Signature is Valid" pdfsig.txt
grep -q "Total document signed" pdfsig.txt
```

公印は、`seal.p7s` として取り出してあります。 The seal, taken out of the PDF.

```sh
{{ head -c {gap_from} {folder}/document.pdf; tail -c +{after_gap} {folder}/document.pdf; }} > signed.bin
openssl cms -verify -cades -binary -inform DER -in {folder}/seal.p7s -content signed.bin -CAfile {folder}/authority.pem -purpose any -attime {epoch} -signer seal.pem -out /dev/null
```

時刻印は、公印の署名値 (`seal-value.bin`) のものです。 The timestamp is of the seal's value.

```sh
od -An -v -tx1 {folder}/seal.p7s | tr -d ' \\n' | grep -q "$(od -An -v -tx1 {folder}/seal-value.bin | tr -d ' \\n')"
openssl ts -verify -data {folder}/seal-value.bin -in {folder}/timestamp.der -token_in -CAfile {folder}/timestamp-authority.pem -attime {epoch}
```
"""
SEAL_STATUS = """
公印の証明書は失効していませんでした。 The seal's certificate was not revoked. (`seal.pem`: from the block above.)

```sh
openssl ocsp -respin {folder}/revocation.ocsp.der -issuer {folder}/authority.pem -{hash} -cert seal.pem -CAfile {folder}/authority.pem -no_nonce -attime {late} > ocsp.txt 2>&1
grep -q "Response verify OK" ocsp.txt
grep -q "seal.pem: good" ocsp.txt
```
"""
UNSEALED = """
## 5.{n} 書面 / Document: {title} ({folder}/){revoked}

公印のない書面です。監査記録に、作成時の SHA-256 が残っています。
A document without a seal: the audit log has the SHA-256 it was made with.

```sh
grep -q "\\"sha256\\": \\"$(sha256sum {folder}/document.pdf | cut -d ' ' -f 1)\\"" audit/lines.txt
```
"""
REVOKED = " — 市が {at} に取り消しました / revoked by the city"


@dataclass(frozen=True)
class Told:
    """失効情報の一件, as its command needs it."""

    folder: str
    file: str
    kind: str
    status: str
    """good or revoked."""
    hash: str
    serial: str
    at: datetime


def epoch(at: datetime) -> int:
    """As OpenSSL takes a moment; the next whole second, so that what was made in this one is not of the future."""
    return int(at.timestamp()) + 1


def revocation(told: Told) -> str:
    if told.kind == "ocsp":
        return OCSP.format(folder=told.folder, file=told.file, status=told.status, hash=told.hash, epoch=epoch(told.at))
    listed = told.status == "revoked"
    return CRL.format(
        folder=told.folder,
        file=told.file,
        serial=told.serial,
        test="" if listed else "! ",
        listed="載っています" if listed else "載っていません",
        listed_en="is on it" if listed else "is not on it",
    )
