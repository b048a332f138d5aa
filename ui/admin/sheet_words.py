"""様式の言葉: what the parts of a sheet document are called, and what to write where the loader finds a mistake."""

from collections.abc import Mapping

from sheets.crowding import Crowd
from ui.wording import N_

YES = N_("はい")
LABELS: Mapping[str, str] = {
    "id": N_("ID"),
    "version": N_("版"),
    "title.ja": N_("様式名（日本語）"),
    "title.en": N_("様式名（英語）"),
    "title.zh": N_("様式名（中国語）"),
    "title.ko": N_("様式名（韓国語）"),
    "belongs_to": N_("一枚が表すもの"),
    "department": N_("担当課"),
    "from_folder": N_("名前のない紙（フォルダー、メール）はこの様式とする"),
    "result": N_("承認した後にすること"),
    "kind": N_("種類"),
    "x": N_("左から（mm）"),
    "y": N_("上から（mm）"),
    "width": N_("幅（mm）"),
    "height": N_("高さ（mm）"),
    "comb": N_("文字の枠の数"),
    "minimum": N_("最小の値"),
    "maximum": N_("最大の値"),
    "step": N_("値の刻み"),
    "label_at": N_("見出しの位置"),
    "label_x": N_("見出しの左端（mm）"),
    "label.ja": N_("見出し（日本語）"),
    "label.en": N_("見出し（英語）"),
    "label.zh": N_("見出し（中国語）"),
    "label.ko": N_("見出し（韓国語）"),
    "rows": N_("行の数"),
    "top": N_("最初の行の上端（mm）"),
    "pitch": N_("行の間隔（mm）"),
    "style": N_("体裁"),
    "text.ja": N_("文（日本語）"),
    "text.en": N_("文（英語）"),
    "text.zh": N_("文（中国語）"),
    "text.ko": N_("文（韓国語）"),
    "table": N_("表"),
    "start": N_("始め"),
    "end": N_("終わり"),
    "minus": N_("差し引く欄"),
    "equals": N_("結果の欄"),
    "column": N_("列"),
    "columns": N_("列（二つ以上）"),
    "total": N_("合計の欄"),
    "cell": N_("欄"),
    "cells": N_("対象の欄"),
    "list": N_("名簿のID"),
    "at_most": N_("上限のID"),
}
"""項目の名前, by the document's key."""
KINDS: Mapping[str, str] = {
    "digits": N_("数字"),
    "day": N_("日付の日"),
    "time": N_("時刻"),
    "duration": N_("時間数"),
    "tick": N_("チェック"),
    "name": N_("氏名"),
    "text": N_("文章"),
}
BELONGS_TO: Mapping[str, str] = {
    "person_month": N_("ある人の一か月"),
    "person": N_("ある人"),
    "case": N_("一件の申請"),
}
STYLES: Mapping[str, str] = {
    "note": N_("説明"),
    "heading": N_("区分の見出し"),
    "label": N_("右の欄の見出し"),
    "seal": N_("印を押すところ"),
}
LABEL_AT: Mapping[str, str] = {
    "left": N_("左"),
    "right": N_("右"),
    "none": N_("印刷しない"),
}
CHECKS: Mapping[str, str] = {
    "difference": N_("差引：終わり − 始め − 差し引く欄 ＝ 結果"),
    "sum": N_("合計：列の値を足すと合計の欄になる"),
    "count": N_("件数：記入した行の数が合計の欄になる"),
    "days": N_("日付：その月にある日が、上から順に並ぶ"),
    "complete": N_("行の記入：すべての列に書くか、すべて空ける"),
    "listed": N_("名簿：番号が名簿にある"),
    "limit": N_("上限：値が決められた上限を超えない"),
    "one_tick": N_("択一：ちょうど一つにチェックがある"),
}
CHECK_KEYS: Mapping[str, tuple[str, ...]] = {
    "difference": ("table", "start", "end", "minus", "equals"),
    "sum": ("table", "column", "total"),
    "count": ("table", "column", "total"),
    "days": ("table", "column"),
    "complete": ("table", "columns"),
    "listed": ("cell", "list"),
    "limit": ("cells", "at_most"),
    "one_tick": ("cells",),
}
"""突合の項目: what each kind asks for."""
CROWDS: Mapping[Crowd, str] = {
    "overlaps": N_("%(place)s と %(other)s が重なっています。"),
    "off_page": N_("%(place)s が用紙からはみ出しています。"),
    "at_mark": N_("%(place)s が四隅の印かQRコードに近すぎます（4 mm以上離してください）。"),
}
CHOOSE = N_("選択肢から選んでください。")
PLACE = N_("ミリメートルの数で書いてください（例：12.5）。用紙は横210、縦297です。欄は用紙に収まるようにします。")
NAMED = N_("この様式にある、種類の合う欄を選んでください。")
EVERY_LANGUAGE = N_("日本語、英語、中国語、韓国語のすべてに書いてください。")
ADVICE: Mapping[str, str] = {
    "id": N_(
        "英小文字で始め、英小文字・数字・下線（_）だけで、ほかと重ならない名前にしてください（例：total.hours）。"
    ),
    "version": N_("1以上の整数を書いてください。"),
    "title": EVERY_LANGUAGE,
    "label": EVERY_LANGUAGE,
    "text": EVERY_LANGUAGE,
    "belongs_to": CHOOSE,
    "department": CHOOSE,
    "from_folder": CHOOSE,
    "result": N_(
        "給与（payroll）、表（table）、申請（filing）のどれかを、ほかの様式の文書にならって書いてください。"
        "空けておくと、読み取って確かめるだけになります。"
    ),
    "kind": CHOOSE,
    "label_at": CHOOSE,
    "style": CHOOSE,
    "x": PLACE,
    "y": PLACE,
    "top": PLACE,
    "label_x": PLACE,
    "pitch": PLACE,
    "width": N_("幅をミリメートルの数で書いてください（例：40）。氏名と文章の欄には幅が要ります。"),
    "height": N_("高さをミリメートルの数で書いてください（例：8）。"),
    "comb": N_(
        "一文字に一つの枠の数を、区切りごとに書いてください。日付の日は 2、時刻は 2, 2、時間数は 3, 2 のように 3〜5枠、"
        "数字は何枠でもかまいません。一つの区切りは12枠までです。"
    ),
    "minimum": N_("整数を書いてください。時刻と時間数は 8:30 のように書けます。"),
    "maximum": N_("最小の値以上の整数を書いてください。時刻と時間数は 8:30 のように書けます。"),
    "step": N_("1以上の整数を書いてください。5分刻みなら 5 です。"),
    "rows": N_("1から60までで、用紙に収まる行の数を書いてください。"),
    "columns": N_("列を選ぶか、加えてください。"),
    "list": N_("名簿のIDを英小文字で書いてください（例：people）。"),
    "at_most": N_("上限のIDを英小文字で書いてください（例：minutes_per_day）。"),
    "table": N_("この様式にある表を選んでください。"),
    "cells": NAMED,
    "cell": NAMED,
    "total": NAMED,
    "column": NAMED,
    "start": NAMED,
    "end": NAMED,
    "minus": NAMED,
    "equals": NAMED,
}
"""直し方, by the document's key that a mistake stands at."""
OTHERWISE = N_("文書の形が正しくありません。下の説明を確かめてください。")
