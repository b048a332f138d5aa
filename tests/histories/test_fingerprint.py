"""指紋: what is a change of the commands, and what is none."""

import pytest

from tests.histories.fingerprint import difference, fingerprint

BEFORE = '''
@workflow.defn
class Walk:
    """A walk."""

    @workflow.run
    async def run(self, given):
        if given.asked:
            await self._write("first")
        await workflow.wait_condition(lambda: self.done, timeout=DAY)

    async def _write(self, name):
        await workflow.execute_local_activity(name, start_to_close_timeout=SHORT)

    def asked(self):
        return self.done
'''
CHANGES = {
    "one more command": ('await self._write("first")', 'await self._write("first"); await workflow.sleep(DAY)'),
    "another activity": ('"first"', '"second"'),
    "a local activity that becomes an activity": ("execute_local_activity", "execute_activity"),
    "a condition turned round": ("if given.asked", "if not given.asked"),
    "a timer gone": (", timeout=DAY", ""),
    "an end before the wait": (
        "        await workflow.wait_condition",
        "        if given.brief:\n            return\n        await workflow.wait_condition",
    ),
}
NO_CHANGES = {
    "another docstring": ("A walk.", "A longer walk."),
    "a comment": ("    async def _write", "    # short\n    async def _write"),
    "another time limit": ("start_to_close_timeout=SHORT", "start_to_close_timeout=LONG"),
    "a function that asks for nothing": ("return self.done", "return not self.done"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_of_the_commands_is_seen(change: tuple[str, str]) -> None:
    after = BEFORE.replace(*change)
    assert after != BEFORE
    assert difference(fingerprint({"walk": BEFORE}), fingerprint({"walk": after}))


@pytest.mark.parametrize("change", NO_CHANGES.values(), ids=NO_CHANGES)
def test_what_changes_no_command_is_not(change: tuple[str, str]) -> None:
    after = BEFORE.replace(*change)
    assert after != BEFORE
    assert not difference(fingerprint({"walk": BEFORE}), fingerprint({"walk": after}))
