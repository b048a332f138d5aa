"""申請書の問題: why a file or a card's answer was not taken, in the reader's language (api.problems)."""

from procedures.texts import Text


def _text(ja: str, en: str, zh: str, ko: str) -> Text:
    return Text(ja=ja, en=en, zh=zh, ko=ko)


UPLOAD_PROBLEMS: dict[str, tuple[int, Text]] = {
    "file_broken": (
        422,
        _text(
            "ファイルが壊れているか、途中までしか届いていないため、開けませんでした。手元で開けることを確かめ、もう一度選んでください。",
            "The file is damaged or arrived only in part, so it could not be opened. "
            "Check that it opens on your device and choose it again.",
            "文件已损坏或未完整送达，无法打开。请确认可以在您的设备上打开，然后重新选择。",
            "파일이 손상되었거나 일부만 도착하여 열 수 없습니다. 기기에서 열리는지 확인한 뒤 다시 선택해 주세요.",
        ),
    ),
    "file_locked": (
        422,
        _text(
            "パスワードのかかったPDFは、職員が開けないため添付できません。パスワードを外して保存し直すか、印刷して写真を添付してください。",
            "A PDF with a password cannot be attached, because officers could not open it. "
            "Save it without the password, or print it and attach a photo.",
            "设有密码的PDF无法添加，因为工作人员无法打开。请去除密码后重新保存，或打印后拍照添加。",
            "암호가 걸린 PDF는 담당자가 열 수 없어 첨부할 수 없습니다. "
            "암호를 해제해 다시 저장하거나 인쇄하여 사진을 첨부해 주세요.",
        ),
    ),
    "too_many_pages": (
        422,
        _text(
            "PDFのページが多すぎます。必要なページだけにして、もう一度選んでください。",
            "The PDF has too many pages. Keep only the pages that are needed and choose it again.",
            "PDF页数过多。请只保留需要的页面后重新选择。",
            "PDF의 쪽수가 너무 많습니다. 필요한 쪽만 남겨 다시 선택해 주세요.",
        ),
    ),
    "picture_too_large": (
        422,
        _text(
            "画像の縦横が大きすぎます。カメラの画質を下げて撮り直すか、縮小して、もう一度選んでください。",
            "The picture has too many pixels. Take it again at a lower quality or make it smaller and choose it again.",
            "图片的像素过多。请降低相机画质重新拍摄或缩小后重新选择。",
            "사진의 화소가 너무 많습니다. 카메라 화질을 낮춰 다시 찍거나 줄인 뒤 다시 선택해 주세요.",
        ),
    ),
    "too_many_files": (
        422,
        _text(
            "添付できるファイルの数を超えています。何も添付していません。数を減らすか、先に添付したものを外してください。",
            "That is more files than can be attached here; none was attached. Choose fewer, or remove one first.",
            "超过可添加的文件数量，未添加任何文件。请减少数量或先移除已添加的文件。",
            "첨부할 수 있는 파일 수를 넘어 아무것도 첨부하지 않았습니다. 수를 줄이거나 먼저 첨부한 파일을 빼 주세요.",
        ),
    ),
    "nothing_to_read": (
        409,
        _text(
            "この申請書には、カードから入力できる項目がありません。画面の項目に入力してください。",
            "This form asks for nothing that the card could fill in. Please type your answers.",
            "此申请表没有可从卡片填写的项目。请手动填写。",
            "이 신청서에는 카드에서 입력할 수 있는 항목이 없습니다. 화면의 항목에 입력해 주세요.",
        ),
    ),
    "reading_gone": (
        410,
        _text(
            "カードから読み取った内容は、期限が切れたか、すでに入力済みです。申請書に戻り、必要ならもう一度読み取ってください。",
            "What was read from the card has expired or was filled in already. "
            "Go back to the form and read the card again if needed.",
            "从卡片读取的内容已过期或已填入。请返回申请表，必要时重新读取。",
            "카드에서 읽은 내용은 기한이 지났거나 이미 입력되었습니다. 신청서로 돌아가 필요하면 다시 읽어 주세요.",
        ),
    ),
    "file_infected": (
        422,
        _text(
            "ウイルスが見つかったため、このファイルは受け取りませんでした。お使いの端末をウイルス対策ソフトで調べ、別のファイルを用意してください。",
            "A virus was found, so this file was not taken. Have your device checked by antivirus software "
            "and prepare another file.",
            "检测到病毒，未接收此文件。请用杀毒软件检查您的设备，并准备其他文件。",
            "바이러스가 발견되어 이 파일을 받지 않았습니다. "
            "백신 프로그램으로 기기를 검사하고 다른 파일을 준비해 주세요.",
        ),
    ),
    "file_unchecked": (
        503,
        _text(
            "いまファイルのウイルス検査ができないため、受け取りませんでした。ファイルに問題があるわけではありません。数分後にもう一度お試しください。",
            "Files cannot be checked for viruses right now, so it was not taken. Nothing is known to be wrong with it; "
            "try again in a few minutes.",
            "目前无法进行病毒检查，因此未接收文件。并非文件有问题，请几分钟后再试。",
            "지금은 파일의 바이러스 검사를 할 수 없어 받지 않았습니다. "
            "파일에 문제가 있는 것은 아닙니다. 몇 분 뒤 다시 시도해 주세요.",
        ),
    ),
}
