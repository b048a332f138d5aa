"""読み: how a word sounds and how it is folded, so that one way of writing finds another.

Folding makes equal what a person means as equal: widths, case, hiragana and katakana, spaces and marks, old, Japanese
and Chinese forms of common characters. A reading is katakana by SudachiPy's small dictionary: 住民表 and 住民票 sound
the same. Romaji is Hepburn without long vowels, so that juminhyo, jūminhyō and zyuuminhyou are one.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from threading import Lock

from sudachipy import Dictionary, SplitMode, Tokenizer

_HIRAGANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_MARKS = re.compile(r"[^\w]|_|ー")
_KANA = re.compile(r"[ァ-ヺー]+")
_JAPANESE = re.compile(r"[ぁ-ヺ一-鿿々]")
_NOUNS = frozenset({"名詞", "接頭辞", "接尾辞", "代名詞", "形状詞"})
_MARK_KINDS = frozenset({"補助記号", "空白"})
_FORMS = (
    "證証证 書书 請请 領领 護护 險险険 醫医 療疗 壽寿 兒儿児 學学 國国 區区 縣县県 廳厅庁 稅税 篩筛 查査 檢检検 "
    "診诊 點点 積积 獲获 贈赠 戶户戸 產产産 嬰婴 養养 殘残 碍礙 齡龄齢 遷迁 轉转転 變变変 號号 碼码 編编 個个箇 "
    "業业 務务 職职 員员 營营 圖图図 館馆 課课 錢钱銭 費费 減减 補补 貼贴 給给 發发発 會会 團团団 體体 當当 "
    "對对対 應应応 電电 話话 郵邮 遞递 遺遗 喪丧 親亲 屬属 離离 繼继継 續续続 認认 設设 備备 環环 動动 車车 "
    "線线 關关関 開开 閉闭 時时 間间 週周 歲岁歳 歷历歴 歸归帰 選选 舉举挙 權权 納纳 滯滞 還还 鄰邻隣 傳传伝 "
    "單单 廣广広 聲声 勞劳労 災灾 緊紧 聯联 絡络 終终 約约 結结 緣缘縁 統统 計计 訂订 記记 許许 訪访 譯译訳 "
    "讀读読 調调 談谈 議议 覽览覧 賃赁 貸贷 資资 質质 購购 頭头 題题 類类 願愿 顏颜 飲饮 駐驻 騎骑 驗验験 "
    "齒齿歯 龍龙竜 夥伙 創创 據据拠 數数 術术 澤泽沢 濟济済 "
    "髙高 﨑崎 濱濵浜滨 邊邉辺边 齋斎 齊斉齐 嶋島嶌岛 櫻桜樱 𠮷吉 富冨 眞真 德徳 惠恵 圓円圆 瀨瀬濑 槇槙 靜静 "
    "榮栄荣 彌弥 豐豊丰 條条 鐵鉄铁 橫横 淺浅 桒桑 萬万 栁柳"
)
"""字体: forms of one character; all are folded into the first."""


@cache
def _forms() -> dict[int, str]:
    return {ord(form): forms[0] for forms in _FORMS.split() for form in forms[1:]}


_LOCK = Lock()
"""A tokenizer serves one thread at a time."""


@cache
def _tokenizer() -> Tokenizer:
    return Dictionary(dict="small").tokenizer()


@dataclass(frozen=True)
class Chunk:
    """語: a word, or neighbouring nouns as one (住民票), with its reading in the sentence it stands in."""

    text: str
    reading: str
    is_noun: bool


def katakana(text: str) -> str:
    """カタカナ: width, case and kana made one."""
    return unicodedata.normalize("NFKC", text).casefold().translate(_HIRAGANA)


def forms_made_one(text: str) -> str:
    """字体の統一: forms of one character made one; nothing else changes."""
    return text.translate(_forms())


def fold(text: str) -> str:
    """畳み込み: what is left when spelling no longer matters; Hangul in letters, so that a slip is one letter."""
    plain = forms_made_one(_MARKS.sub("", katakana(text)))
    return unicodedata.normalize("NFD", plain) if re.search(r"[가-힣]", plain) else plain


def fold_latin(text: str) -> tuple[str, ...]:
    """欧文の語: words in Latin letters and digits, without accents, in their order."""
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text)).casefold()
    letters = "".join(each for each in letters if not unicodedata.combining(each))
    return tuple(re.findall(r"[a-z0-9]+", letters))


def is_japanese(text: str) -> bool:
    """和文: whether anything in it may have a Japanese reading."""
    return bool(_JAPANESE.search(text))


def chunks(text: str) -> tuple[Chunk, ...]:
    """語のまとまり: runs of nouns, and the words between them, in order."""
    found: list[Chunk] = []
    joining = False
    for each in _words(text, SplitMode.C):
        if each.is_noun and joining:
            found[-1] = Chunk(found[-1].text + each.text, found[-1].reading + each.reading, is_noun=True)
        elif each.reading:
            found.append(each)
        joining = each.is_noun
    return tuple(found)


def words(text: str) -> tuple[Chunk, ...]:
    """語: the shortest words the dictionary knows: 乳, がん and 検診 of 乳がん検診."""
    return tuple(word for word in _words(text, SplitMode.A) if word.reading)


def reading(text: str) -> str:
    """読み: in katakana without long-vowel marks; empty where there is none."""
    if not is_japanese(text):
        return ""
    kana = _MARKS.sub("", katakana(text))
    if _KANA.fullmatch(kana):
        return _even(kana)
    return "".join(chunk.reading for chunk in chunks(text))


def _words(text: str, mode: SplitMode) -> tuple[Chunk, ...]:
    """Of marks and spaces, which end a word, no reading."""
    with _LOCK:
        found = [(m.surface(), m.reading_form(), m.part_of_speech()[0]) for m in _tokenizer().tokenize(text, mode)]
    return tuple(
        Chunk(surface, "" if kind in _MARK_KINDS else _sound(surface, sound), is_noun=kind in _NOUNS)
        for surface, sound, kind in found
    )


def _sound(surface: str, sound: str) -> str:
    kana = _MARKS.sub("", katakana(surface))
    return _even(kana if _KANA.fullmatch(kana) else _MARKS.sub("", katakana(sound)))


def _even(kana: str) -> str:
    """四つ仮名: sounds that are one sound."""
    return kana.translate(str.maketrans("ヂヅヴヲ", "ジズブオ"))


_ROWS = (
    ("アイウエオ", ""), ("カキクケコ", "k"), ("サシスセソ", "s"), ("タチツテト", "t"), ("ナニヌネノ", "n"),
    ("ハヒフヘホ", "h"), ("マミムメモ", "m"), ("ラリルレロ", "r"), ("ガギグゲゴ", "g"), ("ザジズゼゾ", "z"),
    ("ダヂヅデド", "d"), ("バビブベボ", "b"), ("パピプペポ", "p"), ("ァィゥェォ", ""),
)  # fmt: skip
_SYLLABLES = {kana: row + vowel for kanas, row in _ROWS for kana, vowel in zip(kanas, "aiueo", strict=True)} | {
    "シ": "shi", "チ": "chi", "ツ": "tsu", "フ": "fu", "ジ": "ji", "ヤ": "ya", "ユ": "yu", "ヨ": "yo",
    "ワ": "wa", "ン": "n",
}  # fmt: skip
_KUNREI = (
    ("sy", "sh"), ("ty", "ch"), ("zy", "j"), ("jy", "j"), ("si", "shi"), ("ti", "chi"), ("tu", "tsu"), ("hu", "fu"),
    ("zi", "ji"),
)  # fmt: skip


def romaji(kana: str) -> str:
    """ローマ字: of a reading, by Hepburn, without long vowels."""
    written = ""
    doubled = False
    for each in kana:
        if each == "ッ":
            doubled = True
            continue
        if each in "ャュョ" and written.endswith("i"):
            glide = "" if written.endswith(("shi", "chi", "ji")) else "y"
            written = written[:-1] + glide + {"ャ": "a", "ュ": "u", "ョ": "o"}[each]
            continue
        syllable = _SYLLABLES.get(each, "")
        written += (syllable[:1] if doubled else "") + syllable
        doubled = False
    return _short(written)


def fold_romaji(text: str) -> str:
    """ローマ字の畳み込み: however a person spells it: jūminhyō, zyuuminhyou, ju-min-hyo."""
    letters = "".join(fold_latin(text))
    for kunrei, hepburn in _KUNREI:
        letters = re.sub(rf"(?<![sc]){kunrei}", hepburn, letters)
    return _short(letters)


def _short(letters: str) -> str:
    for long, short in (("ou", "o"), ("oo", "o"), ("oh", "o"), ("uu", "u"), ("aa", "a"), ("nn", "n"), ("tch", "cch")):
        letters = letters.replace(long, short)
    return re.sub(r"m(?=[bpm])", "n", letters)
