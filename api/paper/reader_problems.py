"""カードによる本人確認の問題: why a reader cannot be asked, and what to do."""

from procedures.texts import Text

READER_PROBLEMS: dict[str, tuple[int, Text]] = {
    "reader_unknown": (
        422,
        Text(
            ja="カードリーダーのある窓口を選んでください。",
            en="Choose a counter that has a card reader.",
            zh="请选择设有读卡器的窗口。",
            ko="카드 리더가 있는 창구를 선택해 주세요.",
        ),
    ),
    "reader_in_use": (
        409,
        Text(
            ja="このカードリーダーは、いま別の本人確認に使われています。終わるまで待つか、ほかの窓口のリーダーを選んでください。",
            en="This card reader is in use for somebody else. Wait until it is free, or choose another counter's.",
            zh="此读卡器正在用于其他身份确认。请等待其结束，或选择其他窗口的读卡器。",
            ko="이 카드 리더는 지금 다른 본인 확인에 사용되고 있습니다. 기다리거나 다른 창구의 리더를 선택해 주세요.",
        ),
    ),
    "reader_unreachable": (
        503,
        Text(
            ja="いまカードリーダーに求めを送れません。しばらくしてからもう一度お試しになるか、ほかの書類で本人確認をしてください。",
            en="The card reader cannot be asked right now. Try again later, or check other documents.",
            zh="目前无法向读卡器发送请求。请稍后再试，或通过其他证件确认身份。",
            ko="지금 카드 리더에 요청을 보낼 수 없습니다. 잠시 후 다시 시도하거나 다른 서류로 본인 확인을 해 주세요.",
        ),
    ),
}
